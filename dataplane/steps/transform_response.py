"""What the client gets: the backend's answer as it is (a proxy), or what an integration response makes of it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from dataplane.exchange import Exchange, Headers
from dataplane.faults import GatewayFault
from dataplane.http1.fields import AnswerHead
from dataplane.http1.head import header_lines
from dataplane.http1.plain import piece_of
from dataplane.mapping.javaregex import matches
from dataplane.mapping.overrides import override_headers, override_status
from dataplane.mapping.parameters import InvalidBody, ResponseMapping
from dataplane.mapping.timelimit import TooSlow
from dataplane.mapping.vtl import Template
from dataplane.plan import Answer, Reply
from dataplane.steps.content import ResponseContent, refuse_bytes
from dataplane.steps.header_rules import (
    DROPPED_FROM_ANSWER,
    DROPPED_WHEN_MAPPED,
    REMAPPED,
    REMAPPED_WHEN_MAPPED,
    replaced,
)
from dataplane.steps.scope import context_of, decoded, first_header, response_override
from dataplane.steps.templates import DEFAULT_TYPE, render, response_template

# By the lower case of a backend's header: its name here; empty: dropped.
_RENAMED = dict.fromkeys(DROPPED_FROM_ANSWER, b"") | REMAPPED
_RENAMED_PIECES = {piece_of(name): passed_as and piece_of(passed_as) for name, passed_as in _RENAMED.items()}
_NO_MATCH = "No match for output mapping and no default output mapping configured. Endpoint Response Status Code: "


class ProxyResponse:
    """HTTP_PROXY: status, headers and body pass; a few headers are renamed.

    `as_lines`: no later step looks at the headers, so what was written of an answer's head serves for all that have
    the same."""

    __slots__ = ("_as_lines",)

    def __init__(self, *, as_lines: bool = False) -> None:
        self._as_lines = as_lines

    def reads(self, exchange: Exchange, answer: Answer) -> bool:
        return False

    def reply(self, exchange: Exchange, answer: Answer, body: bytes) -> Reply:
        head_length = _declared_length(answer.headers) if exchange.http_method == "HEAD" else None
        head = answer.head
        if head is not None and self._as_lines and exchange.trace is None:
            if head.proxied is None:
                head.proxied = _written(head)
            return Reply(answer.status, [], answer.body, answer, head_length, head.proxied)
        return Reply(answer.status, _renamed(answer.headers), answer.body, answer, head_length)


def _renamed(headers: Headers) -> Headers:
    passing: Headers = []
    for header in headers:
        name = _RENAMED.get(header[0].lower())
        if name is None:
            passing.append(header)
        elif name:
            passing.append((name, header[1]))
    return passing


def _written(head: AnswerHead) -> bytes:
    pieces = head.pieces
    if pieces is None:
        return header_lines(_renamed(head.headers))
    names, dropped = _passed_as(tuple(pieces[1::3]))
    written = pieces.copy()
    written[1::3] = names
    for at in dropped:
        written[at] = b""
    return b"".join(written)[2:-2]


@lru_cache(maxsize=256)
def _passed_as(names: tuple[bytes, ...]) -> tuple[list[bytes], list[int]]:
    """The names that clients see, empty where a header is dropped, and where the values of those stand."""
    passed = [_RENAMED_PIECES.get(name.lower(), name) for name in names]
    return passed, [3 * at + 2 for at, name in enumerate(passed) if not name]


def _declared_length(headers: Headers) -> int | None:
    """Framing is the responder's to state, but for an answer without the body that it is about."""
    declared = first_header(headers, b"content-length")
    return int(declared) if declared else None


@dataclass(frozen=True, slots=True)
class ConvertedProxyResponse:
    """HTTP_PROXY of an API with binary media types: where payload and Accept differ, the body is converted (87)."""

    proxy: ProxyResponse
    content: ResponseContent

    def reads(self, exchange: Exchange, answer: Answer) -> bool:
        return self.content.conversion(exchange, answer) is not None

    def reply(self, exchange: Exchange, answer: Answer, body: bytes) -> Reply:
        reply = self.proxy.reply(exchange, answer, body)
        conversion = self.content.conversion(exchange, answer)
        if conversion is not None:
            reply.body = conversion(body)
        return reply


