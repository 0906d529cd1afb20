"""Who comes in a crowd and leaves as he likes leaves nothing behind: no connection, no byte that is held, no error."""

import asyncio
import gc
import logging
from collections.abc import Callable
from random import Random

import pytest

from dataplane.http1.held import HELD
from dataplane.upstream.pool import Pool, pool_for
from tests.dataplane.execution import House, in_house
from tests.dataplane.sides import SECONDS, until
from tests.fuzz.crowding import Client, Moody, resources

CLIENTS = 40
REQUESTS = 500
ROOMY, NARROW = 100_000_000, 1_000_000
# Served, refused as not HTTP, refused by the backend before it had the body, given up after its time.
ENDS = {200, 400, 403, 504}


@pytest.mark.parametrize("room", [ROOMY, NARROW], ids=["room for all", "too little room"])
def test_nothing_is_left_of_a_crowd(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, room: int
) -> None:
    monkeypatch.setattr(HELD, "most", room)
    given_up = HELD.given_up

    def enough(house: House) -> bool:
        seen = {exchange.response_status for exchange in house.recorder.done}
        return house.server.requests > REQUESTS and seen >= ENDS and (room == ROOMY or HELD.given_up > given_up)

    async def scenario(house: House) -> None:
        backend = Moody(Random(1))
        port = await backend.start()
        house.deploy(*resources(), variables={"backend": f"127.0.0.1:{port}"})
        pool = pool_for("http", "127.0.0.1", port)
        try:
            await crowd(house, enough)
            await nothing_is_left(house, pool)
        finally:
            await backend.stop()
        await until(lambda: pool._open == 0)

    in_house(scenario)
    assert (HELD.given_up > given_up) is (room == NARROW)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def crowd(house: House, enough: Callable[[House], bool]) -> None:
    over = asyncio.Event()
    calling = [asyncio.ensure_future(Client(house, Random(seed)).call_on(over)) for seed in range(CLIENTS)]
    try:
        await until(lambda: enough(house), 3 * SECONDS)
    finally:
        over.set()
        await asyncio.gather(*calling)


async def nothing_is_left(house: House, pool: Pool) -> None:
    await until(lambda: house.server.connections == 0)
    await until(lambda: pool._open == len(pool._members) == len(pool._idle))
    gc.collect()
    assert (HELD.bytes, len(pool._waiters)) == (0, 0)
    assert house.server.requests == len(house.recorder.done)
