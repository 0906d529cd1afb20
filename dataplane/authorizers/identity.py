"""Identity sources: where a request says who makes it.

Source: botocore, `CreateAuthorizer`'s identitySource; behaviours 38, 39. Names of headers are compared as HTTP does,
without their case: clients that speak HTTP/2 send them in lower case.
"""

from collections.abc import Callable
from typing import TypeAlias

from dataplane.exchange import Exchange
from dataplane.mapping import jsontext
from dataplane.steps.scope import context_of, request_params

Source: TypeAlias = Callable[[Exchange], str]  # empty: the request has no such thing

_HEADER = "method.request.header."
_HEADERS = "method.request.multivalueheader."
_QUERY = "method.request.querystring."
_QUERIES = "method.request.multivaluequerystring."


def compile_sources(text: str) -> tuple[Source, ...]:
    """`method.request.header.Auth, stageVariables.stage`. What is not known is never there."""
    return tuple(_source(part.strip()) for part in text.split(",") if part.strip())


def header(expression: str) -> Source:
    """The one header of a token's authorizer."""
    return _header(expression.strip().removeprefix(_HEADER))


def _source(expression: str) -> Source:
    for prefix, compiled in _KINDS:
        if expression.startswith(prefix):
            return compiled(expression[len(prefix) :])
    return lambda exchange: ""


def _header(name: str) -> Source:
    wanted = name.lower().encode("latin-1", "replace")

    def read(exchange: Exchange) -> str:
        found = b""
        for key, value in exchange.headers:
            if key.lower() == wanted:
                found = value
        return found.decode("latin-1")

    return read


def _all_headers(name: str) -> Source:
    wanted = name.lower().encode("latin-1", "replace")
    return lambda exchange: ",".join(
        value.decode("latin-1") for key, value in exchange.headers if key.lower() == wanted
    )


def _query(name: str) -> Source:
    return lambda exchange: (request_params(exchange).querystring.get(name) or [""])[-1]


def _all_queries(name: str) -> Source:
    return lambda exchange: ",".join(request_params(exchange).querystring.get(name, ()))


def _variable(name: str) -> Source:
    return lambda exchange: exchange.stage.variables.get(name, "") if exchange.stage else ""


def _context(path: str) -> Source:
    names = path.split(".")

    def read(exchange: Exchange) -> str:
        value: object = context_of(exchange)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return "" if value is None else value if isinstance(value, str) else jsontext.to_json(value)

    return read


_KINDS: tuple[tuple[str, Callable[[str], Source]], ...] = (
    (_HEADER, _header),
    (_HEADERS, _all_headers),
    (_QUERY, _query),
    (_QUERIES, _all_queries),
    ("stageVariables.", _variable),
    ("context.", _context),
)
