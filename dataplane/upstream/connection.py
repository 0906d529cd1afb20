"""One connection to a backend: one request at a time, and its answer."""

import asyncio
from collections.abc import Callable
from math import inf
from typing import Final, Protocol, cast

import httptools

from dataplane import spawn
from dataplane.exchange import Body, ClientGone, Headers
from dataplane.faults import GatewayFault, UpstreamBroken, UpstreamFault, UpstreamTimeout
from dataplane.http1.alarm import Alarm
from dataplane.http1.body import NO_BODY, Inflow, Whole
from dataplane.http1.fields import AnswerHead
from dataplane.http1.head import HOP_BY_HOP, LAST_CHUNK, as_chunk, without_named
from dataplane.http1.held import HELD
from dataplane.settings import Limits
from dataplane.spawn import Signal
from dataplane.upstream.answer import Answer
from dataplane.upstream.faults import Stale, Unsent
from dataplane.upstream.plain import known, plain_head
from dataplane.upstream.unread import unread

_BODILESS = frozenset((204, 304))
_VERSIONS = frozenset(("1.0", "1.1"))
_READ = HOP_BY_HOP | {b"content-length"}
_READ_LENGTHS = frozenset(map(len, _READ))
_NOBODYS: Final = httptools.HttpResponseParser(object())


class Owner(Protocol):
    """The pool, as its connections see it."""

    limits: Limits

    def returned(self, connection: "Connection") -> None: ...

    def lost(self, connection: "Connection") -> None: ...


