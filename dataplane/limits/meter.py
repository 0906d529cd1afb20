"""What one worker takes of limits that all workers share, told to the node agent, which tells what others took.

A request never waits for any of it: it looks at what this worker knows, and takes. About twenty times a second the
worker tells what was taken since (`spent`) and hears where shared limits stand (`hear`). One telling is under way at a
time, so that it is always known whether what is heard includes it. What others took meanwhile is owed, so that over
time the rate is kept, however many take: the global token bucket of Raghavan et al., "Cloud Control with Distributed
Rate Limiting" (SIGCOMM 2007), with debt.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from dataplane.limits.bucket import Bucket, Limit
from dataplane.limits.quota import Allowance
from dataplane.snapshot import Throttle

ACCOUNT: Final = "account"


class Taken(msgspec.Struct, frozen=True, array_like=True):
    """Tokens of a bucket, and the limit by which they were given."""

    name: str
    rate: float
    burst: float
    count: int


class Used(msgspec.Struct, frozen=True, array_like=True):
    """Requests of a key by a plan on a day; the period is empty where the plan has no quota."""

    plan_id: str
    key_id: str
    day: str
    period: str
    count: int


class Spent(msgspec.Struct, frozen=True, array_like=True):
    """Since the last one."""

    sequence: int
    taken: list[Taken]
    used: list[Used]


class Level(msgspec.Struct, frozen=True, array_like=True):
    """Where a shared bucket stands."""

    name: str
    tokens: float


class Counted(msgspec.Struct, frozen=True, array_like=True):
    """What all have used of a quota in a period."""

    plan_id: str
    key_id: str
    period: str
    used: int


class Levels(msgspec.Struct, frozen=True, array_like=True):
    """With all that was told up to `sequence`."""

    sequence: int
    levels: list[Level]
    counted: list[Counted]


def limit_of(throttle: Throttle | None) -> Limit | None:
    """None: no limit. -1 is none, as Terraform writes it."""
    if throttle is None or throttle.rate_limit < 0 or throttle.burst_limit < 0:
        return None
    return Limit(throttle.rate_limit, float(throttle.burst_limit))


class Meter:
    """`clock` is the one of Exchange.started. `serving`: an account's limit may come at any time. `wake` is called when
    there is something to tell, and not again before it was told."""

    def __init__(
        self, clock: Callable[[], float], *, serving: bool = False, wake: Callable[[], None] = lambda: None
    ) -> None:
        self.serving = serving
        self.account: Bucket | None = None
        self._wake = wake
        self._woken = False
        self._clock = clock
        self._buckets: dict[str, Bucket] = {}
        self._allowances: dict[tuple[str, str], Allowance] = {}
        self._heard: dict[tuple[str, str], tuple[str, int]] = {}  # the period that was last told of, and its use
        self._taken: list[Bucket] = []
        self._used: list[Allowance] = []
        self._closed: list[Used] = []  # of days that are over
        self._sequence = 0
        self._flying: list[Bucket | Allowance] | None = None

    # Limits by name

    def bucket(self, name: str, limit: Limit) -> Bucket:
        """The one of that name, by this limit from now on."""
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = Bucket(name, limit, self._clock())
        elif bucket.limit != limit:
            bucket.limit, bucket.tokens = limit, min(bucket.tokens, limit.burst)
        return bucket

    def allowance(self, plan_id: str, key_id: str) -> Allowance:
        found = self._allowances.get((plan_id, key_id))
        if found is None:
            found = self._allowances[plan_id, key_id] = Allowance(plan_id, key_id)
        return found

    def set_account(self, throttle: Throttle | None) -> None:
        limit = limit_of(throttle)
        self.account = None if limit is None else self.bucket(ACCOUNT, limit)

    # A request

    def take(self, bucket: Bucket) -> None:
        if not bucket.taken:
            self._taken.append(bucket)
            self._call()
        bucket.taken += 1
        bucket.tokens -= 1

    def exhausted(self, allowance: Allowance, epoch: float) -> bool:
        if epoch >= allowance.ends:
            before, closed = allowance.period, allowance.taken
            if closed:
                self._closed.append(_used(allowance))
                self._used.remove(allowance)
                allowance.taken = 0
            allowance.turn(epoch)
            if allowance.period == before:
                allowance.known += closed
            period, used = self._heard.get((allowance.plan_id, allowance.key_id), ("", 0))
            if period == allowance.period:
                allowance.known = max(allowance.known, used)
        return allowance.exhausted

    def use(self, allowance: Allowance) -> None:
        if not allowance.taken:
            self._used.append(allowance)
            self._call()
        allowance.taken += 1

    def _call(self) -> None:
        if not self._woken:
            self._woken = True
            self._wake()

    # With the node agent

    def spent(self, *, last: bool = False) -> Spent | None:
        """What to tell it; None: nothing, or what was told last is not answered. `last`: all the same."""
        if (self._flying is not None and not last) or not (self._taken or self._used or self._closed):
            return None
        self._woken = False
        self._sequence += 1
        taken = [Taken(b.name, b.limit.rate, b.limit.burst, b.taken) for b in self._taken]
        used = self._closed + [_used(allowance) for allowance in self._used]
        self._flying = [*self._taken, *self._used]
        for one in self._flying:
            one.flying, one.taken = one.taken, 0
        self._taken, self._used, self._closed = [], [], []
        return Spent(self._sequence, taken, used)

    def hear(self, levels: Levels) -> None:
        if self._flying is not None and levels.sequence >= self._sequence:
            for one in self._flying:
                one.land()
            self._flying = None
            if self._woken:  # what came meanwhile could not be told
                self._wake()
        for level in levels.levels:
            self._level(level)
        for counted in levels.counted:
            self._count(counted)

    def _level(self, level: Level) -> None:
        bucket = self._buckets.get(level.name)
        if bucket is not None:
            bucket.tokens = level.tokens - bucket.taken - bucket.flying
            bucket.at = self._clock()

    def _count(self, counted: Counted) -> None:
        self._heard[counted.plan_id, counted.key_id] = counted.period, counted.used
        allowance = self._allowances.get((counted.plan_id, counted.key_id))
        if allowance is not None and allowance.period == counted.period:
            allowance.known = max(allowance.known, counted.used)


def _used(allowance: Allowance) -> Used:
    return Used(allowance.plan_id, allowance.key_id, allowance.day, allowance.period, allowance.taken)
