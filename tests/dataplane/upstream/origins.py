"""Backends for the pool's tests: a script answers, request by request."""

import asyncio
from collections.abc import Callable

from dataplane.exchange import Body, Headers
from dataplane.settings import Limits
from dataplane.upstream.answer import Answer
from dataplane.upstream.pool import Pool
from tests.dataplane.sides import SECONDS, Backend, Script, read_head, spawned

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def answering(*answers: bytes, seen: list[bytes] | None = None) -> Script:
    """Each request without a body gets the next answer, the last one again and again."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rest = list(answers)
        while True:
            head = await read_head(reader)
            if seen is not None:
                seen.append(head)
            writer.write(rest.pop(0) if len(rest) > 1 else rest[0])

    return script


def once(answer: bytes) -> Script:
    """Answers one request and closes."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(answer)
        writer.close()

    return script


def pool_to(origin: Backend, **limits: int | float) -> Pool:
    return Pool("http", "127.0.0.1", origin.port, limits=Limits(**limits))  # type: ignore[arg-type]


async def ask(
    pool: Pool,
    method: bytes = b"GET",
    target: bytes = b"/",
    *,
    headers: Headers | None = None,
    body: bytes | Body = b"",
    timeout: float = SECONDS,
) -> Answer:
    answer = await spawned(
        pool.send(method, target, [(b"Host", b"b")] if headers is None else headers, body, timeout=timeout)
    )
    assert isinstance(answer, Answer)
    return answer


async def ask_all(pool: Pool, method: bytes = b"GET", *, timeout: float = SECONDS) -> tuple[int, bytes]:
    async def whole() -> tuple[int, bytes]:
        answer = await pool.send(method, b"/", [(b"Host", b"b")], b"", timeout=timeout)
        return answer.status, await answer.body.read()

    status, body = await spawned(whole())
    return status, body


class Slow:
    """A request body that arrives when it is told to."""

    def __init__(self, length: int | None) -> None:
        self.length = length
        self.pieces: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        self.taken = 0

    def whole(self) -> bytes | None:
        return None

    async def read(self) -> bytes:
        raise AssertionError("a streamed body is taken piece by piece")

    async def chunk(self) -> bytes:
        piece = await self.pieces.get()
        if isinstance(piece, Exception):
            raise piece
        self.taken += len(piece)
        return piece


def endless(piece: bytes, written: Callable[[int], None]) -> Script:
    """A chunked answer that goes on as long as it is read."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            written(len(piece))
            await writer.drain()

    return script
