"""A backend that answers, closes and resets while a body is on its way to it: its answer has come all the same."""

import asyncio
import socket
import struct

import pytest

from dataplane.faults import UpstreamBroken
from dataplane.settings import Limits
from dataplane.upstream.pool import Pool
from tests.dataplane.loops import Run
from tests.dataplane.upstream.origins import ask


class Unwanted:
    """A body whose backend says `answer` and resets just before the first piece is sent."""

    def __init__(self, listening: socket.socket, answer: bytes) -> None:
        self.length = 1_000_000
        self._listening = listening
        self._answer = answer
        self._said = False

    def whole(self) -> bytes | None:
        return None

    async def read(self) -> bytes:
        raise AssertionError("a streamed body is taken piece by piece")

    async def chunk(self) -> bytes:
        if self._said:
            await asyncio.get_running_loop().create_future()
        self._said = True
        accepted, _ = self._listening.accept()
        accepted.sendall(self._answer)
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        accepted.close()
        return bytes(256 * 1024)


async def asked(answer: bytes) -> tuple[int, bytes | None, int]:
    """The answer's status and body; how many connections there are then."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        pool = Pool("http", "127.0.0.1", listening.getsockname()[1], limits=Limits())
        told = await ask(pool, b"POST", body=Unwanted(listening, answer))
        return told.status, told.body.whole(), pool._open


def test_an_answer_that_came_before_the_reset_is_the_answer(run: Run) -> None:
    async def test() -> None:
        told = await asked(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlarge")
        assert told == (413, b"large", 0)

    run(test())


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 413 Too", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_half_an_answer_before_the_reset_is_none(run: Run, answer: bytes) -> None:
    async def test() -> None:
        with pytest.raises(UpstreamBroken):
            await asked(answer)

    run(test())
