"""What mappings and templates may see of a request, made when the first of them asks."""

from typing import Any
from urllib.parse import parse_qsl, unquote

from dataplane.exchange import Exchange, Headers
from dataplane.mapping.context import ContextValues, build_context
from dataplane.mapping.input import RequestParams
from dataplane.steps.header_rules import DROPPED_AT_ENTRY


def request_params(exchange: Exchange) -> RequestParams:
    """Path values decoded; query and headers with all their values, in order and in the case they came in."""
    path = {name: unquote(value) for name, value in exchange.path_parameters.items()}
    querystring: dict[str, list[str]] = {}
    if exchange.query:
        for name, value in parse_qsl(exchange.query.decode("latin-1"), keep_blank_values=True):
            querystring.setdefault(name, []).append(value)
    return RequestParams(path, querystring, header_map(exchange.headers))


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
    return exchange.context


def _values(exchange: Exchange) -> ContextValues:
    raise AssertionError
