"""What the backend gets: the client's request as it is (a proxy), or what mappings and templates make of it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias
from urllib.parse import unquote

from dataplane import trace
from dataplane.exchange import Body, Exchange, Headers
from dataplane.faults import GatewayFault
from dataplane.http1.fields import Fields
from dataplane.http1.head import header_lines
from dataplane.http1.plain import Pieces, piece_of
from dataplane.mapping.input import Scope
from dataplane.mapping.overrides import override_request
from dataplane.mapping.parameters import InvalidBody, Mapped, RequestMapping
from dataplane.mapping.timelimit import TooSlow
from dataplane.mapping.uri import Origin, UriError, UriTemplate, encode_query
from dataplane.mapping.vtl import Template
from dataplane.plan import IntegrationRequest
from dataplane.snapshot import PassthroughBehavior
from dataplane.steps.content import RequestContent, refuse_bytes
from dataplane.steps.header_rules import NOT_PROXIED, NOT_SENT, replaced, token
from dataplane.steps.scope import context_of, decoded, first_header, request_params, split_query
from dataplane.steps.templates import render, request_template

_BODILESS = frozenset(("GET", "HEAD", "OPTIONS"))
_DEFAULT_PORTS = {"http": 80, "https": 443}
_FORWARDED_FOR = b"X-Forwarded-For: "
_BEFORE, _TRACE = map(piece_of, (b"x-forwarded-for", b"x-amzn-trace-id"))
_NOT_PROXIED = frozenset(map(piece_of, NOT_PROXIED))

Header: TypeAlias = tuple[bytes, bytes]


@lru_cache(maxsize=4096)
def host_header(origin: Origin) -> bytes:
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return (host if origin.port == _DEFAULT_PORTS[origin.scheme] else f"{host}:{origin.port}").encode()


def _forwarding(before: bytes, source_ip: str, port: int, scheme: str) -> tuple[Header, Header, Header]:
    """`before`: whom the client's own X-Forwarded-For names."""
    source = source_ip.encode()
    return (
        (b"X-Forwarded-For", b"%b, %b" % (before, source) if before else source),
        (b"X-Forwarded-Port", b"%d" % port),
        (b"X-Forwarded-Proto", scheme.encode()),
    )


@lru_cache(maxsize=4096)
def _forwarding_lines(source_ip: str, port: int, scheme: str) -> bytes:
    """From the client's own address on: who is named before it, anybody may have made up, at any length."""
    return header_lines(list(_forwarding(b"", source_ip, port, scheme))).removeprefix(_FORWARDED_FOR)


@lru_cache(maxsize=4096)  # many methods share a few
def _host_of(origin: Origin) -> tuple[Header, bytes]:
    header = (b"Host", host_header(origin))
    return header, header_lines([header])


@lru_cache(maxsize=4)  # the methods of an API are compiled one after another
def _api_of(api_id: bytes) -> tuple[Header, bytes]:
    header = (b"X-Amzn-Apigateway-Api-Id", api_id)
    return header, b"\r\n" + header_lines([header])


