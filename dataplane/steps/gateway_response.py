"""Gateway responses: what a client gets that gets no reply of an integration, as AWS makes it or as an API drew it.

A type's own response counts; without one the API's DEFAULT_4XX or DEFAULT_5XX; without that, AWS's. Templates are not
VTL: names of variables are replaced, and that is all. Source: developer guide, "Gateway responses"; behaviours 18-28.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from dataplane.exchange import Exchange, Headers
from dataplane.faults import DEFAULT_TYPES, GatewayFault
from dataplane.mapping.vtl.java.values import text
from dataplane.plan import Gatewayed
from dataplane.snapshot import ApiDocument, GatewayResponse
from dataplane.steps.header_rules import replaced
from dataplane.steps.scope import context_of, first_header, request_params
from dataplane.steps.templates import DEFAULT_TYPE, media_type

_HEADER: Final = "gatewayresponse.header."
_NAME: Final = r"(?:context|stageVariables|method\.request\.(?:path|querystring|header))(?:\.[A-Za-z0-9_-]+)+"
_VARIABLE: Final = re.compile(rf"\$(?:\{{({_NAME})\}}|({_NAME}))")
_DEFAULT_TEMPLATE: Final = '{"message":$context.error.messageString}'
_PARAMS: Final = re.compile(r"method\.(?:request|input)\.(path|querystring|header|params)\.(.+)", re.DOTALL)


class GatewayResponseError(ValueError):
    """A status or a header's source that means nothing; the text names the type."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What variables may name."""

    exchange: Exchange
    error: dict[str, Any]


_Read: TypeAlias = Callable[[_Known], str]  # empty: there is no such thing


def built_in(exchange: Exchange, fault: GatewayFault) -> Gatewayed:
    """AWS's own response. Of its texts only the one that denies access is called `Message` (behaviours 24)."""
    name = "Message" if fault.error_type == "AccessDeniedException" else "message"
    body = json.dumps({name: fault.message}, separators=(",", ":")).encode()
    return fault.status, _headers(fault, DEFAULT_TYPE), body


def _headers(fault: GatewayFault, content_type: str) -> Headers:
    return [
        (b"x-amzn-ErrorType", fault.error_type.encode()),
        (b"Content-Type", content_type.encode("latin-1", "replace")),
    ]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One response of an API, compiled."""

    status: int  # 0: the one of the fault
    headers: tuple[tuple[str, _Read], ...]
    templates: dict[str, _Read]

    def answer(self, exchange: Exchange, fault: GatewayFault) -> Gatewayed:
        known = _Known(exchange, _error(fault))
        content_type, template = self._template(first_header(exchange.headers, b"accept"))
        mapped = [(name, value) for name, read in self.headers if (value := read(known))]
        headers = replaced(_headers(fault, content_type), mapped)
        return self.status or fault.status, headers, template(known).encode("utf-8", "replace")

    def _template(self, accept: str) -> tuple[str, _Read]:
        for name in (media_type(accept.partition(",")[0]), DEFAULT_TYPE):
            if name in self.templates:
                return name, self.templates[name]
        return next(iter(self.templates.items()))


@dataclass(frozen=True, slots=True)
class GatewayResponses:
    drawn: dict[str, Drawn]  # by response type

    def __call__(self, exchange: Exchange, fault: GatewayFault) -> Gatewayed:
        found = self.drawn.get(fault.type.name) or self.drawn.get(DEFAULT_TYPES[fault.type.status // 100])
        return built_in(exchange, fault) if found is None else found.answer(exchange, fault)


def compile_gateway_responses(document: ApiDocument) -> GatewayResponses | None:
    """None for an API that draws none. Raises GatewayResponseError."""
    drawn = {response.response_type: _drawn(response) for response in document.gateway_responses}
    return GatewayResponses(drawn) if drawn else None


def _drawn(response: GatewayResponse) -> Drawn:
    templates = response.response_templates or {DEFAULT_TYPE: _DEFAULT_TEMPLATE}
    status = response.status_code or "0"
    if not (status.isascii() and status.isdigit()):
        raise GatewayResponseError(f"gateway response {response.response_type}: no status code: {status}")
    return Drawn(
        status=int(status),
        headers=tuple(
            (name.removeprefix(_HEADER), _header_source(response.response_type, name, source))
            for name, source in response.response_parameters.items()
        ),
        templates={kind.strip().lower(): _substitution(template) for kind, template in templates.items()},
    )


def _error(fault: GatewayFault) -> dict[str, Any]:
    return {
        "message": fault.message,
        "messageString": json.dumps(fault.message, ensure_ascii=False),
        "responseType": fault.type.name,
        "validationErrorString": fault.validation or None,
    }


def _header_source(kind: str, name: str, source: str) -> _Read:
    if len(source) > 1 and source[0] == source[-1] == "'":
        literal = source[1:-1]
        return lambda known: literal
    read = _variable(source)
    if read is None or not name.startswith(_HEADER):
        raise GatewayResponseError(f"gateway response {kind}: {name}: Invalid mapping expression specified: {source}")
    return read


def _substitution(template: str) -> _Read:
    pieces: list[_Read] = []
    end = 0
    for found in _VARIABLE.finditer(template):
        read = _variable(found[1] or found[2])
        if read is not None:
            pieces += (_constant(template[end : found.start()]), read)
            end = found.end()
    pieces.append(_constant(template[end:]))
    return lambda known: "".join([read(known) for read in pieces])


def _constant(piece: str) -> _Read:
    return lambda known: piece


def _variable(name: str) -> _Read | None:
    room, _, rest = name.partition(".")
    if room == "context" and rest:
        return _context(tuple(rest.split(".")))
    if room == "stageVariables" and rest:
        return lambda known: known.exchange.stage.variables.get(rest, "") if known.exchange.stage else ""
    found = _PARAMS.fullmatch(name)
    return _parameter(found[1], found[2]) if found else None


def _context(names: tuple[str, ...]) -> _Read:
    def read(known: _Known) -> str:
        value: Any = {"error": known.error} if names[0] == "error" else context_of(known.exchange)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return "" if value is None else text(value)

    return read


def _parameter(place: str, name: str) -> _Read:
    places = ("path", "querystring", "header") if place == "params" else (place,)

    def read(known: _Known) -> str:
        params = request_params(known.exchange)
        for each in places:
            if each == "path":
                value = params.path.get(name, "")
            else:
                values = params.querystring if each == "querystring" else params.header
                value = (values.get(name) or [""])[-1]
            if value:
                return value
        return ""

    return read
