"""What one worker counts: a few additions per finished request, handed to the node agent about once a second.

A row's first six places count answers by the hundreds of their status (0: the client left before its answer). A method
that is cached counts its hits and misses.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from dataplane.exchange import Exchange

if TYPE_CHECKING:
    from dataplane.plan import Plan, Stage

Key: TypeAlias = tuple[int, str, str, str, str, str]  # minute, api, stage, resource path, method, digest
Row: TypeAlias = list[
    float
]  # six counts by status class, sums in seconds of latency and integration latency, hits, misses
LATENCY, INTEGRATION_LATENCY, HITS, MISSES = 6, 7, 8, 9


def fresh_row() -> Row:
    return [0, 0, 0, 0, 0, 0, 0.0, 0.0, 0, 0]


class Tally(msgspec.Struct, frozen=True, array_like=True):
    """What was counted since the last tally."""

    requests: int
    unrouted: list[int]  # of those without a stage, by status class
    rows: list[tuple[Key, Row]]
    lines_written: int = 0  # of access logs
    lines_dropped: int = 0
    given_up: int = 0  # bodies and answers, for too much was held


class Counters:
    __slots__ = ("_clock", "_ends", "_epoch", "_minute", "_now", "_requests", "_rows", "_unrouted")

    def __init__(self, clock: Callable[[], float], epoch: Callable[[], float] = time.time) -> None:
        self._clock = clock  # the one that gave Exchange.started
        self._epoch = epoch
        self._requests = 0
        self._unrouted = [0] * 6
        self._rows: dict[Key, Row] = {}
        self._minute = 0  # epoch seconds
        self._ends = 0.0  # the same minute by the clock
        self._now: dict[
            int, tuple[object, Row]
        ] = {}  # this minute's by what was asked, which is held: its id is its own

    def record(self, exchange: Exchange) -> None:
        """Once per request, when it ended."""
        self._requests += 1
        status_class = exchange.response_status // 100 if exchange.response_status < 600 else 5
        stage = exchange.stage
        if stage is None:
            self._unrouted[status_class] += 1
            return
        plan = exchange.plan
        now = self._clock()
        found = self._now.get(id(plan)) if now < self._ends else None
        row = self._row(stage, plan) if found is None else found[1]
        row[status_class] += 1
        row[LATENCY] += now - exchange.started
        row[INTEGRATION_LATENCY] += exchange.integration_latency
        if exchange.cache:
            row[HITS if exchange.cache == "hit" else MISSES] += 1

    def _row(self, stage: "Stage", plan: "Plan | None") -> Row:
        """A plan is of one stage, so it is enough of a key while the minute lasts."""
        epoch = self._epoch()
        minute = int(epoch) // 60 * 60
        if minute != self._minute:
            self._minute = minute
            self._now = {}
        self._ends = self._clock() + minute + 60 - epoch
        path, method = ("", "") if plan is None else (plan.resource_path, plan.http_method)
        key = (minute, stage.api_id, stage.stage_name, path, method, stage.digest)
        row = self._rows.setdefault(key, fresh_row())
        if plan is not None:
            self._now[id(plan)] = plan, row
        return row

    def take(self) -> Tally:
        """Everything since the last take; counting begins anew."""
        tally = Tally(self._requests, self._unrouted, list(self._rows.items()))
        self._requests, self._unrouted, self._rows, self._now = 0, [0] * 6, {}, {}
        return tally