class Connection(asyncio.Protocol):
    __slots__ = (
        *("_alarm", "_answer", "_answered", "_body", "_busy", "_closed", "_fed", "_finished", "_freed"),
        *("_head_only", "_headers", "_keep_alive", "_loop", "_old_at", "_owner", "_parser", "_pump", "_read", "_sent"),
        *("_status", "_to_eof", "_waiter", "_writable", "kept", "took", "transport"),
    )

    transport: asyncio.Transport

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self._old_at = self._loop.time() + owner.limits.upstream_age_seconds
        self._waiter: Signal[Answer] | None = None  # for the head of the answer
        self._answer: tuple[Signal[Answer], Answer] | None = None  # to be told when what came is read
        self._pump: spawn.Running | None = None  # sends a body that is arriving itself
        self._writable: asyncio.Future[None] | None = None
        self._freed: Callable[[], None] | None = None  # when this answer's body has come, or never will
        self._body: Inflow | None = None
        self._headers: Headers = []
        self._read: dict[bytes, bytes] = {}
        self._status = 0  # 0: no head yet
        self._fed = 0  # bytes of the answer since anything of its body came
        self._head_only = False
        self._keep_alive = False
        self._to_eof = False
        self._finished = False  # the backend has ended its side, and said so
        self._busy = False
        self._sent = True  # the whole request
        self._answered = True  # the whole answer has come
        self._closed = False
        self.kept = False  # the pool has had it back: the backend may have closed it since
        self.took = False  # something of a body that cannot be had twice

    @property
    def usable(self) -> bool:
        return not self._closed and not self.transport.is_closing()

    @property
    def old(self) -> bool:
        return self._loop.time() >= self._old_at

    def ask(self, head: bytes, body: bytes | Body, *, deadline: float, head_only: bool) -> Signal[Answer]:
        """Send a request. The signal raises an UpstreamFault, or what `body` raised."""
        waiter: Signal[Answer] = Signal()
        if self._closed:
            # A backend that closes, or speaks, before it is asked would do so on every new connection.
            waiter.set_exception((Unsent if self.kept else Stale)("the connection ended"))
            return waiter
        self._waiter = waiter
        self._status = self._fed = 0
        self._head_only = head_only
        self._busy, self._answered = True, False
        self._alarm.set(deadline)
        if isinstance(body, bytes):
            self.took = False
            self.transport.write(head + body)
            self._sent = self._writable is None
        else:
            self._sent = self.took = False
            self.transport.write(head)
            self._pump = spawn.start(self._send(body), self._pumped)
        return waiter

    def withdraw(self, waiter: Signal[Answer]) -> None:
        """Nobody waits for this answer any more. The connection may be another request's already."""
        if waiter is self._waiter:
            waiter.cancel()
            self.close(ClientGone())
        elif self._answer is not None and self._answer[0] is waiter:  # it is about to be told
            answer, self._answer = self._answer[1], None
            answer.close()
        elif waiter.ended and waiter.exception() is None:
            waiter.result().close()

    def abandon(self, body: Body) -> None:
        if self._busy and body is self._body:
            self.close(ClientGone())

    def bears(self, body: Body, freed: Callable[[], None]) -> bool:
        if not self._busy or body is not self._body:
            return False
        self._freed = freed
        return True

    def close(self, reason: BaseException) -> None:
        """Whoever waits for the answer gets `reason`."""
        if self._closed:
            return
        self._closed = True
        self._alarm.stop()
        self.transport.abort()
        self._owner.lost(self)
        self._fail(reason)

    def rest(self, seconds: float) -> None:
        """Close unless it is used within `seconds`; at once, if it is old."""
        now = self._loop.time()
        if now < self._old_at:
            self._alarm.set(now + seconds)
        else:
            self.close(UpstreamBroken("the connection is old"))

    def keep_still(self) -> None:
        """Somebody is about to use it."""
        self._alarm.set(inf)

    # sending a body that is arriving

    async def _send(self, body: Body) -> None:
        framed: Callable[[bytes], bytes] = as_chunk if body.length is None else bytes
        try:
            while piece := await body.chunk():
                self.took = True
                self.transport.write(framed(piece))
                if self._writable is not None:
                    await self._writable
            if body.length is None:
                self.transport.write(LAST_CHUNK)
            self._sent = True
        except (ClientGone, GatewayFault) as fault:
            self.close(fault)

    def _pumped(self) -> None:
        self._pump = None

    def _stop_pump(self) -> None:
        pump, self._pump = self._pump, None
        if pump is not None:
            pump.close()

    # the transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Both hold this, until it is told that the connection is lost: not before there is one.
        self._alarm = Alarm(self._loop, self._expired)
        self._parser = httptools.HttpResponseParser(self)
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=self._owner.limits.stream_bytes)

    def data_received(self, data: bytes) -> None:
        if not self._busy:
            self.close(UpstreamBroken("the backend sent what nobody had asked for"))
        elif self._fed or self._head_only or not self._sent or not self._take_at_once(data):
            self._take(data)
        answer, self._answer = self._answer, None
        if answer is not None:  # who waits goes on here, and may ask this connection again
            answer[0].set_result(answer[1])

    def _take_at_once(self, data: bytes) -> bool:
        """A whole answer, plainly written: nearly every one."""
        end = data.find(b"\r\n\r\n") + 4
        said = data[:end]
        head = known.get(said) or plain_head(said)
        if head is None or len(data) - end != head.length or end > self._owner.limits.upstream_head_bytes:
            return False
        self._answer_with(head, Whole(data[end:]) if head.length else NO_BODY)
        self._answered = self._keep_alive = True
        self._release()
        return True

    def _answer_with(self, head: AnswerHead, body: Body) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.ended:
            self._answer = waiter, Answer(self, head.status, head, body)

    def _take(self, data: bytes) -> None:
        self._fed += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self._answered:
                self._break(error)
                return
            self._keep_alive = False  # the answer was complete; what follows it is not for anybody
        if not self._answered and self._fed > self._owner.limits.upstream_head_bytes:
            self.close(UpstreamBroken("the answer's head, or what frames its body, is too large"))
        elif self._answered and self._busy:
            self._complete()

    def _break(self, error: Exception) -> None:
        cause = error.__context__ if isinstance(error, httptools.HttpParserCallbackError) else error
        self.close(cause if isinstance(cause, UpstreamFault) else UpstreamBroken(f"not HTTP: {cause!r}"))

    def eof_received(self) -> None:
        """Over TLS, uvloop calls it where the end was said in TLS too: a FIN alone may be anybody's (RFC 9112 9.8)."""
        self._finished = True

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None and self._busy:
            for data in unread(self.transport):
                self.data_received(data)
        if self._to_eof and self._busy and not self._answered and self._finished and self._body is not None:
            self._answered, self._keep_alive = True, False
            self._body.end()
        self.close(Stale("the connection ended") if self._fed == 0 else UpstreamBroken("the answer ended too soon"))
        self._alarm.end()
        self._parser = _NOBODYS  # or else each holds the other, for the collector to find

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        writable, self._writable = self._writable, None
        self._sent = self._pump is None
        if writable is not None and not writable.done():
            writable.set_result(None)

    def _expired(self) -> None:
        self.close(UpstreamTimeout("no whole answer in time"))

    # called by the parser

    def on_message_begin(self) -> None:
        if self._answered:
            self._keep_alive = False  # a second answer to one request

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._status:  # trailers: nobody reads them but llhttp, which takes their framing for the next answer's
            if name.lower() in _READ:
                self._keep_alive = False
            return
        if len(name) in _READ_LENGTHS:
            lower = name.lower()
            if lower in _READ:
                self._read[lower] = self._read[lower] + b"," + value if lower in self._read else value
                if lower != b"content-length":
                    return
        self._headers.append((name, value.rstrip()))

    def on_headers_complete(self) -> None:
        if self._answered:
            return
        status, version = self._parser.get_status_code(), self._parser.get_http_version()
        headers, self._headers = self._headers, []
        read, self._read = self._read, {}
        if status < 100 or status == 101 or version not in _VERSIONS:
            raise UpstreamBroken("the backend switched protocols" if status == 101 else f"{status} of HTTP/{version}")
        if status < 200:
            return
        if self._fed > self._owner.limits.upstream_head_bytes:
            self._weigh(headers)
        coding = read.get(b"transfer-encoding")
        if coding is not None and coding.rstrip(b" ").lower() != b"chunked":  # a tab makes it another one to llhttp
            raise UpstreamBroken(f"an unknown transfer coding {coding!r}")
        headers = without_named(headers, read.get(b"connection", b"close"))
        self._status = status
        # RFC 9112 6.1: HTTP/1.0 knows no codings, so that its framing is not to be trusted any further.
        self._keep_alive = self._stays_open(read) and (coding is None or version == "1.1")
        body = self._incoming(status, read, chunked=coding is not None)
        self._answer_with(AnswerHead(status, headers), body)

    def _weigh(self, headers: Headers) -> None:
        """What was fed may have held more than this head."""
        if sum(len(name) + len(value) + 4 for name, value in headers) > self._owner.limits.upstream_head_bytes:
            raise UpstreamBroken("the answer's head is too large")

    def _stays_open(self, read: dict[bytes, bytes]) -> bool:
        if self._head_only:  # llhttp takes a missing length for a body until the end of the connection
            return b"close" not in read.get(b"connection", b"").lower() and self._parser.get_http_version() == "1.1"
        return bool(self._parser.should_keep_alive())

    def _incoming(self, status: int, read: dict[bytes, bytes], *, chunked: bool) -> Body:
        length = None if chunked or b"content-length" not in read else int(read[b"content-length"])
        if self._head_only or status in _BODILESS:
            self._body = None
            self._answered = True
            return NO_BODY
        self._to_eof = not chunked and length is None
        limits = self._owner.limits
        self._body = Inflow(self, length, bound=limits.stream_bytes, ceiling=limits.body_bytes)
        return self._body

    def on_body(self, piece: bytes) -> None:
        if self._answered:
            self._keep_alive = False  # a body where there is none: after HEAD
        elif self._body is not None:
            self._fed = 1
            self._body.feed(piece)

    def on_message_complete(self) -> None:
        if self._status:  # not of an interim answer
            self._answered = True
            if self._body is not None:
                self._body.end()

    # the body's side

    def pause(self) -> None:
        self.transport.pause_reading()

    def resume(self) -> None:
        if not self._closed:
            self.transport.resume_reading()

    def wanted(self) -> None:
        """The alarm is set already: one deadline covers the whole answer."""

    def holds(self, body: Inflow, size: int) -> None:
        HELD.count(body, size)  # which may outlive its answer, where the client is slow

    def too_large(self) -> Exception:
        return UpstreamBroken("the answer is too large to be held")

    # the end of an answer

    def _complete(self) -> None:
        if not self._sent:  # an early answer: the rest of the request is of no use to anybody
            self._keep_alive = False
            self._stop_pump()
        freed, self._freed = self._freed, None
        self._release()
        if freed is not None:
            freed()

    def _release(self) -> None:
        self._busy = False
        self._body = None
        if not self._keep_alive:
            self.close(UpstreamBroken("the backend closes"))
            return
        if self._head_only:
            # llhttp cannot be told that the answer to HEAD has no body: it may be waiting for one.
            self._parser = httptools.HttpResponseParser(self)
        self._owner.returned(self)

    def _fail(self, reason: BaseException) -> None:
        self._busy = False
        freed, self._freed = self._freed, None
        if freed is not None:
            freed()
        self._stop_pump()
        if self._body is not None:
            self._body.fail(reason)
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.ended:
            waiter.set_exception(reason)
