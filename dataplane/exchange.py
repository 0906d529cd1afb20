"""One request under way: what the listener read, what the steps found out, what goes back.

Names are AWS's (`$context.*` in snake case). Header names and values are bytes as they came, in their order.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from dataplane.execution_log import ExecutionLog
    from dataplane.http1.fields import Fields
    from dataplane.plan import Plan, Stage

Headers = list[tuple[bytes, bytes]]


class Body(Protocol):
    """Bytes that may still be arriving: a client's request body or a backend's answer."""

    length: int | None  # as declared; 0: none; None: chunked

    def whole(self) -> bytes | None:
        """All of it if it has arrived already and nothing of it was taken, else None. Never waits."""

    async def read(self) -> bytes:
        """All of it. Raises Fault REQUEST_TOO_LARGE (a request) or UpstreamBroken (an answer)."""

    async def chunk(self) -> bytes:
        """The next piece as it arrived; b"" at the end. The sender is paused while pieces wait."""


class Responder(Protocol):
    """The way back to the client. One of: `send`; or `start`, any number of `write`, then `finish`."""

    def send(self, status: int, headers: Headers, body: bytes, lines: bytes = b"") -> None:
        """A whole answer; `lines`: more headers, written out. Adds Content-Length, Connection and Date, and keeps the
        rules of HEAD, 1xx, 204 and 304."""

    def start(self, status: int, headers: Headers, length: int | None, lines: bytes = b"") -> None:
        """Begin a streamed answer; length None is chunked."""

    def write(self, piece: bytes) -> "asyncio.Future[None] | None":
        """A future to await before the next piece, when the client reads slowly; None: go on. Raises ClientGone."""

    def finish(self) -> None:
        """The streamed answer is complete."""

    def abort(self) -> None:
        """After the first byte the only honest failure: close the connection."""


class ClientGone(Exception):
    """The client closed its connection before it had its answer; there is nobody to answer."""


class Exchange(Struct, eq=False):
    """Made by the listener when a request's head is complete. (A Struct is made in a fifth of the time.)"""

    http_method: str
    path: bytes  # as sent, undecoded, without the query
    query: bytes  # as sent, without "?"
    fields: "Fields"  # the header lines
    authority: str  # the Host header, lower case, without the port
    protocol: str  # "HTTP/1.1"
    scheme: str  # "http" or "https"
    source_ip: str
    server_port: int
    body: Body
    responder: Responder
    started: float  # the loop's clock, seconds
    request_id: str = ""
    request_time: float = 0.0  # epoch seconds
    stage: "Stage | None" = None
    stage_path: str = ""  # within the stage, as sent
    plan: "Plan | None" = None
    path_parameters: dict[str, str] = {}  # as sent, percent-encoded
    is_canary: bool = False
    # `$context.authorizer` and the `requestContext.authorizer` of Lambda's events; None: there is no authorizer.
    authorizer: dict[str, Any] | None = None
    usage_identifier_key: str = ""  # the API key that a Lambda authorizer named
    # What access logs tell of it besides: `{"authorizer": {"status": 200, "latency": 3}, ...}`
    authorizing: dict[str, dict[str, Any]] | None = None
    trace_id: str = ""
    request_body: bytes = b""  # once a step has needed the whole of it
    context: dict[str, Any] | None = None  # `$context`, once a template or a mapping has asked for it
    cache: str = ""  # "hit" or "miss", of a method that is cached
    keep: Callable[[], None] | None = None  # to be called once the backend's answer has made a reply
    integration_status: int = 0
    integration_latency: float = 0.0  # seconds
    response_status: int = 0
    response_length: int = 0
    error_message: str = ""
    error_type: str = ""  # of the gateway response that it ended in
    error_validation: str = ""
    integration_error: str = ""
    api_key: str = ""  # of a method that asks for one, as are all that follow from it
    api_key_id: str = ""
    trace: "ExecutionLog | None" = None  # of a request that is run to be looked at

    @property
    def headers(self) -> Headers:
        return self.fields.headers