class Target:
    """Where an integration sends to, and as what."""

    __slots__ = ("_api_header", "_api_line", "_forbidden", "_host", "_host_line", "_http_method", "_uri", "api_id")

    def __init__(self, uri: UriTemplate, http_method: str, api_id: bytes, forbidden: frozenset[str]) -> None:
        self._uri = uri
        self._http_method = http_method  # empty: the client's
        self._forbidden = forbidden  # to map
        self._host: Header | None
        self._host, self._host_line = _host_of(uri.fixed_origin) if uri.fixed_origin else (None, b"")
        self._api_header, self._api_line = _api_of(api_id)
        self.api_id = api_id

    def gateway_headers(self, exchange: Exchange, client_trace: str) -> tuple[Header, ...]:
        exchange.trace_id = trace_id = trace.trace_id(client_trace, exchange.request_time)
        return (b"X-Amzn-Trace-Id", trace_id.encode()), self._api_header

    def request(
        self, exchange: Exchange, headers: Headers, mapped: Mapped, query: bytes, body: bytes | Body
    ) -> IntegrationRequest:
        """Raises GatewayFault where path parameters make no legal host, or a header is mapped that may not be."""
        method = self._http_method or exchange.http_method
        origin, host = self._uri.fixed_origin, self._host
        if origin is None or host is None:
            origin = self._origin(mapped.path)
            host = (b"Host", host_header(origin))
        headers.insert(0, host)
        if mapped.header:
            headers = self._mapped_over(headers, mapped.header)
        target = self._uri.target(mapped.path, query)
        return IntegrationRequest(method.encode(), origin, target, headers, b"" if method in _BODILESS else body)

    def proxied(self, exchange: Exchange, path: dict[str, str], query: bytes) -> IntegrationRequest:
        """Nothing is mapped but path values: the header lines are written once for all requests that have the same.
        Raises GatewayFault."""
        method = self._http_method or exchange.http_method
        origin, host = self._uri.fixed_origin, self._host_line
        if origin is None:
            origin = self._origin(path)
            host = header_lines([(b"Host", host_header(origin))])
        passing, client_trace = exchange.fields.passing or _passing_lines(exchange.fields)
        exchange.trace_id = trace_id = trace.trace_id(client_trace, exchange.request_time)
        forwarding = _forwarding_lines(exchange.source_ip, exchange.server_port, exchange.scheme)
        lines = (host, passing, forwarding, b"X-Amzn-Trace-Id: ", trace_id.encode("latin-1"), self._api_line)
        body = b"" if method in _BODILESS else exchange.body
        return IntegrationRequest(method.encode(), origin, self._uri.target(path, query), [], body, b"".join(lines))

    def _origin(self, path: dict[str, str]) -> Origin:
        try:
            return self._uri.origin(path)
        except UriError as error:
            raise GatewayFault("API_CONFIGURATION_ERROR", detail=f"Invalid endpoint address: {error}") from error

    def _mapped_over(self, headers: Headers, mapped: list[tuple[str, str]]) -> Headers:
        for name, _ in mapped:
            if token(name).lower() in self._forbidden:
                raise GatewayFault("API_CONFIGURATION_ERROR", detail=f"the header {name} may not be mapped")
        return [header for header in replaced(headers, mapped) if header[0].lower() not in NOT_SENT]


@dataclass(frozen=True, slots=True)
class PathMappings:
    """`integration.request.path.*` from path parameters, and nothing else: what most methods map, if they map."""

    names: tuple[tuple[str, str], ...]  # at the backend, here
    variables: dict[str, str]

    def apply(self, exchange: Exchange) -> Mapped:
        return Mapped(self.path(exchange), [], [])

    def path(self, exchange: Exchange) -> dict[str, str]:
        values, mapped = exchange.path_parameters, {}
        for name, source in self.names:
            if value := values.get(source):
                mapped[name] = unquote(value) if "%" in value else value
        return mapped


@dataclass(frozen=True, slots=True)
class Mappings:
    """`integration.request.*`, compiled."""

    parameters: RequestMapping
    uses_context: bool
    variables: dict[str, str]

    def apply(self, exchange: Exchange) -> Mapped:
        """Raises GatewayFault."""
        context = context_of(exchange) if self.uses_context else {}
        try:
            return self.parameters.apply(
                request_params(exchange), lambda: decoded(exchange.request_body), context, self.variables
            )
        except InvalidBody as error:
            raise GatewayFault("BAD_REQUEST_BODY", str(error)) from error
        except TooSlow as error:
            raise GatewayFault("API_CONFIGURATION_ERROR", detail=str(error)) from error


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """HTTP_PROXY: everything of the client passes; what is mapped is added to it (behaviours 57)."""

    target: Target
    mappings: Mappings | PathMappings

    def __call__(self, exchange: Exchange) -> IntegrationRequest:
        query = split_query(exchange.query) if exchange.query else b""
        if exchange.trace is None and isinstance(self.mappings, PathMappings):
            return self.target.proxied(exchange, self.mappings.path(exchange), query)
        mapped = self.mappings.apply(exchange)
        headers, before, client_trace = _passing(exchange.headers)
        headers += _forwarding(before, exchange.source_ip, exchange.server_port, exchange.scheme)
        headers += self.target.gateway_headers(exchange, client_trace)
        if mapped.querystring:
            query = b"&".join(filter(None, (query, encode_query(mapped.querystring))))
        return self.target.request(exchange, headers, mapped, query, exchange.body)


