"""A worker's side: what it tells, and what it makes of what it hears."""

import pytest

from dataplane.limits.bucket import Limit
from dataplane.limits.meter import Counted, Level, Levels, Meter, Spent, Taken, Used, limit_of
from dataplane.limits.quota import Allowance
from dataplane.snapshot import KeyPlan, Quota, Throttle

EPOCH = 1_763_164_800.0  # 2025-11-15, midnight UTC
LIMIT = Limit(10, 5)


class Bench:
    def __init__(self) -> None:
        self.now = 0.0
        self.woken = 0
        self.meter = Meter(lambda: self.now, wake=self._wake)

    def _wake(self) -> None:
        self.woken += 1

    def take(self, count: int, name: str = "b") -> None:
        bucket = self.meter.bucket(name, LIMIT)
        for _ in range(count):
            self.meter.take(bucket)

    def allowance(self, limit: int = 10, period: str = "DAY") -> Allowance:
        allowance = self.meter.allowance("p", "k")
        allowance.set(Quota(limit=limit, period=period), KeyPlan(plan_id="p"))  # type: ignore[arg-type]
        return allowance

    def use(self, allowance: Allowance, count: int, epoch: float = EPOCH) -> None:
        for _ in range(count):
            assert not self.meter.exhausted(allowance, epoch)
            self.meter.use(allowance)

    def hear(self, sequence: int, *levels: Level, counted: tuple[Counted, ...] = ()) -> None:
        self.meter.hear(Levels(sequence, list(levels), list(counted)))


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize(
    ("throttle", "limit"),
    [
        (None, None),
        (Throttle(rate_limit=-1, burst_limit=-1), None),
        (Throttle(rate_limit=0, burst_limit=0), Limit(0, 0)),
        (Throttle(rate_limit=2.5, burst_limit=3), Limit(2.5, 3)),
    ],
)
def test_a_throttle_of_minus_one_is_none(throttle: Throttle | None, limit: Limit | None) -> None:
    assert limit_of(throttle) == limit


def test_nothing_taken_is_nothing_to_tell(bench: Bench) -> None:
    assert bench.meter.spent() is None
    assert bench.woken == 0


def test_what_was_taken_is_told_once_and_wakes_once(bench: Bench) -> None:
    bench.take(3)
    assert bench.woken == 1
    assert bench.meter.spent() == Spent(1, [Taken("b", 10, 5, 3)], [])
    bench.hear(1)
    assert bench.meter.spent() is None


def test_the_next_telling_waits_for_the_answer_to_the_last(bench: Bench) -> None:
    bench.take(1)
    bench.meter.spent()
    bench.take(2)
    assert bench.meter.spent() is None
    bench.hear(1)
    assert bench.woken == 3  # to be told after all
    told = bench.meter.spent()
    assert told is not None and told.taken[0].count == 2


def test_at_the_end_all_is_told(bench: Bench) -> None:
    bench.take(1)
    bench.meter.spent()
    bench.take(2)
    told = bench.meter.spent(last=True)
    assert told is not None and told.taken[0].count == 2


def test_a_level_includes_what_was_answered_and_no_more(bench: Bench) -> None:
    bucket = bench.meter.bucket("b", LIMIT)
    bench.take(1)
    bench.meter.spent()
    bench.take(2)
    bench.hear(0, Level("b", 4.0))  # before it was told of the first
    assert bucket.tokens == 1
    bench.hear(1, Level("b", 3.0))
    assert bucket.tokens == 1


def test_what_a_level_holds_above_the_burst_stays_and_does_not_grow(bench: Bench) -> None:
    bucket = bench.meter.bucket("b", LIMIT)
    bench.hear(0, Level("b", 5.5), Level("of another worker", 1.0))
    assert bucket.has_token(100.0) and bucket.tokens == 5.5


def test_a_changed_limit_fills_no_bucket(bench: Bench) -> None:
    bench.take(5)
    bucket = bench.meter.bucket("b", Limit(10, 100))
    assert (bucket.tokens, bucket.limit.burst) == (0, 100)


def test_a_lowered_burst_is_the_most_that_is_left(bench: Bench) -> None:
    bench.take(1)
    assert bench.meter.bucket("b", Limit(10, 2)).tokens == 2


def test_uses_are_told_by_day_and_period(bench: Bench) -> None:
    bench.use(bench.allowance(period="MONTH"), 2)
    told = bench.meter.spent()
    assert told is not None and told.used == [Used("p", "k", "2025-11-15", "MONTH 2025-11-01", 2)]


def test_uses_of_a_day_that_is_over_are_told_as_its_own(bench: Bench) -> None:
    allowance = bench.allowance()
    bench.use(allowance, 2, EPOCH - 1)
    bench.use(allowance, 1, EPOCH)
    told = bench.meter.spent()
    assert told is not None
    assert [(used.day, used.count) for used in told.used] == [("2025-11-14", 2), ("2025-11-15", 1)]


def test_what_was_told_still_counts_before_and_after_it_is_answered(bench: Bench) -> None:
    allowance = bench.allowance(limit=3)
    bench.use(allowance, 3)
    assert bench.meter.exhausted(allowance, EPOCH)
    bench.meter.spent()
    assert bench.meter.exhausted(allowance, EPOCH)
    bench.hear(1)
    assert bench.meter.exhausted(allowance, EPOCH)


def test_what_others_used_counts(bench: Bench) -> None:
    allowance = bench.allowance(limit=10)
    bench.use(allowance, 1)
    bench.meter.spent()
    bench.hear(1, counted=(Counted("p", "k", "DAY 2025-11-15", 10),))
    assert bench.meter.exhausted(allowance, EPOCH)


def test_what_others_used_of_a_key_that_was_not_seen_here_counts_with_its_first_request(bench: Bench) -> None:
    bench.hear(0, counted=(Counted("p", "k", "DAY 2025-11-15", 10),))
    assert bench.meter.exhausted(bench.allowance(limit=10), EPOCH)
    assert not bench.meter.exhausted(bench.allowance(limit=10), EPOCH + 86_400)


def test_what_was_taken_before_a_new_day_of_the_period_or_a_changed_quota_counts_on(bench: Bench) -> None:
    allowance = bench.allowance(limit=3, period="MONTH")
    bench.use(allowance, 2, EPOCH - 1)
    bench.use(allowance, 1, EPOCH)
    assert bench.meter.exhausted(allowance, EPOCH)
    bench.allowance(limit=3, period="MONTH")
    assert bench.meter.exhausted(allowance, EPOCH)
    bench.meter.spent()
    bench.hear(1, counted=(Counted("p", "k", "MONTH 2025-11-01", 3),))
    assert bench.meter.exhausted(allowance, EPOCH) and not bench.meter.exhausted(bench.allowance(limit=4), EPOCH)


def test_what_is_known_never_falls(bench: Bench) -> None:
    allowance = bench.allowance(limit=10)
    bench.use(allowance, 1)
    bench.hear(0, counted=(Counted("p", "k", "DAY 2025-11-15", 10),))
    bench.hear(0, counted=(Counted("p", "k", "DAY 2025-11-15", 2),))
    assert bench.meter.exhausted(allowance, EPOCH)


def test_a_changed_quota_counts_with_the_next_request(bench: Bench) -> None:
    allowance = bench.allowance(limit=1)
    bench.use(allowance, 1)
    assert bench.meter.exhausted(allowance, EPOCH)
    bench.allowance(limit=2)
    assert not bench.meter.exhausted(allowance, EPOCH)
    told = bench.meter.spent()
    assert told is not None and [used.count for used in told.used] == [1]
