"""What the client gets: the backend's answer as it is (a proxy), or what an integration response makes of it."""

import re
from dataclasses import dataclass

from dataplane.exchange import Exchange, Headers
from dataplane.faults import GatewayFault
from dataplane.mapping.overrides import override_headers, override_status
from dataplane.mapping.parameters import InvalidBody, ResponseMapping
from dataplane.mapping.vtl import Template
from dataplane.plan import Answer, Reply
from dataplane.steps.header_rules import DROPPED_FROM_ANSWER, REMAPPED, replaced
from dataplane.steps.scope import context_of, decoded, first_header, response_override
from dataplane.steps.templates import DEFAULT_TYPE, render, response_template


class ProxyResponse:
    """HTTP_PROXY: status, headers and body pass; a few headers are renamed."""

    def reads(self, answer: Answer) -> bool:
        return False

    def reply(self, exchange: Exchange, answer: Answer, body: bytes) -> Reply:
        headers: Headers = []
        head_length = None
        for header in answer.headers:
            name = header[0].lower()
            if name == b"content-length":  # framing is the responder's to state
                head_length = int(header[1]) if exchange.http_method == "HEAD" else None
            elif name in REMAPPED:
                headers.append((REMAPPED[name], header[1]))
            elif name not in DROPPED_FROM_ANSWER:
                headers.append(header)
        return Reply(answer.status, headers, answer.body, answer, head_length)


@dataclass(frozen=True, slots=True)
class Selected:
    """One integration response, compiled."""

    status: int
    pattern: re.Pattern[str] | None  # None: the default
    parameters: ResponseMapping | None
    uses_context: bool
    templates: dict[str, Template]
    reads_body: bool


@dataclass(frozen=True, slots=True)
class MappedResponse:
    """HTTP and MOCK: the first integration response whose pattern matches the whole status, else the default one."""

    responses: tuple[Selected, ...]
    variables: dict[str, str]
    sends_trace_id: bool

    def select(self, status: int) -> Selected:
        """Raises GatewayFault where none matches and there is no default (behaviours 80)."""
        text = str(status)
        default = None
        for response in self.responses:
            if response.pattern is None:
                default = default or response
            elif response.pattern.fullmatch(text):
                return response
        if default is None:
            raise GatewayFault("API_CONFIGURATION_ERROR", detail=f"no integration response matches status {text}")
        return default

    def reads(self, answer: Answer) -> bool:
        return self.select(answer.status).reads_body

    def reply(self, exchange: Exchange, answer: Answer, body: bytes) -> Reply:
        response = self.select(answer.status)
        mapped = self._mapped(exchange, response, answer, body)
        content_type = first_header(answer.headers, b"content-type") or DEFAULT_TYPE
        payload = body if response.reads_body else answer.body
        found = response_template(response.templates, first_header(exchange.headers, b"accept"))
        if found is not None:
            content_type, template = found
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
            return response.parameters.apply(found, lambda: decoded(body), context, self.variables)
        except InvalidBody as error:
            raise GatewayFault("API_CONFIGURATION_ERROR", detail=str(error)) from error

    def _headers(self, exchange: Exchange, mapped: list[tuple[str, str]], content_type: str) -> Headers:
        headers = replaced([(b"Content-Type", content_type.encode("latin-1"))], mapped)
        if self.sends_trace_id:
            headers.append((b"X-Amzn-Trace-Id", exchange.trace_id.encode()))
        return [(REMAPPED.get(name.lower(), name), value) for name, value in headers]
