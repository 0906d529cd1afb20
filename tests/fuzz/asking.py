"""The upstream connection fed with anything: what it made of an answer, held against another reader (h11)."""

import asyncio
from dataclasses import dataclass
from random import Random
from typing import Any

import h11

from dataplane import spawn
from dataplane.exchange import ClientGone
from dataplane.faults import UpstreamFault
from dataplane.http1.body import Inflow
from dataplane.settings import Limits
from dataplane.spawn import Signal
from dataplane.upstream.answer import Answer
from dataplane.upstream.connection import Connection
from tests.fuzz.mutation import in_pieces, in_segments, mutated
from tests.fuzz.wire import Wire

ANSWERS = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n3;x=y\r\nfgh\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n1\r\na\r\n0\r\nT: v\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
    b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\nuntil the end",
    b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: x\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\nLocation: /x\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n\x81\x00",
    b"HTTP/1.1 500 X\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n",
]

PLAIN_ANSWERS = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\nETag: x\r\n\r\nabcde",
    b"HTTP/1.1 404 \r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nDate: x\r\nVIA: y\r\nServers: z\r\ncontent-length: 2\r\nServer: s\r\nA: b\r\n\r\nab",
]


class Owner:
    limits = Limits()

    def __init__(self) -> None:
        self.kept = 0

    def returned(self, connection: Connection) -> None:
        self.kept += 1

    def lost(self, connection: Connection) -> None:
        pass


@dataclass
class Reading:
    status: int = 0
    body: bytes = b""
    whole: bool = False
    fault: BaseException | None = None


async def read(data: bytes, random: Random, *, head_only: bool, reset: bool) -> Reading:
    """Raises AssertionError where something waits on although the connection has ended."""
    connection = Connection(Owner())
    wire = Wire(connection)
    deadline = asyncio.get_running_loop().time() + 30
    waiter = connection.ask(b"GET / HTTP/1.1\r\n\r\n", b"", deadline=deadline, head_only=head_only)
    reading = Reading()
    ended: list[bool] = []

    async def take() -> None:
        try:
            answer = await waiter
            reading.status = answer.status
            while piece := await answer.body.chunk():
                reading.body += piece
            reading.whole = True
        except (UpstreamFault, ClientGone) as fault:
            reading.fault = fault

    spawn.start(take(), lambda: ended.append(True))
    await wire.feed(in_pieces(random, data))
    wire.lose(ConnectionResetError() if reset else None)
    for _ in range(3):
        await asyncio.sleep(0)
    assert ended, "it waits for an answer that cannot come"
    assert reading.whole or reading.fault is not None
    return reading


def agreed(data: bytes, reading: Reading, *, head_only: bool, reset: bool) -> None:
    """Where both read a whole answer, it is the same. What is cut off is whole to neither."""
    other = h11.Connection(h11.CLIENT, max_incomplete_event_size=100_000)
    method = "HEAD" if head_only else "GET"
    other.send(h11.Request(method=method, target="/", headers=[("Host", "x")]))
    other.send(h11.EndOfMessage())
    other.receive_data(data)
    if not reset:
        other.receive_data(b"")
    status, body, whole = _answer(other)
    if reading.whole and whole:
        assert (reading.status, reading.body) == (status, body), data


def _answer(other: h11.Connection) -> tuple[int, bytes, bool]:
    status, body = 0, b""
    try:
        while True:
            event = other.next_event()
            if isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                return status, body, True
            elif not isinstance(event, h11.InformationalResponse):
                return status, body, False
    except h11.RemoteProtocolError:
        return status, body, False


class Parsing(Connection):
    """Reads nothing but by the parser."""

    def _take_at_once(self, data: bytes) -> bool:
        return False


class Sending:
    """The source of a body that is arriving; it is never so large as to be paused."""

    def __getattr__(self, name: str) -> Any:
        return lambda: None


Taken = tuple[int, list[tuple[bytes, bytes]], bytes, str]  # the last: what ended it


class Conversation:
    """One request after another on one connection, while it is kept."""

    def __init__(self, random: Random, made: type[Connection]) -> None:
        self._random = random
        self.owner = Owner()
        self.connection = made(self.owner)
        self._wire = Wire(self.connection)
        self.taken: list[Taken] = []

    async def ask(self, pieces: list[bytes]) -> None:
        random, kept = self._random, self.owner.kept
        head_only = random.random() < 0.15
        deadline = asyncio.get_running_loop().time() + 30
        body = Inflow(Sending(), None, bound=1_000, ceiling=1_000) if random.random() < 0.2 else None
        waiter = self.connection.ask(b"X", b"" if body is None else body, deadline=deadline, head_only=head_only)
        ended: list[bool] = []
        spawn.start(self._take(waiter), lambda: ended.append(True))
        if body is not None:
            body.feed(b"abc")
            if random.random() < 0.7:
                body.end()
                await asyncio.sleep(0)
        await self._wire.feed(pieces)
        if self.owner.kept == kept:  # it wants more, or has had too much
            self._wire.lose()
            await self._wire.feed([])
            assert not self.connection.usable
        assert ended, "it waits for an answer that cannot come"

    async def _take(self, waiter: Signal[Answer]) -> None:
        status, headers, body = 0, list[tuple[bytes, bytes]](), b""
        try:
            answer = await waiter
            status, headers = answer.status, answer.headers
            while piece := await answer.body.chunk():
                body += piece
        except (UpstreamFault, ClientGone) as fault:
            self.taken.append((status, headers, body, type(fault).__name__))
        else:
            self.taken.append((status, headers, body, "end"))


async def fuzz_conversation(seed: int) -> list[Taken]:
    """The parser alone reads the same answers, and keeps the same connections."""
    random = Random(seed)
    answers = [in_segments(random, PLAIN_ANSWERS, ANSWERS) for _ in range(random.randrange(2, 8))]
    both = [Conversation(Random(seed), made) for made in (Connection, Parsing)]
    for conversation in both:
        for pieces in answers:
            if conversation.connection.usable:
                await conversation.ask(pieces)
    one, other = both
    assert (one.taken, one.owner.kept) == (other.taken, other.owner.kept), answers
    return one.taken


async def fuzz(seed: int) -> Reading:
    random = Random(seed)
    data = mutated(random, ANSWERS)
    head_only, reset = random.random() < 0.2, random.random() < 0.3
    reading = await read(data, random, head_only=head_only, reset=reset)
    agreed(data, reading, head_only=head_only, reset=reset)
    return reading
