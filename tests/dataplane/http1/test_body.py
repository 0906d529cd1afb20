"""A body that is arriving: what waits, what pauses its source, what a fault does."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from dataplane.http1.body import NO_BODY, Inflow
from tests.dataplane.loops import Run


class TooLarge(Exception):
    pass


class Source:
    def __init__(self) -> None:
        self.paused = False
        self.held: list[int] = []
        self.asked = 0

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def wanted(self) -> None:
        self.asked += 1

    def holds(self, body: Inflow, size: int) -> None:
        self.held.append(size)

    def too_large(self) -> Exception:
        return TooLarge()


def arriving(source: Source, *, bound: int = 10, ceiling: int = 100) -> Inflow:
    return Inflow(source, None, bound=bound, ceiling=ceiling)


async def begun(work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    task = asyncio.get_running_loop().create_task(work)
    await asyncio.sleep(0)
    return task


def test_whole_is_there_only_when_all_of_it_is() -> None:
    body = arriving(Source())
    body.feed(b"ab")
    assert body.whole() is None
    body.feed(b"cd")
    body.end()
    assert body.whole() == body.whole() == b"abcd"


def test_whole_is_not_there_once_a_piece_was_taken(run: Run) -> None:
    async def test() -> None:
        body = arriving(Source())
        body.feed(b"ab")
        assert await body.chunk() == b"ab"
        body.end()
        assert body.whole() is None
        assert await body.chunk() == b""
        assert await body.chunk() == b""

    run(test())


def test_a_chunk_is_all_that_has_arrived(run: Run) -> None:
    async def test() -> None:
        source = Source()
        body = arriving(source)
        task = await begun(body.chunk())
        assert source.asked == 1 and body.awaited
        body.feed(b"ab")
        body.feed(b"cd")
        assert await task == b"abcd"
        assert not body.awaited

    run(test())


def test_more_than_the_bound_pauses_the_source_until_it_is_taken(run: Run) -> None:
    async def test() -> None:
        source = Source()
        body = arriving(source)
        body.feed(b"x" * 10)
        assert not source.paused
        body.feed(b"x")
        assert source.paused
        assert await body.chunk() == b"x" * 11
        assert not source.paused

    run(test())


def test_the_end_of_a_body_leaves_no_source_paused() -> None:
    source = Source()
    body = arriving(source)
    body.feed(b"x" * 11)
    body.end()
    assert not source.paused


def test_who_reads_all_is_not_held_up_by_the_bound_but_by_the_ceiling(run: Run) -> None:
    async def test() -> None:
        source = Source()
        body = arriving(source)
        body.feed(b"x" * 11)
        task = await begun(body.read())
        assert not source.paused
        body.feed(b"x" * 89)
        await asyncio.sleep(0)
        assert not source.paused and not task.done()
        body.feed(b"x")
        with pytest.raises(TooLarge):
            await task

    run(test())


def test_the_first_fault_is_raised_and_stays(run: Run) -> None:
    async def test() -> None:
        source = Source()
        body = arriving(source)
        body.feed(b"x" * 11)
        body.fail(ValueError("first"))
        body.fail(ValueError("second"))
        assert not source.paused
        body.feed(b"y" * 11)
        assert not source.paused
        for take in (body.chunk, body.read):
            with pytest.raises(ValueError, match="first"):
                await take()
        assert body.whole() is None

    run(test())


def test_a_fault_wakes_who_waits(run: Run) -> None:
    async def test() -> None:
        body = arriving(Source())
        task = await begun(body.chunk())
        body.fail(ValueError("why"))
        with pytest.raises(ValueError, match="why"):
            await task

    run(test())


def test_a_complete_body_cannot_fail_any_more() -> None:
    body = arriving(Source())
    body.feed(b"ab")
    body.end()
    body.fail(ValueError("late"))
    assert body.whole() == b"ab"


def test_no_body_is_empty_in_every_way(run: Run) -> None:
    async def test() -> None:
        assert NO_BODY.length == 0
        assert NO_BODY.whole() == await NO_BODY.read() == await NO_BODY.chunk() == b""

    run(test())