@dataclass(frozen=True, slots=True)
class MappedRequest:
    """HTTP: nothing of the client passes but what is mapped, and the body by template or as it is (behaviours 56)."""

    target: Target
    mappings: Mappings | PathMappings
    templates: dict[str, Template]
    passthrough: PassthroughBehavior
    reads_body: bool
    content: RequestContent | None

    def __call__(self, exchange: Exchange) -> IntegrationRequest:
        mapped = self.mappings.apply(exchange)
        content_type = first_header(exchange.headers, b"content-type")
        template = request_template(self.templates, self.passthrough, content_type)
        body: bytes | Body = exchange.request_body if self.reads_body else exchange.body
        if template is not None:
            if self.content is not None and template.constant is None and self.content.is_bytes(content_type):
                refuse_bytes(exchange.request_body)
            text, scope = render(template, exchange, exchange.request_body, self.mappings.variables)
            body = text.encode()
            mapped = _overridden(mapped, scope)
        headers = self.defaults(exchange, content_type)
        return self.target.request(exchange, headers, mapped, encode_query(mapped.querystring), body)

    def defaults(self, exchange: Exchange, content_type: str) -> Headers:
        return [
            (b"Accept", b"application/json"),
            (b"User-Agent", b"AmazonAPIGateway_" + self.target.api_id),
            *([(b"Content-Type", (content_type or "application/json").encode("latin-1"))]),
            *self.target.gateway_headers(exchange, first_header(exchange.headers, b"x-amzn-trace-id")),
        ]


@dataclass(frozen=True, slots=True)
class MockRequest:
    """MOCK: only the rendered template counts."""

    templates: dict[str, Template]
    passthrough: PassthroughBehavior
    variables: dict[str, str]

    def __call__(self, exchange: Exchange) -> IntegrationRequest:
        template = request_template(self.templates, self.passthrough, first_header(exchange.headers, b"content-type"))
        if template is None:
            return IntegrationRequest(b"", None, b"", [], exchange.request_body)
        text, _ = render(template, exchange, exchange.request_body, self.variables)
        return IntegrationRequest(b"", None, b"", [], text.encode())


def _passing_lines(fields: Fields) -> tuple[bytes, str]:
    """The client's headers that pass, written out, and its trace header; once for all requests whose lines are the
    same. The last line is X-Forwarded-For as far as it is the client's: its own address has to follow."""
    fields.passing = _written(fields)
    return fields.passing


def _written(fields: Fields) -> tuple[bytes, str]:
    lines, before, client_trace = _between(fields.pieces) if fields.pieces else _one_by_one(fields.headers)
    return lines + _FORWARDED_FOR + (before and before + b", "), client_trace


def _between(pieces: Pieces) -> tuple[bytes, bytes, str]:
    """The same of lines that are cut where a rule is about one: but for a few, those do not pass."""
    before, client_trace, passing = b"", "", pieces[::3]
    for at in range(1, len(pieces), 3):
        name = pieces[at].lower()
        if name == _BEFORE:
            value = pieces[at + 1][:-1]
            before = b"%b, %b" % (before, value) if before else value
        elif name == _TRACE:
            client_trace = pieces[at + 1][:-1].decode("latin-1")
        elif name not in _NOT_PROXIED:
            passing[at // 3] += pieces[at] + pieces[at + 1]
    return b"".join(passing)[2:-2], before, client_trace


def _one_by_one(headers: Headers) -> tuple[bytes, bytes, str]:
    passing, before, client_trace = _passing(headers)
    return header_lines(passing), before, client_trace


def _passing(headers: Headers) -> tuple[Headers, bytes, str]:
    """The client's headers that pass, its X-Forwarded-For and its trace header."""
    passing: Headers = []
    forwarded_for, client_trace = b"", ""
    for header in headers:
        name = header[0].lower()
        if name not in NOT_PROXIED:
            passing.append(header)
        elif name == b"x-forwarded-for":
            forwarded_for = b"%b, %b" % (forwarded_for, header[1]) if forwarded_for else header[1]
        elif name == b"x-amzn-trace-id":
            client_trace = header[1].decode("latin-1")
    return passing, forwarded_for, client_trace


def _overridden(mapped: Mapped, scope: Scope | None) -> Mapped:
    """`$context.requestOverride` beats mappings; `responseOverride` stays in the context for the answer (64, 84)."""
    return mapped if scope is None else override_request(mapped, scope.request_override)
