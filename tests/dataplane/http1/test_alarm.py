"""One timer per connection, however often its deadline moves."""

import asyncio
from math import inf

from dataplane.http1.alarm import Alarm
from tests.dataplane.loops import Run


class Counting:
    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.rung: list[float] = []
        self.alarm = Alarm(self.loop, self.ring)

    def ring(self) -> None:
        self.rung.append(self.loop.time())


def test_it_rings_once_at_its_time(run: Run) -> None:
    async def test() -> None:
        counting = Counting()
        due = counting.loop.time() + 0.05
        counting.alarm.set(due)
        await asyncio.sleep(0.15)
        (rung,) = counting.rung
        assert due - 0.002 <= rung < due + 0.05

    run(test())


def test_moved_later_it_rings_later(run: Run) -> None:
    async def test() -> None:
        counting = Counting()
        start = counting.loop.time()
        counting.alarm.set(start + 0.02)
        counting.alarm.set(start + 0.1)
        await asyncio.sleep(0.06)
        assert counting.rung == []
        await asyncio.sleep(0.1)
        assert len(counting.rung) == 1

    run(test())


def test_moved_earlier_it_rings_earlier_and_only_then(run: Run) -> None:
    async def test() -> None:
        counting = Counting()
        start = counting.loop.time()
        counting.alarm.set(start + 0.1)
        counting.alarm.set(start + 0.02)
        await asyncio.sleep(0.06)
        assert len(counting.rung) == 1
        await asyncio.sleep(0.1)
        assert len(counting.rung) == 1

    run(test())


def test_never_is_never_until_it_is_set_again(run: Run) -> None:
    async def test() -> None:
        counting = Counting()
        counting.alarm.set(counting.loop.time() + 0.02)
        counting.alarm.set(inf)
        await asyncio.sleep(0.05)
        assert counting.rung == []
        counting.alarm.set(counting.loop.time() + 0.02)
        await asyncio.sleep(0.05)
        assert len(counting.rung) == 1

    run(test())


def test_stopped_it_does_not_ring(run: Run) -> None:
    async def test() -> None:
        counting = Counting()
        counting.alarm.set(counting.loop.time() + 0.02)
        counting.alarm.stop()
        await asyncio.sleep(0.05)
        assert counting.rung == []

    run(test())
