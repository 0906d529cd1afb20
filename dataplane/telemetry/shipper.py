"""What the node agent makes of its workers' tallies: totals since the start, and counts per minute for the console.

Shipped values are cumulative within their minute and keyed by the node's start, so that a report sent twice changes
nothing; a row is sent again only when it has grown. What the console does not take is kept, within bounds.
"""

import logging
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final, TypeAlias

from dataplane.snapshot import MinuteCount
from dataplane.telemetry.counters import HITS, INTEGRATION_LATENCY, LATENCY, MISSES, Key, Row, Tally, fresh_row

log = logging.getLogger(__name__)

KEPT_MINUTES: Final = 120
KEPT_ROWS: Final = 250_000  # the bound where minutes are wide: about 100 MB
PARCEL_ROWS: Final = 5_000  # in one report, about 1 MB
RUNNING_MINUTE_SECONDS: Final = 5.0  # between two shipments of the same, still growing minute

SETTLED_SECONDS: Final = 300.0  # how long a minute that the console has is kept for late tallies

MethodName: TypeAlias = tuple[str, str, str, str]  # api, stage, resource path, method
Parcel: TypeAlias = list[tuple[Key, Row]]  # each row as it was when it was sent


class Totals:
    """Since the node's start."""

    def __init__(self) -> None:
        self.requests = 0
        self.unrouted = [0] * 6
        self.lines_written = 0  # of access logs
        self.lines_dropped = 0
        self.given_up = 0  # bodies and answers, for too much was held
        self.methods: dict[MethodName, Row] = {}

    def add(self, tally: Tally) -> None:
        self.requests += tally.requests
        self.lines_written += tally.lines_written
        self.lines_dropped += tally.lines_dropped
        self.given_up += tally.given_up
        self.unrouted = [a + b for a, b in zip(self.unrouted, tally.unrouted, strict=True)]
        for key, row in tally.rows:
            _add(self.methods.setdefault(key[1:5], fresh_row()), row)


class _Minute:
    __slots__ = ("grown", "rows")

    def __init__(self) -> None:
        self.rows: dict[Key, Row] = {}
        self.grown: dict[Key, None] = {}  # rows with something that the console has not taken, oldest first


class Shipper:
    def __init__(self, epoch: Callable[[], float] = time.time) -> None:
        self._epoch = epoch
        self._minutes: dict[int, _Minute] = {}
        self._closed = 0  # minutes before this one are forgotten: what comes late is counted in this one
        self._running_shipped = 0.0

    def add(self, tally: Tally) -> None:
        for key, row in tally.rows:
            if key[0] < self._closed:
                key = (self._closed, *key[1:])
            minute = self._minutes.setdefault(key[0], _Minute())
            _add(minute.rows.setdefault(key, fresh_row()), row)
            minute.grown[key] = None
        self._forget()

    def parcel(self, *, everything: bool = False) -> Parcel:
        """What to send now; hand it back to `taken` when the console has it. `everything`: the running minute too,
        however lately it was sent."""
        now = self._epoch()
        running = everything or now - self._running_shipped >= RUNNING_MINUTE_SECONDS
        due = [m for start, m in sorted(self._minutes.items()) if running or start + 60 <= now]
        keys = ((minute, key) for minute in due for key in minute.grown)
        parcel = [(key, minute.rows[key].copy()) for minute, key in islice(keys, PARCEL_ROWS)]
        if running and len(parcel) < PARCEL_ROWS:
            self._running_shipped = now
        return parcel

    def taken(self, parcel: Parcel) -> None:
        for key, row in parcel:
            minute = self._minutes.get(key[0])
            if minute is not None and minute.rows[key] == row:
                minute.grown.pop(key, None)

    def waiting(self) -> int:
        """Rows that the console has not taken."""
        return sum(len(minute.grown) for minute in self._minutes.values())

    def _forget(self) -> None:
        now = self._epoch()
        for start in sorted(self._minutes)[:-1]:
            waits = bool(self._minutes[start].grown)
            if waits and start >= now - KEPT_MINUTES * 60 and self._rows() <= KEPT_ROWS:
                continue
            if not waits and start >= now - SETTLED_SECONDS:
                continue
            if waits:
                log.warning("the counts of %s are dropped: the console has not taken them", _clock_text(start))
            del self._minutes[start]
            self._closed = max(self._closed, start + 60)

    def _rows(self) -> int:
        return sum(len(minute.rows) for minute in self._minutes.values())


def _clock_text(epoch: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(epoch))


def minute_counts(parcel: Parcel) -> Iterator[MinuteCount]:
    for (minute, api_id, stage_name, resource_path, http_method, digest), row in parcel:
        yield MinuteCount(
            minute=minute,
            api_id=api_id,
            stage_name=stage_name,
            resource_path=resource_path,
            http_method=http_method,
            digest=digest,
            count=int(sum(row[:LATENCY])),
            count_4xx=int(row[4]),
            count_5xx=int(row[5]),
            latency_ms_sum=round(row[LATENCY] * 1000, 3),
            integration_latency_ms_sum=round(row[INTEGRATION_LATENCY] * 1000, 3),
            cache_hits=int(row[HITS]),
            cache_misses=int(row[MISSES]),
        )


def _add(row: Row, more: Row) -> None:
    for place, value in enumerate(more):
        row[place] += value