@dataclass(frozen=True, slots=True)
class Selected:
    """One integration response, compiled."""

    status: int
    pattern: re.Pattern[str] | None  # None: the default
    parameters: ResponseMapping | None
    literal: bool  # they map nothing but literals
    uses_context: bool
    templates: dict[str, Template]
    reads_body: bool
    content: ResponseContent | None  # None: nothing is ever converted

    @property
    def constant(self) -> bool:
        return self.literal and not (self.reads_body or self.content)


def _matches(pattern: re.Pattern[str], text: str) -> bool:
    """Raises GatewayFault."""
    try:
        return matches(pattern, text)
    except TooSlow as error:
        raise GatewayFault("API_CONFIGURATION_ERROR", detail=f"selectionPattern: {error}") from error


@dataclass(frozen=True, slots=True)
class MappedResponse:
    """HTTP and MOCK: the first integration response whose pattern matches the whole status, else the default one."""

    responses: tuple[Selected, ...]
    variables: dict[str, str]
    sends_trace_id: bool

    @property
    def constant(self) -> bool:
        """The same reply to the same status and Accept."""
        return not self.sends_trace_id and all(response.constant for response in self.responses)

    def chosen_by(self, answer: Answer, body: bytes) -> str:
        """The text that patterns are about."""
        return str(answer.status)

    def for_headers(self, answer: Answer, body: bytes) -> bytes:
        """The body as mappings of headers read it."""
        return body

    def select(self, answer: Answer, body: bytes) -> Selected:
        """Raises GatewayFault where none matches and there is no default (behaviours 80)."""
        text = self.chosen_by(answer, body)
        default = None
        for response in self.responses:
            if response.pattern is None:
                default = default or response
            elif _matches(response.pattern, text):
                return response
        if default is None:
            raise GatewayFault("API_CONFIGURATION_ERROR", detail=f"{_NO_MATCH}{answer.status}")
        return default

    def reads(self, exchange: Exchange, answer: Answer) -> bool:
        response = self.select(answer, b"")
        if response.reads_body or response.content is None:
            return response.reads_body
        return response.content.conversion(exchange, answer) is not None

    def reply(self, exchange: Exchange, answer: Answer, body: bytes) -> Reply:
        response = self.select(answer, body)
        converted = None if response.content is None else response.content.conversion(exchange, answer)
        if converted is not None:
            body = converted(body)
        mapped = self._mapped(exchange, response, answer, body)
        content_type = first_header(answer.headers, b"content-type") or DEFAULT_TYPE
        payload = body if response.reads_body or converted is not None else answer.body
        found = response_template(response.templates, first_header(exchange.headers, b"accept"))
        if found is not None:
            content_type, template = found
            if response.content is not None and template.constant is None and response.content.is_bytes(exchange):
                refuse_bytes(body)
            text, _ = render(template, exchange, body, self.variables)
            payload = text.encode()
            if not response.reads_body:
                answer.close()
        override = response_override(exchange)
        headers = self._headers(exchange, override_headers(mapped, override), content_type)
        return Reply(override_status(override) or response.status, headers, payload, answer)

    def _mapped(self, exchange: Exchange, response: Selected, answer: Answer, body: bytes) -> list[tuple[str, str]]:
        if response.parameters is None:
            return []
        found: dict[str, list[str]] = {}
        for name, value in answer.headers:
            found.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        context = context_of(exchange) if response.uses_context else {}
        try:
            return response.parameters.apply(
                found, lambda: decoded(self.for_headers(answer, body)), context, self.variables
            )
        except (InvalidBody, TooSlow) as error:
            raise GatewayFault("API_CONFIGURATION_ERROR", detail=str(error)) from error

    def _headers(self, exchange: Exchange, mapped: list[tuple[str, str]], content_type: str) -> Headers:
        headers = replaced([(b"Content-Type", content_type.encode("latin-1"))], mapped)
        if mapped:
            headers = [
                (REMAPPED_WHEN_MAPPED.get(name.lower(), name), value)
                for name, value in headers
                if name.lower() not in DROPPED_WHEN_MAPPED
            ]
        if self.sends_trace_id:
            headers.append((b"X-Amzn-Trace-Id", exchange.trace_id.encode()))
        return headers
