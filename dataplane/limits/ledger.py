"""What one node counted of each key, plan and day, and what is known of each quota.

All of it is running totals of this ledger's life, so that whoever is told twice counts once: Valkey keeps one number
per life and quota and adds them up, PostgreSQL one per life, key, plan and day. What is known of a quota never exceeds
what was used: a caller may get a little more than its quota, and is never refused before.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from itertools import islice
from typing import Final, TypeAlias

import msgspec

from dataplane.limits.meter import Counted, Used

DAYS_KEPT: Final = 3  # of counts that the console has
PERIODS_KEPT: Final = 40  # days since a period began, or since a day that no console takes
PARCEL_ROWS: Final = 5_000

Day: TypeAlias = tuple[str, str, str]  # plan, key, day
Period: TypeAlias = tuple[str, str, str]  # plan, key, period
Parcel: TypeAlias = list[tuple[Day, int]]


class Share(msgspec.Struct):
    """Of one quota in one period: what this life used, and the least that all have used."""

    own: int = 0
    total: int = 0


class Kept(msgspec.Struct, frozen=True):
    """A ledger as it is on disk."""

    life: str
    counts: list[tuple[Day, int]]
    grown: list[Day]
    shares: list[tuple[Period, Share]]


class Ledger:
    def __init__(self, kept: Kept | None = None) -> None:
        self.life = uuid.uuid4().hex if kept is None else kept.life
        self.changed = kept is None  # since it was last kept
        self._counts: dict[Day, int] = dict(kept.counts) if kept else {}
        self._grown: dict[Day, None] = dict.fromkeys(kept.grown) if kept else {}  # what the console has not taken
        self._shares: dict[Period, Share] = dict(kept.shares) if kept else {}
        self._loaded = {period: share.own for period, share in self._shares.items()}
        self._settled: set[Period] = set()

    def add(self, used: Used) -> Period | None:
        """The period in which it counts, if a quota does."""
        self.changed = True
        day = (used.plan_id, used.key_id, used.day)
        self._counts[day] = self._counts.get(day, 0) + used.count
        self._grown[day] = None
        if not used.period:
            return None
        period = (used.plan_id, used.key_id, used.period)
        share = self._shares.setdefault(period, Share())
        share.own += used.count
        share.total += used.count
        return period

    def own(self, period: Period) -> int:
        return self._shares[period].own

    def settle(self, period: Period, told: int, day: str) -> None:
        """That this life had told so much before it was told of the period for the first time since it was loaded: what
        was told before a sudden end, and not kept, counts again, for that day."""
        if period in self._settled:
            return
        self._settled.add(period)
        lost = told - self._loaded.get(period, 0)
        if lost > 0:
            self._shares[period].own += lost
            name = (*period[:2], day)
            self._counts[name] = self._counts.get(name, 0) + lost
            self._grown[name] = None
            self.changed = True

    def learn(self, period: Period, total: int, own: int | None = None) -> bool:
        """That all together used `total`, `own` of it here; None: how much of it is not known. Whether that is news."""
        share = self._shares.setdefault(period, Share())
        total += 0 if own is None else share.own - own
        if total <= share.total:
            return False
        share.total = total
        self.changed = True
        return True

    def counted(self, periods: Iterable[Period]) -> list[Counted]:
        return [Counted(*period, self._shares[period].total) for period in periods]

    def periods(self) -> list[Period]:
        return list(self._shares)

    # The console

    def parcel(self) -> Parcel:
        """What to report; hand it back to `taken` when the console has it."""
        return [(day, self._counts[day]) for day in islice(self._grown, PARCEL_ROWS)]

    def taken(self, parcel: Parcel) -> None:
        for day, count in parcel:
            if self._counts.get(day) == count:
                self._grown.pop(day, None)
        self.changed = self.changed or bool(parcel)

    def waiting(self) -> int:
        return len(self._grown)

    # The disk

    def keep(self, today: dt.date) -> Kept:
        """All but what is over and settled, which is forgotten."""
        day = (today - dt.timedelta(days=DAYS_KEPT)).isoformat()
        began = (today - dt.timedelta(days=PERIODS_KEPT)).isoformat()
        self._grown = {name: None for name in self._grown if name[2] >= began}
        self._counts = {name: n for name, n in self._counts.items() if name[2] >= day or name in self._grown}
        self._shares = {name: s for name, s in self._shares.items() if name[2].rpartition(" ")[2] >= began}
        self.changed = False
        return Kept(self.life, list(self._counts.items()), list(self._grown), list(self._shares.items()))
