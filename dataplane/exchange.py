"""One request under way: what the listener read, what the steps found out, what goes back.

Names are AWS's (`$context.*` in snake case). Header names and values are bytes as they came, in their order.
"""

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from dataplane.execution_log import ExecutionLog
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


class Fields:
    """What the header lines of a request say, whatever its request line: shared by all requests whose lines are the
    same bytes, so not to be changed. `passing`: what a proxied request makes of them, once one has."""

    __slots__ = ("authority", "headers", "keep_alive", "length", "passing")

    def __init__(self, headers: Headers, authority: str, keep_alive: bool, length: int) -> None:
        self.headers = headers
        self.authority = authority
        self.keep_alive = keep_alive
        self.length = length  # of the body
        self.passing: tuple[bytes, bytes, str] | None = None


class AnswerHead:
    """The head of an answer that was read before: shared by all answers whose heads are the same bytes, so not to be
    changed. `proxied`: its lines as a client gets them, once one has."""

    __slots__ = ("headers", "length", "proxied", "status")

    def __init__(self, status: int, headers: Headers, length: int) -> None:
        self.status = status
        self.headers = headers
        self.length = length  # of the body
        self.proxied: bytes | None = None


class Exchange:
    """Made by the listener when a request's head is complete."""

    __slots__ = (
        "authority",
        "body",
        "context",
        "error_message",
        "fields",
        "headers",
        "http_method",
        "integration_latency",
        "integration_status",
        "is_canary",
        "path",
        "path_parameters",
        "plan",
        "protocol",
        "query",
        "request_body",
        "request_id",
        "request_time",
        "responder",
        "response_length",
        "response_status",
        "scheme",
        "server_port",
        "source_ip",
        "stage",
        "stage_path",
        "started",
        "trace",
        "trace_id",
    )

    def __init__(
        self,
        *,
        http_method: str,
        path: bytes,
        query: bytes,
        headers: Headers,
        authority: str,
        protocol: str,
        scheme: str,
        source_ip: str,
        server_port: int,
        body: Body,
        responder: Responder,
        started: float,
        fields: Fields | None = None,
    ) -> None:
        self.http_method = http_method
        self.path = path  # as sent, undecoded, without the query
        self.query = query  # as sent, without "?"
        self.headers = headers
        self.authority = authority  # the Host header, lower case, without the port
        self.protocol = protocol  # "HTTP/1.1"
        self.scheme = scheme  # "http" or "https"
        self.source_ip = source_ip
        self.server_port = server_port
        self.body = body
        self.responder = responder
        self.started = started  # the loop's clock, seconds
        self.fields = fields  # None: nobody has seen these header lines before
        self.request_id = ""
        self.request_time = 0.0  # epoch seconds
        self.stage: Stage | None = None
        self.stage_path = ""  # within the stage, as sent
        self.plan: Plan | None = None
        self.path_parameters: dict[str, str] = {}  # as sent, percent-encoded
        self.is_canary = False
        self.trace_id = ""
        self.request_body = b""  # once a step has needed the whole of it
        self.context: dict[str, Any] | None = None  # `$context`, once a template or a mapping has asked for it
        self.integration_status = 0
        self.integration_latency = 0.0  # seconds
        self.response_status = 0
        self.response_length = 0
        self.error_message = ""
        self.trace: ExecutionLog | None = None  # of a request that is run to be looked at
