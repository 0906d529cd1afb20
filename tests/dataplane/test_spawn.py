"""A coroutine without a Task: what it waits for, what is raised in it, how it is ended from outside."""

import asyncio
import gc
import logging

import pytest

from dataplane import spawn
from dataplane.exchange import ClientGone
from dataplane.spawn import Signal
from tests.dataplane.loops import Run, run
from tests.dataplane.sides import within

__all__ = ["run"]


def test_a_coroutine_that_never_waits_has_ended_when_start_returns(run: Run) -> None:
    async def test() -> None:
        seen = []

        async def work() -> None:
            seen.append(asyncio.current_task())

        def in_no_task() -> None:
            assert spawn.start(work(), lambda: seen.append("ended")) is None  # type: ignore[arg-type]
            done.set_result(None)

        loop = asyncio.get_running_loop()
        done = loop.create_future()
        loop.call_soon(in_no_task)
        await done
        assert seen == [None, "ended"]

    run(test())


def test_results_come_back_from_what_it_waits_for(run: Run) -> None:
    async def test() -> None:
        loop = asyncio.get_running_loop()
        first: asyncio.Future[int] = loop.create_future()
        second: asyncio.Future[int] = loop.create_future()
        second.set_result(2)
        seen = []

        async def work() -> None:
            seen.append(await first)
            seen.append(await second)
            await asyncio.sleep(0)
            seen.append(await spawn.background(later(), "later"))  # type: ignore[arg-type]

        async def later() -> None:
            await asyncio.sleep(0.001)

        ended = loop.create_future()
        running = spawn.start(work(), lambda: ended.set_result(None))
        assert running is not None and seen == []
        first.set_result(1)
        await within(ended)
        assert seen == [1, 2, None]

    run(test())


def test_an_exception_of_a_future_is_raised_where_it_is_awaited(run: Run) -> None:
    async def test() -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        seen = []

        async def work() -> None:
            try:
                await future
            except ValueError as error:
                seen.append(str(error))

        spawn.start(work())
        future.set_exception(ValueError("why"))
        await asyncio.sleep(0.01)
        assert seen == ["why"]

    run(test())


def test_a_cancelled_future_is_raised_as_cancellation(run: Run) -> None:
    async def test() -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        seen = []

        async def work() -> None:
            try:
                await future
            except asyncio.CancelledError:
                seen.append("cancelled")

        spawn.start(work())
        future.cancel()
        await asyncio.sleep(0.01)
        assert seen == ["cancelled"]

    run(test())


@pytest.mark.parametrize("error", [ValueError("why"), asyncio.CancelledError()])
def test_what_it_raises_is_logged_and_it_has_ended(
    run: Run, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    async def test() -> None:
        ended = []

        async def work() -> None:
            await asyncio.sleep(0)
            raise error

        spawn.start(work(), lambda: ended.append(True))
        await asyncio.sleep(0.01)
        assert ended == [True]

    run(test())
    (record,) = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert record.exc_info is not None and record.exc_info[1] is error
    caplog.clear()


def test_that_the_client_has_gone_is_not_worth_a_line(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        async def work() -> None:
            raise ClientGone

        spawn.start(work())

    run(test())
    assert caplog.records == []


def test_waiting_for_something_else_than_a_future_is_an_error_inside(run: Run) -> None:
    async def test() -> None:
        class Odd:
            def __await__(self):  # type: ignore[no-untyped-def]
                yield "odd"

        seen = []

        async def work() -> None:
            try:
                await Odd()
            except RuntimeError as error:
                seen.append(str(error))

        spawn.start(work())
        assert "odd" in seen[0]

    run(test())


def test_giving_up_raises_where_it_waits_and_a_late_result_wakes_nobody(run: Run) -> None:
    async def test() -> None:
        loop = asyncio.get_running_loop()
        awaited: asyncio.Future[None] = loop.create_future()
        last: asyncio.Future[None] = loop.create_future()
        seen = []

        async def work() -> None:
            try:
                await awaited
            except ClientGone:
                seen.append("gone")
            await last
            seen.append("cleaned up")

        running = spawn.start(work(), lambda: seen.append("ended"))
        assert running is not None
        running.give_up(ClientGone())
        awaited.set_result(None)
        await asyncio.sleep(0.01)
        assert seen == ["gone"]
        last.set_result(None)
        await asyncio.sleep(0.01)
        assert seen == ["gone", "cleaned up", "ended"]
        running.give_up(ClientGone())
        assert len(seen) == 3

    run(test())


def test_closing_ends_it_without_a_reason(run: Run) -> None:
    async def test() -> None:
        awaited: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        seen = []

        async def work() -> None:
            try:
                await awaited
            finally:
                seen.append("finally")

        running = spawn.start(work(), lambda: seen.append("ended"))
        assert running is not None
        running.close()
        running.close()
        awaited.set_result(None)
        await asyncio.sleep(0.01)
        assert seen == ["finally", "ended"]

    run(test())


def test_the_failure_of_background_work_is_logged_with_its_name(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        async def work() -> None:
            raise ValueError("why")

        task = spawn.background(work(), "the shipper")
        await asyncio.wait([task])

    run(test())
    assert [r.getMessage() for r in caplog.records] == ["the shipper failed"]
    caplog.clear()


def test_a_signal_wakes_a_coroutine_within_set_result(run: Run) -> None:
    async def test() -> None:
        signal: Signal[int] = Signal()
        seen: list[int] = []

        async def work() -> None:
            seen.append(await signal)

        assert spawn.start(work()) is not None
        signal.set_result(1)
        assert seen == [1]

    run(test())


def test_a_signal_raises_what_it_was_given_and_tells_who_asks_late(run: Run) -> None:
    async def test() -> None:
        signal: Signal[int] = Signal()
        signal.set_exception(ValueError("no"))
        for _ in range(2):
            with pytest.raises(ValueError, match="no"):
                await signal

    run(test())


def test_a_task_may_wait_for_a_signal_and_be_cancelled(run: Run) -> None:
    async def test() -> None:
        async def work(signal: Signal[int]) -> int:
            return await signal

        signal: Signal[int] = Signal()
        waiting = asyncio.create_task(work(signal))
        await asyncio.sleep(0)
        signal.set_result(2)
        assert await waiting == 2
        gone: Signal[int] = Signal()
        given_up = asyncio.create_task(work(gone))
        await asyncio.sleep(0)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert gone.ended

    run(test())


def test_who_gave_up_is_not_woken_by_the_signal_that_comes_later(run: Run) -> None:
    async def test() -> None:
        signal: Signal[int] = Signal()
        second: Signal[int] = Signal()
        seen: list[object] = []

        async def work() -> None:
            try:
                await signal
            except ClientGone:
                seen.append("gone")
                seen.append(await second)

        running = spawn.start(work())
        assert running is not None
        running.give_up(ClientGone())
        signal.set_result(1)
        assert seen == ["gone"]
        second.set_result(2)
        assert seen == ["gone", 2]

    run(test())


def test_a_signal_leaves_no_circle_for_the_collector(run: Run) -> None:
    async def test() -> None:
        async def work(signal: Signal[int]) -> None:
            await signal

        gc.collect()
        gc.disable()
        try:
            for _ in range(10):
                signal: Signal[int] = Signal()
                spawn.start(work(signal))
                signal.set_result(1)
            del signal
            assert gc.collect() == 0
        finally:
            gc.enable()

    run(test())
