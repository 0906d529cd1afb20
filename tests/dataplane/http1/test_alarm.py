"""One timer per connection, however often its deadline moves."""

from collections.abc import Callable
from math import inf
from typing import Any

import pytest

from dataplane.http1.alarm import Alarm


class Timer:
    def __init__(self, when: float, call: Callable[[], None]) -> None:
        self.when = when
        self.call = call

    def cancel(self) -> None:
        self.when = inf


class Loop:
    """A loop whose time passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Timer(when, call))
        return self.timers[-1]

    def passes(self, until: float) -> None:
        """Each timer is called at its own time."""
        while due := [timer for timer in self.timers if timer.when <= until]:
            first = min(due, key=lambda timer: timer.when)
            self.now = max(self.now, first.when)
            self.timers.remove(first)
            first.call()
        self.now = until


class Counting:
    def __init__(self) -> None:
        self.loop = Loop()
        self.rung: list[float] = []
        loop: Any = self.loop
        self.alarm = Alarm(loop, lambda: self.rung.append(self.loop.now))


@pytest.fixture
def counting() -> Counting:
    return Counting()


def test_it_rings_once_at_its_time(counting: Counting) -> None:
    counting.alarm.set(105.0)
    counting.loop.passes(104.9)
    assert counting.rung == []
    counting.loop.passes(200.0)
    assert counting.rung == [105.0]


def test_a_loop_that_is_late_rings_late(counting: Counting) -> None:
    counting.alarm.set(105.0)
    counting.loop.now = 107.0
    counting.loop.passes(107.0)
    assert counting.rung == [107.0]


def test_a_clock_of_milliseconds_may_be_a_part_of_one_early(counting: Counting) -> None:
    """As uvloop's is; nothing is armed again for that part."""
    counting.alarm.set(105.0)
    counting.loop.now = 104.9995
    counting.loop.timers.pop().call()
    assert (counting.rung, counting.loop.timers) == ([104.9995], [])


def test_moved_later_it_rings_later_without_a_timer_more(counting: Counting) -> None:
    counting.alarm.set(102.0)
    for moved in range(1, 9):
        counting.alarm.set(102.0 + moved)
    assert len(counting.loop.timers) == 1
    counting.loop.passes(109.9)
    assert counting.rung == []
    counting.loop.passes(200.0)
    assert counting.rung == [110.0]


def test_moved_earlier_it_rings_earlier_and_only_then(counting: Counting) -> None:
    counting.alarm.set(110.0)
    counting.alarm.set(102.0)
    counting.loop.passes(200.0)
    assert counting.rung == [102.0]


def test_never_is_never_until_it_is_set_again(counting: Counting) -> None:
    counting.alarm.set(102.0)
    counting.alarm.set(inf)
    counting.loop.passes(105.0)
    assert counting.rung == []
    counting.alarm.set(107.0)
    counting.loop.passes(200.0)
    assert counting.rung == [107.0]


def test_stopped_it_does_not_ring(counting: Counting) -> None:
    counting.alarm.set(102.0)
    counting.alarm.stop()
    counting.loop.passes(200.0)
    assert counting.rung == []
