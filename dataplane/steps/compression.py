"""Payload compression: requests with a Content-Encoding are inflated, replies deflated as Accept-Encoding asks.

Only for an API with a `minimumCompressionSize`. Source: developer guide, "Enable payload compression for an API".
"""

import asyncio
import zlib
from dataclasses import dataclass
from typing import Final

from dataplane.exchange import Body, Exchange
from dataplane.faults import GatewayFault, UpstreamFault
from dataplane.http1.body import Whole
from dataplane.http1.fields import Fields
from dataplane.plan import Reply
from dataplane.settings import Limits
from dataplane.steps.integrate import gateway_fault
from dataplane.steps.scope import first_header

MAX_BYTES: Final = Limits().body_bytes
_SLICE: Final = 64 * 1024  # compressed at once; then others have their turn
_MOST_MEMBERS: Final = 1_000  # of one gzip body: each costs time, though it may hold nothing
_FORMATS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # zlib's window bits
_BODILESS: Final = frozenset((204, 206, 304))  # 206: a range counts bytes of what is not compressed


@dataclass(frozen=True, slots=True)
class Compression:
    minimum: int

    async def receive(self, exchange: Exchange) -> None:
        """Raises GatewayFault: 415 for a coding that is not known or not what was sent, 413 for too much."""
        coding = first_header(exchange.headers, b"content-encoding").strip().lower()
        if coding in ("", "identity"):
            return
        body = await exchange.body.read()
        if not body or len(body) < self.minimum:
            return
        if coding not in _FORMATS:
            raise GatewayFault("UNSUPPORTED_MEDIA_TYPE", detail=f"Content-Encoding {coding}")
        exchange.body = Whole(inflated(body, coding))
        headers = [header for header in exchange.headers if header[0].lower() != b"content-encoding"]
        exchange.fields = Fields(headers)

    async def compress(self, exchange: Exchange, reply: Reply) -> Reply:
        """Raises GatewayFault."""
        coding = chosen_coding(first_header(exchange.headers, b"accept-encoding"))
        if coding is None or _has_no_body(reply) or first_header(reply.headers, b"content-encoding"):
            return reply
        whole = reply.body if isinstance(reply.body, bytes) else reply.body.whole()
        body = reply.body if whole is None else Whole(whole)
        assert not isinstance(body, bytes)
        begin = b""
        if body.length is None:
            begin = await _beginning(body, self.minimum)
        size = len(begin) if body.length is None else body.length
        if size >= max(self.minimum, 1):
            reply.headers.append((b"Content-Encoding", coding.encode()))
            reply.body = await _deflated(body, begin, coding)
        elif body.length is None:
            reply.body = Whole(begin)
        return reply


def compile_compression(minimum: int | None) -> Compression | None:
    return None if minimum is None else Compression(minimum)


def inflated(body: bytes, coding: str) -> bytes:
    """At most MAX_BYTES. Raises GatewayFault."""
    try:
        return _inflated(body, _FORMATS[coding])
    except zlib.error as error:
        if coding == "deflate":  # some send it bare, without zlib's frame
            try:
                return _inflated(body, -15)
            except zlib.error:
                pass
        raise GatewayFault("UNSUPPORTED_MEDIA_TYPE", detail=f"not {coding}: {error}") from error


def _inflated(body: bytes, window_bits: int) -> bytes:
    pieces: list[bytes] = []
    left, begin = MAX_BYTES, 0
    for _ in range(_MOST_MEMBERS if window_bits == _FORMATS["gzip"] else 1):
        inflater = zlib.decompressobj(window_bits)
        while begin < len(body) and not inflater.eof:  # in slices: what follows a member is copied
            pieces.append(inflater.decompress(body[begin : begin + _SLICE], left + 1))
            begin += _SLICE
            left -= len(pieces[-1])
            if left < 0:
                raise GatewayFault("REQUEST_TOO_LARGE", detail="inflates to more than a payload may have")
        if not inflater.eof:
            raise zlib.error("it ends too early")
        begin = min(begin, len(body)) - len(inflater.unused_data)
        if begin == len(body):
            return b"".join(pieces)
    if window_bits == _FORMATS["gzip"]:
        raise GatewayFault("REQUEST_TOO_LARGE", detail=f"more than {_MOST_MEMBERS} members of gzip")
    return b"".join(pieces)


def chosen_coding(accept: str) -> str | None:
    """gzip or deflate, if one of them is what the client likes best and says by name (RFC 9110 12.5.3)."""
    best, found = 0.0, None
    for part in accept.lower().split(","):
        name, _, parameter = part.partition(";")
        weight = _weight(parameter)
        supported = name.strip() if name.strip() in ("gzip", "deflate") else None
        if weight > best or (weight == best > 0 and found is None):
            best, found = weight, supported
    return found


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _has_no_body(reply: Reply) -> bool:
    return reply.head_length is not None or reply.status < 200 or reply.status in _BODILESS


async def _beginning(body: Body, size: int) -> bytes:
    """At least so much of a body of unknown length, or all of it. Raises GatewayFault."""
    begin = b""
    try:
        while len(begin) < max(size, 1) and (piece := await body.chunk()):
            begin += piece
    except UpstreamFault as fault:
        raise gateway_fault(fault) from fault
    return begin


class _Deflated:
    """A Body that is compressed while it is sent."""

    def __init__(self, body: Body, begin: bytes, coding: str) -> None:
        self.length: int | None = None
        self._body = body
        self._begin = begin
        self._deflater = zlib.compressobj(wbits=_FORMATS[coding])
        self._ended = False

    def whole(self) -> bytes | None:
        return None

    async def read(self) -> bytes:
        pieces = []
        while piece := await self.chunk():
            pieces.append(piece)
        return b"".join(pieces)

    async def chunk(self) -> bytes:
        made = b""
        while not made and not self._ended:
            piece = self._begin[:_SLICE] or await self._body.chunk()
            self._begin = self._begin[len(piece) :] if self._begin else piece[_SLICE:]
            piece = piece[:_SLICE]
            if piece:
                made = self._deflater.compress(piece)
                if self._begin:
                    await asyncio.sleep(0)
            else:
                made = self._deflater.flush()
                self._ended = True
        return made


async def _deflated(body: Body, begin: bytes, coding: str) -> Body:
    """What is there already is answered with its length."""
    deflated = _Deflated(body, begin, coding)
    return Whole(await deflated.read()) if body.whole() is not None else deflated
