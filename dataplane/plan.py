"""What a snapshot compiles to: one method's callables, in the order in which they run, and the stage that holds them.

A step that a method does not use is None, or a flag that is off: resolved here, once, and not per request.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from msgspec import Struct

from dataplane.exchange import Body, Exchange, Headers
from dataplane.faults import GatewayFault
from dataplane.http1.fields import AnswerHead
from dataplane.mapping.uri import Origin
from dataplane.router import Router


class IntegrationRequest(Struct, eq=False):
    """What goes to the backend."""

    method: bytes
    origin: Origin | None  # None: there is no backend to send it to
    target: bytes
    headers: Headers
    body: bytes | Body
    lines: bytes = b""  # more headers, written out


class Answer(Protocol):
    """What came back from the backend (or from a mock)."""

    status: int
    body: Body

    @property
    def headers(self) -> Headers: ...

    @property
    def head(self) -> AnswerHead | None:
        """Of an answer that came over a connection of the gateway's own and is as it came."""

    def close(self) -> None:
        """Give up what has not been read."""


class Reply(Struct, eq=False):
    """What goes to the client."""

    status: int
    headers: Headers
    body: bytes | Body
    source: Answer | None = None  # whose body this is, to be given up when the client goes
    head_length: int | None = None  # of the body that the answer to a HEAD leaves out
    lines: bytes = b""  # more headers, written out


Gatewayed: TypeAlias = tuple[int, Headers, bytes]  # a gateway response: status, headers, body

Authorize: TypeAlias = Callable[[Exchange], Coroutine[Any, Any, None] | None]  # None: decided at once
Throttle: TypeAlias = Callable[[Exchange], None]
Receive: TypeAlias = Callable[[Exchange], Coroutine[Any, Any, None]]
Validate: TypeAlias = Callable[[Exchange], None]
Convert: TypeAlias = Callable[[Exchange], None]
TransformRequest: TypeAlias = Callable[[Exchange], IntegrationRequest]
Integrate: TypeAlias = Callable[[Exchange, IntegrationRequest], Coroutine[Any, Any, Answer]]
Compress: TypeAlias = Callable[[Exchange, Reply], Coroutine[Any, Any, Reply]]
AnswerFault: TypeAlias = Callable[[Exchange, GatewayFault], Gatewayed]


class TransformResponse(Protocol):
    def reads(self, exchange: Exchange, answer: Answer) -> bool:
        """Whether `reply` needs the answer's whole body."""

    def reply(self, exchange: Exchange, answer: Answer, body: bytes) -> Reply: ...


class Cache(Protocol):
    """Answers of the backend that are kept for a while."""

    async def answer(self, exchange: Exchange, plan: "Plan") -> Answer:
        """The kept one, or the backend's. Raises GatewayFault."""

    def tell(self, exchange: Exchange, reply: Reply) -> None:
        """A reply was made: adds what the client has to know of it."""


class Prepared(Protocol):
    """Replies that need no steps; `reply` is None where they are needed."""

    def reply(self, exchange: Exchange) -> Reply | None: ...

    def keep(self, exchange: Exchange, reply: Reply) -> None: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """One method of one resource of a stage."""

    resource_id: str
    resource_path: str
    http_method: str  # as drawn: may be ANY
    authorize: Authorize | None
    throttle: Throttle | None  # and the API key
    receive: Receive | None  # inflates a compressed body
    reads_body: bool
    validate: Validate | None
    convert: Convert | None  # text to bytes or back, before it is sent
    cache: Cache | None
    transform_request: TransformRequest
    integrate: Integrate
    transform_response: TransformResponse
    compress: Compress | None
    prepared: Prepared | None  # of a method whose replies depend on next to nothing


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage as it is served: an immutable whole, replaced whole."""

    api_id: str
    stage_name: str
    deployment_id: str
    digest: str
    account_id: str
    generation: int
    variables: dict[str, str]
    cache_generation: int
    disable_execute_api_endpoint: bool
    router: Router[Plan]
    answer_fault: AnswerFault | None  # None: AWS's gateway responses as they are
    has_canary: bool  # true of the canary arm too
    access_log: Callable[[Exchange], None] | None = None  # told of each request that has ended
    canary: "Stage | None" = None
    canary_percent: float = 0.0
