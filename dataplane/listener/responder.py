"""The way back to the client: heads, framing, and what HEAD, 204, 304 and HTTP/1.0 change about them."""

import asyncio
import time
from email.utils import formatdate
from http import HTTPStatus
from typing import Protocol

from msgspec import Struct

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


class ClientResponder(Struct, eq=False):
    way: Way
    keep_alive: bool
    head_only: bool
    old: bool  # HTTP/1.0: no chunks
    chunked: bool = False
    bodiless: bool = False
    left: int = 0  # of the length that was promised
    started: bool = False
    finished: bool = False

    def send(self, status: int, headers: Headers, body: bytes, lines: bytes = b"") -> None:
        way = self.way
        if way.gone:
            self.finished = True
            return
        if self.head_only or status < 200 or status in _BODILESS:
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
            self.left = 0
        elif length is None:
            self.chunked = not self.old
            self.keep_alive = self.keep_alive and self.chunked
        else:
            self.left = length
        self._write_head(status, headers, length, lines)

    def write(self, piece: bytes) -> "asyncio.Future[None] | None":
        way = self.way
        if way.gone:
            raise ClientGone
        if not piece or self.head_only:
            return None
        self.left -= len(piece)
        way.transport.write(as_chunk(piece) if self.chunked else piece)
        return way.writable()

    def finish(self) -> None:
        if self.left > 0:  # less than was promised: the client must not take it for the whole
            self.abort()
        elif self.chunked and not self.way.gone:
            self.way.transport.write(LAST_CHUNK)
        self.finished = True

    def abort(self) -> None:
        self.finished = True
        self.keep_alive = False
        self.way.break_off()

    def _without_body(self, status: int) -> bool:
        if status in _BODILESS or status < 200:
            self.bodiless = self.head_only = True
            self.keep_alive = self.keep_alive and status >= 200  # an interim status ends nothing but a connection
        return self.head_only

    def _write_head(self, status: int, headers: Headers, length: int | None, lines: bytes) -> None:
        if not self.way.gone:
            self.way.transport.write(self._head(status, headers, length, lines))

    def _head(self, status: int, headers: Headers, length: int | None, lines: bytes, body: bytes = b"") -> bytes:
        """With `body` behind it."""
        self.started = True
        self.keep_alive = keep_alive = self.keep_alive and self.way.keeps()
        framing = b""
        if length is not None and not self.bodiless:
            framing = b"Content-Length: %d\r\n" % length
        elif self.chunked:
            framing = b"Transfer-Encoding: chunked\r\n"
        if headers:
            lines += header_lines(headers)
        line = _STATUS_LINES.get(status) or status_line(status)
        return b"".join((line, lines, framing, _CONNECTION[keep_alive], _date(), b"\r\n\r\n", body))
