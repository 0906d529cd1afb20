"""The listener fed with anything: what it made of it, held against another reader (h11)."""

import asyncio
import re
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, field
from math import inf
from random import Random
from typing import Any

import h11

from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.listener.connection import Connection
from dataplane.listener.server import Server
from dataplane.settings import Limits
from tests.fuzz.mutation import in_pieces, in_segments, mutated
from tests.fuzz.wire import Wire

PLAIN = [
    b"GET /dev/a?b=c HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n",
    b"POST /dev/a HTTP/1.1\r\nHost: x:80\r\nContent-Length: 3\r\n\r\nabc",
    b"HEAD / HTTP/1.1\r\nhost: x\r\nconnection: Keep-Alive\r\n\r\n",
    b"GET /a HTTP/1.1\r\nVia: y\r\nTea: z\r\nX-Forwarded-For: 1, 2\r\nHOST: x\r\nServer: s\r\nHosts: t\r\n\r\n",
]


@dataclass
class Request:
    method: str
    target: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes
    whole: bool = False


@dataclass
class Reading:
    """What became of some bytes."""

    requests: list[Request] = field(default_factory=list)
    written: bytes = b""
    ended: bool = False


class Handler:
    """Takes bodies in one of the ways in which the pipeline does, and answers."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.requests: list[Request] = []
        self.running = 0

    async def handle(self, exchange: Exchange) -> None:
        target = exchange.path + (b"?" + exchange.query if exchange.query else b"")
        request = Request(exchange.http_method, target, exchange.headers, b"")
        self.requests.append(request)
        self.running += 1
        try:
            status = await self._answer(exchange, request)
            exchange.responder.send(status, [], b"ok")
        finally:
            self.running -= 1

    def at_once(self, exchange: Exchange) -> Coroutine[Any, Any, None] | None:
        """As the pipeline does where nothing has to wait."""
        if exchange.body.whole() is None or self._random.random() < 0.5:
            return self.handle(exchange)
        target = exchange.path + (b"?" + exchange.query if exchange.query else b"")
        body = exchange.body.whole() or b""
        self.requests.append(Request(exchange.http_method, target, exchange.headers, body, whole=True))
        exchange.responder.send(200, [], b"ok")
        return None

    async def _answer(self, exchange: Exchange, request: Request) -> int:
        way = self._random.randrange(4)
        try:
            if way == 0:
                request.body = await exchange.body.read()
            elif way == 1:
                while piece := await exchange.body.chunk():
                    request.body += piece
            elif way == 2:
                await asyncio.sleep(0)
                request.body = await exchange.body.read()
            else:
                return 200  # untaken
        except GatewayFault as fault:
            return fault.status
        request.whole = True
        return 200


class Parsing(Connection):
    """Reads nothing but by the parser."""

    def data_received(self, data: bytes) -> None:
        self._quiet = False
        super().data_received(data)


async def read(pieces: list[bytes], random: Random, made: type[Connection] = Connection) -> Reading:
    """Raises AssertionError where the connection could hang, or leave work behind."""
    handler = Handler(random)
    connection = made(Server(handler.at_once, Limits()))
    wire = Wire(connection)
    await wire.feed(pieces)
    if random.random() < 0.3:
        await wire.shut()
        assert wire.ended, "nothing comes any more, and it goes on"
    reading = Reading(handler.requests, bytes(wire.written), wire.ended)
    if not wire.ended:
        assert connection._alarm.when < inf, "nothing would ever end it"
        for _ in range(3):
            connection._expired()
            await asyncio.sleep(0)
        assert wire.is_closing(), "its time is over, and it goes on"
    wire.lose()
    for _ in range(3):
        await asyncio.sleep(0)
    assert handler.running == 0, "a handler outlives its connection"
    return reading


def agreed(data: bytes, reading: Reading) -> None:
    """As far as the other reader gets, it has to have read the same requests; what it refuses says nothing."""
    other = h11.Connection(h11.SERVER, max_incomplete_event_size=100_000)
    other.receive_data(data)
    for ours in reading.requests:
        if ours.method not in _PLAIN or not (theirs := _next(other)):
            return
        head, body, whole = theirs
        assert (ours.method.encode(), head.target) == (head.method, _origin_form(head.target, ours.target)), data
        assert _folded(ours.headers) == _folded(head.headers), data
        if ours.whole:
            assert whole, data
            assert ours.body == body, data
        if not whole or other.our_state is not h11.SEND_RESPONSE or other.their_state is not h11.DONE:
            return
        other.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
        other.send(h11.EndOfMessage())
        if other.our_state is not h11.DONE:
            return
        other.start_next_cycle()


_PLAIN = frozenset(("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"))


def _folded(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """h11 writes names, and the one coding that it knows, in lower case, and leaves what Connection names."""
    lower = [(name.lower(), value.lower()) for name, value in headers]
    named = {token.strip() for name, value in lower if name == b"connection" for token in value.split(b",")}
    return [(name, value) for name, value in lower if name not in named]


def _origin_form(target: bytes, ours: bytes) -> bytes:
    """An absolute target is read as its path."""
    if target.startswith(b"/"):
        return target if target == ours or target == ours + b"?" else ours
    return target if target.partition(b"://")[2].endswith(ours.lstrip(b"/")) or ours == b"/" else ours


def _next(other: h11.Connection) -> tuple[h11.Request, bytes, bool] | None:
    try:
        head = other.next_event()
    except h11.RemoteProtocolError:
        return None
    if not isinstance(head, h11.Request):
        return None
    body = b""
    while True:
        try:
            event = other.next_event()
        except h11.RemoteProtocolError:
            return head, body, False
        if isinstance(event, h11.Data):
            body += event.data
        else:
            return head, body, isinstance(event, h11.EndOfMessage)


async def fuzz(seed: int, seeds: list[bytes]) -> Reading:
    random = Random(seed)
    data = mutated(random, seeds)
    reading = await read(in_pieces(random, data), random)
    agreed(data, reading)
    return reading


async def fuzz_conversation(seed: int, seeds: list[bytes]) -> Reading:
    """The parser alone reads the same of the same segments, and says the same."""
    random = Random(seed)
    pieces = [piece for _ in range(random.randrange(2, 8)) for piece in in_segments(random, PLAIN, seeds)]
    if random.random() < 0.2:
        at = random.randrange(len(pieces))
        pieces[at : at + 2] = [b"".join(pieces[at : at + 2])]
    reading = await read(pieces, Random(seed))
    parsed = await read(pieces, Random(seed), Parsing)
    assert reading.requests == parsed.requests, pieces
    assert _undated(reading.written) == _undated(parsed.written), pieces
    assert reading.ended == parsed.ended, pieces
    agreed(b"".join(pieces), reading)
    return reading


def _undated(written: bytes) -> bytes:
    return re.sub(rb"\r\nDate: [^\r]+", b"", written)
