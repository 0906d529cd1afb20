"""One call for all who need the same."""

import asyncio

import pytest

from dataplane.authorizers.flights import Flights
from tests.dataplane.loops import Run
from tests.dataplane.sides import spawned, until


class Call:
    def __init__(self) -> None:
        self.count = 0
        self.gate: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def __call__(self) -> int:
        self.count += 1
        return await self.gate


def test_all_who_join_get_the_one_result_and_the_next_begins_anew(run: Run) -> None:
    async def test() -> None:
        flights: Flights[int] = Flights()
        call = Call()
        flights.begin("key", call)
        flights.begin("key", call)
        waiting = [asyncio.ensure_future(spawned(flights.join("key", 5))) for _ in range(3)]
        await until(lambda: call.count)
        call.gate.set_result(7)
        assert await asyncio.gather(*waiting) == [7, 7, 7]
        assert call.count == 1
        assert not flights.under_way("key")

    run(test())


def test_other_keys_are_other_calls(run: Run) -> None:
    async def test() -> None:
        flights: Flights[int] = Flights()
        first, second = Call(), Call()
        flights.begin("first", first)
        flights.begin("second", second)
        second.gate.set_result(2)
        assert await flights.join("second", 5) == 2
        assert flights.under_way("first")
        first.gate.set_result(1)
        assert await flights.join("first", 5) == 1

    run(test())


def test_what_the_call_raises_all_who_wait_get(run: Run) -> None:
    async def test() -> None:
        flights: Flights[int] = Flights()
        call = Call()
        flights.begin("key", call)
        waiting = [asyncio.ensure_future(spawned(flights.join("key", 5))) for _ in range(2)]
        await until(lambda: call.count)
        await asyncio.sleep(0)
        call.gate.set_exception(LookupError("no"))
        for each in waiting:
            with pytest.raises(LookupError):
                await each

    run(test())


def test_who_waits_too_long_goes_and_the_call_goes_on(run: Run) -> None:
    async def test() -> None:
        flights: Flights[int] = Flights()
        call = Call()
        flights.begin("key", call)
        with pytest.raises(TimeoutError):
            await spawned(flights.join("key", 0.01))
        assert flights.under_way("key")
        call.gate.set_result(1)
        await until(lambda: not flights.under_way("key"))

    run(test())
