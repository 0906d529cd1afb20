"""What an AWS service gets: as an HTTP backend, but for the headers that are signed; and what Lambda gets of a proxy.

Source: developer guide, "Set up Lambda proxy integrations", "Create an API as an Amazon Kinesis proxy"; behaviours 58,
59, 67, 71.
"""

from dataclasses import dataclass
from typing import Final

from dataplane import trace
from dataplane.exchange import Exchange, Headers
from dataplane.mapping.uri import Origin, UriTemplate
from dataplane.plan import IntegrationRequest
from dataplane.steps.content import BinaryTypes
from dataplane.steps.header_rules import FORBIDDEN_TO_MAP
from dataplane.steps.lambda_event import proxy_event
from dataplane.steps.transform_request import Header, MappedRequest, Target

# Of what is mapped: dropped (behaviours 58), or the signature's own.
_NOT_SENT: Final = frozenset(("referer", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"))


class ServiceTarget(Target):
    __slots__ = ()

    def __init__(self, uri: UriTemplate, http_method: str, api_id: bytes, host: bytes) -> None:
        """`host`: what the Host header says, also where another host stands in."""
        super().__init__(uri, http_method, api_id, FORBIDDEN_TO_MAP["AWS"])
        self._host = (b"Host", host)

    def gateway_headers(self, exchange: Exchange, client_trace: str) -> tuple[Header, ...]:
        exchange.trace_id = exchange.trace_id or trace.trace_id(client_trace, exchange.request_time)
        return ((b"X-Amzn-Trace-Id", exchange.trace_id.encode()),)

    def _mapped_over(self, headers: Headers, mapped: list[tuple[str, str]]) -> Headers:
        return super()._mapped_over(headers, [pair for pair in mapped if pair[0].lower() not in _NOT_SENT])


@dataclass(frozen=True, slots=True)
class ServiceRequest(MappedRequest):
    """AWS. `action_headers` are those by which some services know the action; a mapping beats them."""

    action_headers: tuple[Header, ...]

    def defaults(self, exchange: Exchange, content_type: str) -> Headers:
        headers = MappedRequest.defaults(self, exchange, content_type)
        if not self.action_headers:
            return headers
        named = {name for name, _ in self.action_headers}
        return [*(each for each in headers if each[0] not in named), *self.action_headers]


class FunctionRequest:
    """AWS_PROXY: the event is all that a function gets."""

    __slots__ = ("_headers", "_origin", "_target", "_types")

    def __init__(self, origin: Origin, host: bytes, target: bytes, api_id: bytes, types: BinaryTypes | None) -> None:
        self._origin = origin
        self._target = target
        self._types = types
        self._headers: tuple[Header, ...] = (
            (b"Host", host),
            (b"Accept", b"application/json"),
            (b"User-Agent", b"AmazonAPIGateway_" + api_id),
            (b"Content-Type", b"application/json"),
        )

    def __call__(self, exchange: Exchange) -> IntegrationRequest:
        event = proxy_event(exchange, self._types)
        headers = [*self._headers, (b"X-Amzn-Trace-Id", exchange.trace_id.encode())]
        return IntegrationRequest(b"POST", self._origin, self._target, headers, event)
