"""What the workers of one node take of shared limits, told on to Valkey, and where the limits stand by all nodes.

Buckets stand here as they do in Valkey, between two exchanges by this node's own reckoning. What was taken is told
late, so a bucket here may hold above its burst what comes back in SLACK_SECONDS: or else what was taken of a full one
while it was filled would be owed. So of a limit that all workers and nodes draw on, no more than
`rate * (seconds + SLACK_SECONDS) + burst` requests pass over time; what passed above that before it was told is owed.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from dataplane.limits.ledger import Ledger, Period
from dataplane.limits.meter import Counted, Level, Spent, Taken

SLACK_SECONDS: Final = 0.1
IDLE_SECONDS: Final = 60.0
EXCHANGED_AT_ONCE: Final = 1_000

Total: TypeAlias = tuple[Period, int, int, int]  # what this life had told before, what it told now, what all used


class _Bucket:
    __slots__ = ("at", "burst", "rate", "tokens", "untold")

    def __init__(self, taken: Taken, now: float) -> None:
        self.rate, self.burst = taken.rate, taken.burst
        self.tokens = taken.burst + taken.rate * SLACK_SECONDS
        self.at = now
        self.untold = 0  # taken, and not yet told to Valkey

    def move(self, count: int, now: float, share: float) -> None:
        rate = self.rate * share
        full = self.burst * share + rate * SLACK_SECONDS
        self.tokens = min(self.tokens + (now - self.at) * rate - count, full)
        self.at = now


class Hub:
    """`nodes` is how many share; `share` is the part of each limit that this node may use: all of it, while it knows
    what others take."""

    def __init__(self, clock: Callable[[], float], ledger: Ledger) -> None:
        self.ledger = ledger
        self.nodes = 1
        self.workers = 1
        self._clock = clock
        self._alone = False
        self._buckets: dict[str, _Bucket] = {}
        self._moved: set[str] = set()
        self._counted: set[Period] = set()
        self._untold: dict[str, None] = {}
        self._unpushed: dict[Period, None] = dict.fromkeys(ledger.periods())
        self._swept_at = clock()

    @property
    def share(self) -> float:
        return 1 / self.nodes if self._alone else 1.0

    @property
    def shared(self) -> bool:
        """Whether anybody but one worker draws on the limits."""
        return self.workers > 1 or self.nodes > 1

    def spent(self, spent: Spent) -> None:
        """A worker's telling."""
        now = self._clock()
        for taken in spent.taken:
            bucket = self._buckets.get(taken.name)
            if bucket is None:
                bucket = self._buckets[taken.name] = _Bucket(taken, now)
            bucket.rate, bucket.burst = taken.rate, taken.burst
            bucket.move(taken.count, now, self.share)
            bucket.untold += taken.count
            self._moved.add(taken.name)
            self._untold[taken.name] = None
        for used in spent.used:
            period = self.ledger.add(used)
            if period is not None:
                self._counted.add(period)
                self._unpushed[period] = None

    # The workers

    def news(self) -> tuple[list[Level], list[Counted]]:
        """What workers have to hear since it was last asked."""
        moved, self._moved = self._moved, set()
        counted, self._counted = self._counted, set()
        self._sweep()
        return (self._levels(moved) if self.shared else []), self.ledger.counted(counted)

    def everything(self) -> tuple[list[Level], list[Counted]]:
        """For a worker that begins."""
        return self._levels(self._buckets), self.ledger.counted(self.ledger.periods())

    def _levels(self, names: Iterable[str]) -> list[Level]:
        now, found = self._clock(), []
        for name in names:
            bucket = self._buckets.get(name)
            if bucket is not None:
                bucket.move(0, now, self.share)
                found.append(Level(name, bucket.tokens))
        return found

    def _sweep(self) -> None:
        """A bucket that nobody draws on is full, as one that is made anew."""
        now = self._clock()
        if now - self._swept_at > IDLE_SECONDS:
            self._swept_at = now
            for name in [n for n, b in self._buckets.items() if not b.untold and _idle(b, now)]:
                del self._buckets[name]

    # Valkey

    def untold(self) -> tuple[list[Taken], list[tuple[Period, int]]]:
        """What it has to be told: tokens that were taken since, which are told once, and what this node used of quotas,
        in all."""
        names = list(self._untold)[:EXCHANGED_AT_ONCE]
        taken = []
        for name in names:
            del self._untold[name]
            bucket = self._buckets[name]
            taken.append(Taken(name, bucket.rate, bucket.burst, bucket.untold))
            bucket.untold = 0
        return taken, [(period, self.ledger.own(period)) for period in list(self._unpushed)[:EXCHANGED_AT_ONCE]]

    @property
    def has_untold(self) -> bool:
        return bool(self._untold or self._unpushed)

    def told(self, levels: Iterable[Level], totals: Iterable[Total], day: str) -> None:
        """Its answer of that day: where the buckets stand, and of quotas what was told before and now, and the sum."""
        now = self._clock()
        self._alone = False
        for level in levels:
            bucket = self._buckets.get(level.name)
            if bucket is not None:
                bucket.tokens, bucket.at = level.tokens - bucket.untold, now
                self._moved.add(level.name)
        for period, before, own, total in totals:
            self.ledger.settle(period, before, day)
            if self.ledger.own(period) == own:
                self._unpushed.pop(period, None)
            if self.ledger.learn(period, total, max(own, before)):
                self._counted.add(period)

    def go_alone(self) -> None:
        """Without Valkey: each node with its part of the limits, and what it used meanwhile is not told later."""
        self._alone = True
        for name in self._untold:
            self._buckets[name].untold = 0
        self._untold.clear()

    # The console

    def recorded(self, counted: Iterable[Counted]) -> None:
        for one in counted:
            period = (one.plan_id, one.key_id, one.period)
            if self.ledger.learn(period, one.used):
                self._counted.add(period)


def _idle(bucket: _Bucket, now: float) -> bool:
    full = bucket.burst + bucket.rate * SLACK_SECONDS
    return now - bucket.at > IDLE_SECONDS and bucket.tokens + (now - bucket.at) * bucket.rate >= full
