"""One client's connection: its requests are served one after another."""

import asyncio
from math import inf
from typing import TYPE_CHECKING, cast

from dataplane import spawn
from dataplane.exchange import ClientGone, Exchange
from dataplane.faults import GatewayFault, overloaded
from dataplane.http1.alarm import Alarm
from dataplane.http1.body import NO_BODY, Inflow, Whole
from dataplane.http1.fields import Fields
from dataplane.http1.held import HELD, UNCOUNTED
from dataplane.listener.ends import half_close, ip_of, port_of
from dataplane.listener.http1 import Asked, Head
from dataplane.listener.incoming import Incoming
from dataplane.listener.responder import ClientResponder, simple_answer
from dataplane.listener.target import METHODS

if TYPE_CHECKING:
    from dataplane.listener.server import Server

_UNAVAILABLE = b'{"message":"Service Unavailable"}'
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Connection(asyncio.Protocol):
    __slots__ = (
        *("__weakref__", "_alarm", "_body_held", "_body_paused", "_current", "_ending", "_handler", "_head_due"),
        *("_idle_due", "_incoming", "_limits", "_loop", "_queue_paused", "_quiet", "_reader", "_received"),
        *("_said", "_server", "_server_port"),
        *("_serving", "_source_ip", "_timed", "_unread_held", "_unsent", "_unsent_held", "_writable"),
        *("gone", "transport"),
    )

    transport: asyncio.Transport

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._limits = server.limits
        self._loop = asyncio.get_running_loop()
        self._alarm = Alarm(self._loop, self._expired)
        self._incoming = Incoming(self, server.limits)
        self._reader = self._incoming.reader
        self._current: ClientResponder | None = None
        self._handler: spawn.Running | None = None
        self._serving = False
        self._body_paused = self._queue_paused = False
        self._writable: asyncio.Future[None] | None = None
        self._received = self._unsent = 0  # when the time of the body under way began
        self._timed = False  # it has begun
        self._said: tuple[bool, int] | None = None  # how far the answer was when a client's patience began
        self._body_held = self._unsent_held = self._unread_held = 0  # as they are counted
        self._head_due = self._idle_due = 0.0
        self._quiet = True  # nothing has begun or waits
        self._ending = False  # nothing more is read or answered
        self.gone = False

    # the transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(high=self._limits.stream_bytes)
        self._source_ip = ip_of(transport.get_extra_info("peername"))
        self._server_port = port_of(transport.get_extra_info("sockname"))
        if self._server.admit(self):
            self._idle_due = self._loop.time() + self._limits.header_seconds
            self._alarm.set(self._idle_due)
        elif self._server.crowded:
            self.break_off()
        else:
            self.transport.write(simple_answer(503, _UNAVAILABLE))
            self._end(linger=True)

    def data_received(self, data: bytes) -> None:
        if self._quiet:
            self._quiet = False
            asked = self._reader.at_once(data)
            if asked is not None:
                self._serve_at_once(asked)
                return
        if self._ending:
            return
        incoming = self._incoming
        incoming.rest = incoming.rest + data if incoming.rest else data
        self._advance()

    def eof_received(self) -> bool:
        """Who asked for something whole may be reading still. Who has left looks alike, until something is written:
        so the answer has some time, and then to move on."""
        if self._ending or not self._incoming.shut_off():
            return False
        self._watch()  # which ends it, where there is nothing to answer
        return not self._ending

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone = True
        self._alarm.end()
        self._hold(0, 0, 0)
        self._server.forget(self)
        handler, current = self._handler, self._current
        if handler is not None and current is not None and not current.finished:
            handler.give_up(ClientGone())
        self._incoming.end()
        if self._writable is not None:
            self._writable.cancel()

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()
        self._timed = False
        self._hold(self._body_held, self.transport.get_write_buffer_size(), self._unread_held)
        self._watch()

    def resume_writing(self) -> None:
        writable, self._writable = self._writable, None
        self._hold(self._body_held, 0, self._unread_held)
        if writable is not None and not writable.done():
            writable.set_result(None)
        if self._current is None:
            self._advance()

    # requests

    def _serve_at_once(self, asked: Asked) -> None:
        """What `Incoming.parse`, `_serve` and `_watch` do, of the request that is nearly every one."""
        method, path, query, fields, body = asked
        now = self._loop.time()
        self._idle_due = 0.0
        if not fields.keep_alive:
            self._incoming.last = True
        if fields.length > UNCOUNTED:
            self._hold(fields.length, self._unsent_held, self._unread_held)
        self._begin(
            Exchange(
                METHODS[method],
                path,
                query,
                fields,
                fields.authority,
                "HTTP/1.1",
                self._server.scheme,
                self._source_ip,
                self._server_port,
                Whole(body) if body else NO_BODY,
                ClientResponder(self, fields.keep_alive, method == b"HEAD", False),
                now,
            )
        )
        if self._ending or self.gone:
            return
        if self._current is None and self._writable is None:
            self._quiet = True
            self._idle_due = now + self._limits.idle_seconds
            self._alarm.set(self._idle_due)
        # Else the alarm looks at what there is to wait for when it rings.

    def _advance(self) -> None:
        """Serve what is parsed, parse what is read; then wait for what comes next."""
        incoming = self._incoming
        self._serve()
        while incoming.rest and not incoming.queue and not self._body_paused and not self._ending:
            incoming.parse()
            self._serve()
        if self._ending or self.gone:
            return
        if incoming.refusal and self._current is None and not incoming.queue:
            self.transport.write(simple_answer(incoming.refusal.status, incoming.refusal.body))
            self._end(linger=True)
            return
        if self._queue_paused is not incoming.waits:
            self._queue_paused = not self._queue_paused
            waits = len(incoming.rest) if len(incoming.rest) > UNCOUNTED else 0
            self._hold(self._body_held, self._unsent_held, waits)
            self._throttle()
        self._watch()

    def _serve(self) -> None:
        queue = self._incoming.queue
        while queue and self._current is None and self._writable is None and not self._ending:
            head = queue.popleft()
            self._head_due = self._idle_due = 0.0
            if head.body is not None:
                head.body.count()
            self._begin(self._exchange(head))

    def _exchange(self, head: Head) -> Exchange:
        return Exchange(
            http_method=head.asked,
            path=head.path,
            query=head.query,
            fields=Fields(head.headers),
            authority=head.authority,
            protocol=head.protocol,
            scheme=self._server.scheme,
            source_ip=self._source_ip,
            server_port=self._server_port,
            body=head.body or NO_BODY,
            responder=ClientResponder(self, head.keep_alive, head.method == "HEAD", head.protocol == "HTTP/1.0"),
            started=self._loop.time(),
        )

    def _begin(self, exchange: Exchange) -> None:
        self._current = exchange.responder  # type: ignore[assignment]  # which was made here
        self._server.requests += 1
        self._serving = True
        work = self._server.handle(exchange)
        if work is None:
            self._handled()
        else:
            self._handler = spawn.start(work, self._handled)
        self._serving = False

    def _handled(self) -> None:
        incoming, responder, self._current = self._incoming, self._current, None
        self._handler = None
        if self._body_held:
            self._hold(0, self._unsent_held, self._unread_held)
        if self.gone or self._ending or responder is None:
            return
        if not responder.finished:
            self.break_off()
        elif not responder.keep_alive or (incoming.broken and not incoming.queue):
            self._end(linger=True)
        else:
            if self._reader.arriving is not None:
                incoming.untaken()
            if not self._serving:
                self._advance() if incoming.pending or self._queue_paused else self._watch()

    # the responder's side

    def keeps(self) -> bool:
        return not self._server.draining and self._incoming.keeps()

    def writable(self) -> "asyncio.Future[None] | None":
        return self._writable

    def break_off(self) -> None:
        self._ending, self._quiet = True, False
        self.transport.abort()

    # the body's side

    def pause(self) -> None:
        self._body_paused = True
        self._throttle()

    def resume(self) -> None:
        self._body_paused = self._timed = False  # it was not the client that stood still
        self._throttle()
        if self._incoming.rest and not self.gone:
            self._loop.call_soon(self._advance)  # not at once: this may be inside the parser

    def wanted(self) -> None:
        if self._incoming.expects and self._current is not None and not self._current.started:
            self.transport.write(_CONTINUE)
            self._timed = False
        self._incoming.expects = False
        self._watch()

    def holds(self, body: Inflow, size: int) -> None:
        self._hold(size, self._unsent_held, self._unread_held)

    def too_large(self) -> Exception:
        return GatewayFault("REQUEST_TOO_LARGE")

    # what it holds

    def _hold(self, body: int, unsent: int, unread: int) -> None:
        if body + unsent + unread != self._body_held + self._unsent_held + self._unread_held:
            HELD.count(self, body + unsent + unread)
        self._body_held, self._unsent_held, self._unread_held = body, unsent, unread

    def let_go(self) -> None:
        if self._body_held + self._unsent_held + self._unread_held == 0:
            return
        handler, current = self._handler, self._current
        if handler is not None and current is not None and not current.started:
            handler.give_up(overloaded())
        else:
            self.break_off()

    def _throttle(self) -> None:
        if self._ending or self._incoming.shut or self.transport.is_closing():
            return
        if self._body_paused or self._queue_paused:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    # time

    def _watch(self) -> None:
        """Set the alarm for what the connection waits for now."""
        limits = self._limits
        if self._writable is not None or self._reader.arriving is not None:
            if not self._timed:
                self._time_body()
            return
        self._timed = False
        current, incoming = self._current, self._incoming
        if current is not None:
            self._said = current.said if incoming.shut else None
            self._alarm.set(self._loop.time() + limits.shut_seconds if incoming.shut else inf)
        elif incoming.shut and not incoming.pending:
            self._end(linger=False)
        elif self._reader.begun:
            self._head_due = self._head_due or self._loop.time() + limits.header_seconds
            self._alarm.set(self._head_due)
        else:
            self._quiet = not incoming.waits
            seconds = limits.linger_seconds if self._server.draining else limits.idle_seconds
            due = self._loop.time() + seconds
            self._idle_due = min(self._idle_due, due) if self._idle_due else due  # empty lines buy no time
            self._alarm.set(self._idle_due)

    def _time_body(self) -> None:
        """So much of it has to move in so much time, and again."""
        self._timed = True
        self._received = self._reader.received
        self._unsent = self.transport.get_write_buffer_size()
        self._alarm.set(self._loop.time() + self._limits.stall_seconds)

    def _expired(self) -> None:
        arriving, least = self._reader.arriving, self._limits.stall_bytes
        if self._ending:
            self.transport.abort()
        elif self._writable is not None:
            moved = self._unsent - self.transport.get_write_buffer_size()
            self.transport.abort() if moved < least else self._time_body()
        elif arriving is not None:
            moved = self._reader.received - self._received
            busy = self._current is not None and not arriving.awaited  # the pipeline is, elsewhere
            self._time_body() if busy or moved >= least else self.transport.abort()
        elif self._current is not None:
            silent = self._incoming.shut and self._current.said == self._said
            self.transport.abort() if silent else self._watch()
        else:
            self._end(linger=False)

    # the end

    def drain(self) -> None:
        """The next answer is the last one. Who has nothing under way may be sending just now: to close at once would
        lose that request, so there is some time to ask once more."""
        if self._current is None and not self._incoming.queue and not self._reader.begun:
            self._alarm.set(self._loop.time() + self._limits.linger_seconds)

    def _end(self, *, linger: bool) -> None:
        """Close when what was written is sent. `linger`: the client is still sending, and would lose the answer to a
        reset if the socket closed with unread bytes; so they are read and dropped for a while."""
        self._ending, self._quiet = True, False
        self._incoming.clear()
        if linger and not self._incoming.shut and self.transport.can_write_eof():
            self._alarm.set(self._loop.time() + self._limits.linger_seconds)
            half_close(self.transport)
        else:
            self._alarm.set(self._loop.time() + self._limits.stall_seconds)
            self.transport.close()
