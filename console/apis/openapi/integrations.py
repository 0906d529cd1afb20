"""`x-amazon-apigateway-integration`. Source: developer guide, the page of that name."""

from dataclasses import fields
from typing import Any

from botocore import xform_name

from console.apis.checks import TRANSFER_MODES
from console.apis.drawing import IntegrationDraft, IntegrationResponseDraft
from console.apis.models import CONNECTION_TYPES, CONTENT_HANDLING, INTEGRATION_TYPES, PASSTHROUGH
from console.apis.openapi.source import Source
from console.apis.openapi.syntax import Pointer

EXTENSION = "x-amazon-apigateway-integration"
_MEMBERS = {field.name for field in fields(IntegrationDraft)} - {"insecure_skip_verification"} | {"tls_config"}


def read_integration(source: Source, operation: dict[str, Any], pointer: Pointer) -> IntegrationDraft | None:
    here = (*pointer, EXTENSION)
    given, at = source.resolve(operation.get(EXTENSION), here)
    if given is None:
        return None
    if not isinstance(given, dict):
        source.report.error(here, f"'{EXTENSION}' must be an object")
        return None
    kind = _one_of(source, given, "type", INTEGRATION_TYPES, "", at)
    if not kind:
        return None
    draft = _draft(source, given, kind, at)
    draft.responses = _responses(source, given, at)
    _say(source, given, draft, here, at)
    return draft


def _draft(source: Source, given: dict[str, Any], kind: str, at: Pointer) -> IntegrationDraft:
    def text(name: str) -> str:
        return source.member(given, name, str, "", at)

    tls = source.member(given, "tlsConfig", dict, {}, at)
    return IntegrationDraft(
        type=kind,
        http_method=text("httpMethod").upper() if kind != "MOCK" else "",
        uri=text("uri") if kind != "MOCK" else "",
        connection_type=_one_of(source, given, "connectionType", CONNECTION_TYPES, "INTERNET", at),
        connection_id=text("connectionId"),
        credentials=text("credentials"),
        request_parameters=source.texts(given, "requestParameters", at),
        request_templates=source.texts(given, "requestTemplates", at),
        passthrough_behavior=_one_of(source, given, "passthroughBehavior", PASSTHROUGH, "WHEN_NO_MATCH", at),
        content_handling=_one_of(source, given, "contentHandling", CONTENT_HANDLING, "", at),
        timeout_in_millis=source.member(given, "timeoutInMillis", int, 29_000, at),
        response_transfer_mode=_one_of(source, given, "responseTransferMode", TRANSFER_MODES, "BUFFERED", at),
        cache_namespace=text("cacheNamespace"),
        cache_key_parameters=[str(key) for key in source.member(given, "cacheKeyParameters", list, [], at)],
        insecure_skip_verification=_insecure(source, tls, at),
    )


def _insecure(source: Source, tls: dict[str, Any], at: Pointer) -> bool | None:
    said = tls.get("insecureSkipVerification") is not None
    return source.member(tls, "insecureSkipVerification", bool, False, (*at, "tlsConfig")) if said else None


def _one_of(source: Source, given: dict[str, Any], name: str, known: tuple[str, ...], default: str, at: Pointer) -> str:
    """Documents say these in either case: `http_proxy`, `HTTP_PROXY`."""
    value = source.member(given, name, str, default, at).upper()
    if value in known or value == default:
        if name == "type" and not value:
            source.report.error(at, f"'type' is missing; it must be one of {', '.join(known).lower()}")
        return value
    source.report.error((*at, name), f"'{name}' must be one of {', '.join(known)}, not '{given.get(name)}'")
    return default


def _responses(source: Source, given: dict[str, Any], at: Pointer) -> list[IntegrationResponseDraft]:
    found: dict[str, IntegrationResponseDraft] = {}
    for pattern, value in source.member(given, "responses", dict, {}, at).items():
        here = (*at, "responses", pattern)
        if not isinstance(value, dict):
            source.report.error(here, "An integration response must be an object")
            continue
        draft = _response(source, pattern, value, here)
        if draft.status_code in found:
            source.report.approximated(
                here,
                f"An API has one integration response per status code: '{pattern}' takes the place of "
                f"'{found[draft.status_code].selection_pattern or 'default'}', which is {draft.status_code} too",
                warn=True,
            )
        found[draft.status_code] = draft
    return list(found.values())


def _response(source: Source, pattern: str, value: dict[str, Any], here: Pointer) -> IntegrationResponseDraft:
    return IntegrationResponseDraft(
        status_code=source.member(value, "statusCode", str, "200", here),
        selection_pattern="" if pattern == "default" else pattern,
        response_parameters=source.texts(value, "responseParameters", here),
        response_templates=source.texts(value, "responseTemplates", here),
        content_handling=_one_of(source, value, "contentHandling", CONTENT_HANDLING, "", here),
    )


def _say(source: Source, given: dict[str, Any], draft: IntegrationDraft, here: Pointer, at: Pointer) -> None:
    for name in given:
        if xform_name(name) not in _MEMBERS:
            source.report.ignored((*at, name), f"'{name}' is not part of a REST API's integration")
    source.report.taken(here, f"Taken: {draft.type} {draft.http_method} {draft.uri}".rstrip())
