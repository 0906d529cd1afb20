"""What mappings and templates may see of a request, made when the first of them asks."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from dataplane.exchange import Exchange, Headers
from dataplane.mapping.context import ContextValues, Identity, build_context
from dataplane.mapping.parameters import RequestParams
from dataplane.steps.header_rules import DROPPED_AT_ENTRY
from dataplane.trace import extended_request_id

_SEMICOLON = ord(";")


def request_params(exchange: Exchange) -> RequestParams:
    """Path values decoded; query and headers with all their values, in order and in the case they came in."""
    path = {name: unquote(value) for name, value in exchange.path_parameters.items()}
    querystring: dict[str, list[str]] = {}
    if exchange.query:
        for name, value in parse_qsl(split_query(exchange.query).decode("latin-1"), keep_blank_values=True):
            querystring.setdefault(name, []).append(value)
    return RequestParams(path, querystring, header_map(exchange.headers))


def split_query(query: bytes) -> bytes:
    """A semicolon parts what it stands between (behaviours 12)."""
    return query.replace(b";", b"&") if _SEMICOLON in query else query


def header_map(headers: Headers) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        if name.lower() not in DROPPED_AT_ENTRY:
            found.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return found


def first_header(headers: Headers, name: bytes) -> str:
    """The first value of a header by its lower-case name; empty when absent."""
    for key, value in headers:
        if key.lower() == name:
            return value.decode("latin-1")
    return ""


def context_of(exchange: Exchange) -> dict[str, Any]:
    """`$context`: one mutable map per request, so that an override set in one template is seen by the next."""
    if exchange.context is None:
        exchange.context = build_context(_values(exchange))
        tell_authorizer(exchange)
    return exchange.context


def tell_api_key(exchange: Exchange) -> None:
    """To a `$context` that was made before the key was known, as an authorizer's event makes it."""
    if exchange.context is not None:
        exchange.context["identity"] |= {"apiKey": exchange.api_key, "apiKeyId": exchange.api_key_id}


def tell_authorizer(exchange: Exchange) -> None:
    """What came of the authorizer, in a context that was made for one of its identity sources."""
    context = exchange.context
    if context is not None:
        context.update({name: dict(values) for name, values in (exchange.authorizing or {}).items()})
        if exchange.authorizer is not None:
            context["authorizer"] = {**context.get("authorizer", {}), **exchange.authorizer}


def response_override(exchange: Exchange) -> dict[str, Any]:
    """What templates of either side have set so far."""
    found = exchange.context.get("responseOverride") if exchange.context else None
    return found if isinstance(found, dict) else {}


def decoded(body: bytes) -> str:
    """Bytes as a template reads them: what is not UTF-8 becomes U+FFFD (behaviours 65)."""
    return body.decode("utf-8", "replace")


# What is known of who asks, by the fields of Identity.
IDENTITY: Final[dict[str, Callable[[Exchange], str | None]]] = {
    "source_ip": lambda exchange: exchange.source_ip,
    "user_agent": lambda exchange: first_header(exchange.headers, b"user-agent") or None,
    "api_key": lambda exchange: exchange.api_key or None,
    "api_key_id": lambda exchange: exchange.api_key_id or None,
}


def _identity(exchange: Exchange) -> Identity:
    known: dict[str, Any] = {field: read(exchange) for field, read in IDENTITY.items()}
    return Identity(**known)


def _values(exchange: Exchange) -> ContextValues:
    stage, plan = exchange.stage, exchange.plan
    assert stage is not None
    return ContextValues(
        account_id=stage.account_id,
        api_id=stage.api_id,
        stage=stage.stage_name,
        deployment_id=stage.deployment_id,
        resource_id=plan.resource_id if plan else "",  # a gateway response may come before a method is found
        resource_path=plan.resource_path if plan else "",
        http_method=exchange.http_method,
        path=f"/{stage.stage_name}{exchange.stage_path}",
        protocol=exchange.protocol,
        request_id=exchange.request_id,
        extended_request_id=extended_request_id(exchange.request_id),
        request_time=exchange.request_time,
        domain_name=exchange.authority,
        identity=_identity(exchange),
        is_canary_request=exchange.is_canary if stage.has_canary else None,
        xray_trace_id=exchange.trace_id or None,
    )
