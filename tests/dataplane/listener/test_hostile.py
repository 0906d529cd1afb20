"""Clients that are slow on purpose, in numbers: what each of them may hold, and for how long."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from dataplane.exchange import Exchange
from tests.dataplane.listener.handlers import flooding, time_passes
from tests.dataplane.loops import Run
from tests.dataplane.sides import SOON, Client, House, serving, until, within

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
KILOBYTE = 1024


async def say_path(exchange: Exchange) -> None:
    exchange.responder.send(200, [], await exchange.body.read() or exchange.path)


@asynccontextmanager
async def crowd(house: House, count: int, first: bytes) -> AsyncIterator[list[Client]]:
    clients = [Client(*await asyncio.open_connection("127.0.0.1", house.port, limit=KILOBYTE)) for _ in range(count)]
    for client in clients:
        client.say(first)
    await until(lambda: house.server.connections >= count)
    await asyncio.sleep(0.1)
    try:
        yield clients
    finally:
        for client in clients:
            client.reset()
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("first", "kilobytes"),
    [
        (b"", 10),  # asyncio has a deque in each transport since 3.12
        (b"G", 10),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 9_000, 40),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n" + b"x" * 20_000, 48),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4e20\r\n" + b"x" * 20_000, 48),
        (GET, 12),
    ],
    ids=["silent", "a letter", "half a head", "half a body", "half a chunk", "kept"],
)
def test_a_slow_client_holds_little_memory(run: Run, first: bytes, kilobytes: int) -> None:
    """Objects of this process: the test's own side of each connection is counted too."""
    count = 100

    async def test() -> None:
        async with serving(say_path) as house:
            gc.collect()
            tracemalloc.start()
            try:
                async with crowd(house, count, first):
                    gc.collect()
                    held = tracemalloc.get_traced_memory()[0] / count / KILOBYTE
            finally:
                tracemalloc.stop()
            assert held < kilobytes
            await until(lambda: house.server.connections == 0)

    run(test())


def test_slow_heads_hold_up_nobody(run: Run) -> None:
    async def test() -> None:
        async with (
            serving(say_path) as house,
            crowd(house, 100, b"GET / HTTP/1.1\r\nHost: x\r\n"),
            house.client() as other,
        ):
            assert (await other.ask(GET)).status == 200
            assert house.server.connections == 101

    run(test())


def test_slow_heads_are_over_in_time(run: Run) -> None:
    """A line each now and then buys no more of it."""

    async def trickle(house: House, slow: list[Client]) -> None:
        while house.server.connections:
            for client in slow:
                if not client.writer.transport.is_closing():
                    client.say(b"X: y\r\n")
            await asyncio.sleep(0.02)

    async def test() -> None:
        async with (
            serving(say_path, header_seconds=3.0) as house,
            crowd(house, 100, b"GET / HTTP/1.1\r\nHost: x\r\n") as slow,
        ):
            await within(trickle(house, slow), SOON)

    run(test())


def test_slow_clients_take_no_slot_for_longer_than_their_time(run: Run) -> None:
    async def test() -> None:
        async with serving(say_path, connections=20) as house:
            async with crowd(house, 20, b"GET / HTTP/1.1\r\n"):
                async with house.client() as refused:
                    assert (await refused.reply()).status == 503
                time_passes(house)
                await until(lambda: house.server.connections == 0)
            async with house.client() as welcome:
                assert (await welcome.ask(GET)).status == 200

    run(test())


def test_readers_that_stand_still_hold_bounded_memory_and_are_given_up(run: Run) -> None:
    ended = []

    async def test() -> None:
        async with serving(flooding(ended), stall_seconds=0.5) as house, crowd(house, 30, GET):
            for connection in house.server._open:
                assert connection.transport.get_write_buffer_size() < (64 + 32) * KILOBYTE
            await until(lambda: len(ended) == 30, SOON)

    run(test())


def test_who_has_its_answer_already_may_have_closed_its_side(run: Run) -> None:
    async def test() -> None:
        async with serving(say_path) as house, house.client() as client:
            client.say(GET)
            client.writer.write_eof()
            assert (await client.reply()).body == b"/a"

    run(test())
