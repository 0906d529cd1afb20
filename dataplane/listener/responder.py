"""The way back to the client: heads, framing, and what HEAD, 204, 304 and HTTP/1.0 change about them."""

import asyncio
import time
from email.utils import formatdate
from http import HTTPStatus
from typing import Protocol

from dataplane.exchange import ClientGone, Headers
from dataplane.http1.head import LAST_CHUNK, as_chunk, header_lines

_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
_BODILESS = frozenset((204, 304))
_JOINED_BYTES = 64 * 1024  # a body up to this is copied behind its head, to leave in one write
_CONNECTION = {True: b"Connection: keep-alive\r\nDate: ", False: b"Connection: close\r\nDate: "}


class Way(Protocol):
    """The connection, as a responder sees it."""

    gone: bool

    @property
    def transport(self) -> asyncio.WriteTransport: ...

    def keeps(self) -> bool:
        """Whether the connection can be kept after this answer; asked once, when its head is written."""

    def writable(self) -> "asyncio.Future[None] | None":
        """None while the client keeps up with what is written."""

    def break_off(self) -> None: ...


class _Clock:
    """The Date header's value, made once a second."""

    def __init__(self) -> None:
        self._second = 0
        self._date = b""

    def date(self) -> bytes:
        now = time.time()
        if not 0 <= now - self._second < 1:
            self._second = int(now)
            self._date = formatdate(self._second, usegmt=True).encode()
        return self._date


_date = _Clock().date


def status_line(status: int) -> bytes:
    return _STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status


def simple_answer(status: int, body: bytes) -> bytes:
    """What the listener says on its own account, before it closes."""
    head = b"%bContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\nDate: %b\r\n\r\n%b"
    return head % (status_line(status), len(body), _date(), body)


class ClientResponder:
    __slots__ = ("_bodiless", "_chunked", "_head_only", "_left", "_old", "_way", "finished", "keep_alive", "started")

    def __init__(self, way: Way, keep_alive: bool, head_only: bool, old: bool) -> None:
        self._way = way
        self._head_only = head_only
        self._old = old  # HTTP/1.0: no chunks
        self._chunked = False
        self._bodiless = False
        self._left = 0  # of the length that was promised; below 0 where none was
        self.keep_alive = keep_alive
        self.started = False
        self.finished = False

    @property
    def said(self) -> tuple[bool, int]:
        """Another one when more has been said."""
        return self.started, self._left

    def send(self, status: int, headers: Headers, body: bytes, lines: bytes = b"") -> None:
        way = self._way
        if way.gone:
            self.finished = True
            return
        if self._head_only or status < 200 or status in _BODILESS:
            self._without_body(status)
            # An empty body says nothing about the length that GET would have.
            self._write_head(status, headers, len(body) or None, lines)
        elif len(body) <= _JOINED_BYTES:
            way.transport.write(self._head(status, headers, len(body), lines, body))
        else:
            way.transport.writelines((self._head(status, headers, len(body), lines), body))
        self.finished = True

    def start(self, status: int, headers: Headers, length: int | None, lines: bytes = b"") -> None:
        """HEAD, 204 and 304 have no body: what is written then is dropped."""
        if self._without_body(status):
            self._left = 0
        elif length is None:
            self._chunked = not self._old
            self.keep_alive = self.keep_alive and self._chunked
        else:
            self._left = length
        self._write_head(status, headers, length, lines)

    def write(self, piece: bytes) -> "asyncio.Future[None] | None":
        way = self._way
        if way.gone:
            raise ClientGone
        if not piece or self._head_only:
            return None
        self._left -= len(piece)
        way.transport.write(as_chunk(piece) if self._chunked else piece)
        return way.writable()

    def finish(self) -> None:
        if self._left > 0:  # less than was promised: the client must not take it for the whole
            self.abort()
        elif self._chunked and not self._way.gone:
            self._way.transport.write(LAST_CHUNK)
        self.finished = True

    def abort(self) -> None:
        self.finished = True
        self.keep_alive = False
        self._way.break_off()

    def _without_body(self, status: int) -> bool:
        if status in _BODILESS or status < 200:
            self._bodiless = self._head_only = True
            self.keep_alive = self.keep_alive and status >= 200  # an interim status ends nothing but a connection
        return self._head_only

    def _write_head(self, status: int, headers: Headers, length: int | None, lines: bytes) -> None:
        if not self._way.gone:
            self._way.transport.write(self._head(status, headers, length, lines))

    def _head(self, status: int, headers: Headers, length: int | None, lines: bytes, body: bytes = b"") -> bytes:
        """With `body` behind it."""
        self.started = True
        self.keep_alive = keep_alive = self.keep_alive and self._way.keeps()
        framing = b""
        if length is not None and not self._bodiless:
            framing = b"Content-Length: %d\r\n" % length
        elif self._chunked:
            framing = b"Transfer-Encoding: chunked\r\n"
        if headers:
            lines += header_lines(headers)
        line = _STATUS_LINES.get(status) or status_line(status)
        return b"".join((line, lines, framing, _CONNECTION[keep_alive], _date(), b"\r\n\r\n", body))
