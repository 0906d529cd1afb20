"""APIs from OpenAPI and Swagger documents: wholly or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.apis import openapi
from console.apis.drawing import Drawing
from console.apis.models import RestApi
from console.apis.openapi import Line, Options, Reading
from console.apis.services.drafts import find_rest_api, hold_rest_api, log, rest_api_path
from console.apis.services.drawing import DrawingWriter, new_rest_api
from console.core import ids
from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from console.core.verbs import verb


@dataclass(frozen=True, slots=True)
class Imported:
    """`warnings` are AWS's; `report` says of each part of the document what became of it."""

    rest_api: RestApi
    warnings: list[str]
    report: list[Line]


@verb(needs=Role.DEVELOPER)
def import_rest_api(
    actor: Actor, *, body: bytes, fail_on_warnings: bool = False, parameters: Mapping[str, str] | None = None
) -> Imported:
    options, rest_api_id = openapi.options(parameters), ids.api_id()
    reading = openapi.read(body, rest_api_id=rest_api_id, options=options)
    return draw_new(actor, reading, rest_api_id, options, fail_on_warnings=fail_on_warnings)


@verb(needs=Role.DEVELOPER)
def put_rest_api(
    actor: Actor,
    *,
    rest_api_id: str,
    body: bytes,
    mode: str = "merge",
    fail_on_warnings: bool = False,
    parameters: Mapping[str, str] | None = None,
) -> Imported:
    openapi.check_mode(mode)
    options = openapi.options(parameters)
    find_rest_api(rest_api_id)
    reading = openapi.read(body, rest_api_id=rest_api_id, options=options)
    return draw_into(actor, reading, rest_api_id, mode, fail_on_warnings=fail_on_warnings)


def draw_new(actor: Actor, reading: Reading, rest_api_id: str, options: Options, *, fail_on_warnings: bool) -> Imported:
    """The rest of ImportRestApi, once its document is read."""
    _refuse_warnings(reading, fail_on_warnings)
    api = RestApi(pk=rest_api_id, **reading.drawing.settings)
    if options.endpoint_types:
        api.endpoint_types = options.endpoint_types
    if options.vpc_endpoint_ids:
        api.vpc_endpoint_ids = options.vpc_endpoint_ids
    api = new_rest_api(api)
    DrawingWriter(api).write(reading.drawing)
    return _imported(actor, "ImportRestApi", api, reading, {})


def draw_into(actor: Actor, reading: Reading, rest_api_id: str, mode: str, *, fail_on_warnings: bool) -> Imported:
    """The rest of PutRestApi, once its document is read."""
    _refuse_warnings(reading, fail_on_warnings)
    api = hold_rest_api(rest_api_id)
    if mode == "overwrite":
        _clear(api, reading.drawing)
    _apply_settings(api, reading.drawing.settings, overwrite=mode == "overwrite")
    api.put()
    DrawingWriter(api).write(reading.drawing)
    return _imported(actor, "PutRestApi", api, reading, {"mode": mode})


def _refuse_warnings(reading: Reading, fail_on_warnings: bool) -> None:
    if fail_on_warnings and reading.warnings:
        raise BadRequest(openapi.told("Warnings found during import:", reading.warnings), field="body")


def _clear(api: RestApi, drawing: Drawing) -> None:
    """What is drawn goes, but for the root itself, and for what is named anew, which keeps its id."""
    api.resources.filter(parent__isnull=False).delete()
    for root in api.resources.all():
        root.methods.all().delete()
    api.models.exclude(name__in=openapi.DEFAULT_MODELS).delete()
    api.authorizers.exclude(name__in=[draft.name for draft in drawing.authorizers]).delete()
    api.request_validators.exclude(name__in=[draft.name for draft in drawing.request_validators]).delete()
    api.gateway_responses.all().delete()
    if drawing.documentation_parts is not None:
        api.documentation_parts.all().delete()


# What a document that says nothing of it takes back when it overwrites. Endpoint, stages and keys stay as they are:
# developer guide, "Import an OpenAPI file to update an existing API definition".
_RESET: dict[str, Any] = {
    "api_key_source": "HEADER",
    "binary_media_types": [],
    "minimum_compression_size": None,
    "policy": "",
}


def _apply_settings(api: RestApi, settings: Mapping[str, Any], *, overwrite: bool) -> None:
    given = {**_RESET, **settings} if overwrite else _merged(api, settings)
    for name, value in given.items():
        setattr(api, name, value)


def _merged(api: RestApi, settings: Mapping[str, Any]) -> dict[str, Any]:
    """A merge adds: the name stays, media types come to those that are there, and what is empty says nothing."""
    given = {name: value for name, value in settings.items() if value not in ("", None) and name != "name"}
    types = [*api.binary_media_types, *given.get("binary_media_types", ())]
    return {**given, "binary_media_types": list(dict.fromkeys(types))}


def _imported(actor: Actor, operation: str, api: RestApi, reading: Reading, changes: dict[str, Any]) -> Imported:
    count = sum(len(methods) for methods in reading.drawing.paths.values())
    log(actor, operation, rest_api_path(api), {**changes, "name": api.name, "methods": count})
    return Imported(find_rest_api(api.pk), reading.warnings, reading.report)
