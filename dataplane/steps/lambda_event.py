"""What a Lambda function is told of a request: the event of a proxy integration, format 1.0.

Source: developer guide, "Input format of a Lambda function for proxy integration"; behaviours 3, 10, 33, 69-73.
Values of queries are decoded; paths stay as they were sent.
"""

import base64
from collections.abc import Iterable
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

import msgspec

from dataplane import trace
from dataplane.exchange import Exchange
from dataplane.steps.content import BinaryTypes
from dataplane.steps.header_rules import DROPPED_AT_ENTRY
from dataplane.steps.scope import context_of, decoded, first_header, split_query
from dataplane.steps.templates import media_type

# Written anew from what this gateway knows.
_FORWARDING: Final = frozenset((b"x-forwarded-for", b"x-forwarded-port", b"x-forwarded-proto", b"x-amzn-trace-id"))
_SPECIAL: Final = DROPPED_AT_ENTRY | _FORWARDING
# Of all names only these lose the case in which they were sent.
_NAMES: Final = {b"authorization": "Authorization", b"host": "Host", b"user-agent": "User-Agent"}
_CONTEXT: Final[tuple[str, ...]] = (
    *("resourceId", "resourcePath", "httpMethod", "extendedRequestId", "requestTime", "path", "accountId", "protocol"),
    *("stage", "domainPrefix", "requestTimeEpoch", "requestId", "domainName", "deploymentId", "apiId"),
    "isCanaryRequest",
)
_NOBODY: Final = dict.fromkeys(
    (
        *("cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "sourceIp", "principalOrgId"),
        *("accessKey", "cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "userAgent", "user"),
    )
)
_encode = msgspec.json.Encoder().encode

_Several: TypeAlias = dict[str, list[str]]


def proxy_event(exchange: Exchange, types: BinaryTypes | None) -> bytes:
    """JSON. The whole body has been read."""
    event = request_members(exchange)
    body = exchange.request_body
    binary = bool(body) and types is not None and media_type(first_header(exchange.headers, b"content-type")) in types
    event["body"] = (base64.b64encode(body).decode() if binary else decoded(body)) if body else None
    event["isBase64Encoded"] = binary
    return _encode(event)


def request_members(exchange: Exchange) -> dict[str, Any]:
    """All of an event but the body. Decides the request's trace id, if nothing has yet."""
    stage, plan = exchange.stage, exchange.plan
    assert stage is not None
    headers = _headers(exchange)
    query = _query(exchange.query) if exchange.query else {}
    return {
        "resource": plan.resource_path if plan else "/",  # an authorizer that is tested has no method
        "path": exchange.stage_path,
        "httpMethod": exchange.http_method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": exchange.path_parameters or None,
        "stageVariables": stage.variables or None,
        "requestContext": _request_context(exchange),
    }


def _request_context(exchange: Exchange) -> dict[str, Any]:
    context = context_of(exchange)
    found = {name: context[name] for name in _CONTEXT if name in context}
    found["identity"] = _NOBODY | context["identity"]
    if exchange.authorizer is not None:
        found["authorizer"] = exchange.authorizer
    return found


def _headers(exchange: Exchange) -> _Several:
    found: _Several = {}
    sent: dict[bytes, str] = {}
    for name, value in exchange.headers:
        lower = name.lower()
        if lower not in _SPECIAL:
            found.setdefault(_NAMES.get(lower) or name.decode("latin-1"), []).append(value.decode("latin-1"))
        elif lower in _FORWARDING:
            before = sent.get(lower)
            several = before and lower == b"x-forwarded-for"
            sent[lower] = f"{before}, {value.decode('latin-1')}" if several else value.decode("latin-1")
    exchange.trace_id = exchange.trace_id or trace.trace_id(sent.get(b"x-amzn-trace-id", ""), exchange.request_time)
    found["X-Amzn-Trace-Id"] = [exchange.trace_id]
    found["X-Forwarded-For"] = [", ".join(filter(None, (sent.get(b"x-forwarded-for"), exchange.source_ip)))]
    found["X-Forwarded-Port"] = [str(exchange.server_port)]
    found["X-Forwarded-Proto"] = [exchange.scheme]
    return found


def _query(query: bytes) -> _Several:
    pairs: Iterable[tuple[str, str]] = parse_qsl(split_query(query).decode("latin-1"), keep_blank_values=True)
    found: _Several = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _last(several: _Several) -> dict[str, str]:
    return {name: values[-1] for name, values in several.items()}
