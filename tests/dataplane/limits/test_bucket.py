"""The examples of the developer guide, "Throttle API requests": rate 10,000, burst 5,000."""

from dataplane.limits.bucket import Bucket, Limit

GUIDE = Limit(10_000, 5_000)


def passed(bucket: Bucket, now: float, count: int) -> int:
    """How many of so many requests at one moment get a token."""
    found = 0
    for _ in range(count):
        if bucket.has_token(now):
            bucket.tokens -= 1
            found += 1
    return found


def test_ten_requests_every_millisecond_all_pass() -> None:
    bucket = Bucket("a", GUIDE, 0.0)
    assert all(passed(bucket, ms / 1000, 10) == 10 for ms in range(1000))


def test_of_ten_thousand_at_once_the_burst_passes() -> None:
    assert passed(Bucket("a", GUIDE, 0.0), 0.0, 10_000) == 5_000


def test_a_burst_and_then_evenly_all_pass() -> None:
    bucket = Bucket("a", GUIDE, 0.0)
    assert passed(bucket, 0.0, 5_000) == 5_000
    assert all(passed(bucket, ms / 1000, 5) == 5 for ms in range(1, 1000))


def test_a_second_burst_gets_what_came_back() -> None:
    bucket = Bucket("a", GUIDE, 0.0)
    passed(bucket, 0.0, 5_000)
    assert passed(bucket, 0.1, 5_000) == 1_000


def test_it_holds_no_more_than_its_burst() -> None:
    bucket = Bucket("a", Limit(10, 3), 0.0)
    assert passed(bucket, 1000.0, 10) == 3


def test_a_burst_may_exceed_the_rate() -> None:
    assert passed(Bucket("a", Limit(10, 20), 0.0), 0.0, 100) == 20


def test_rate_0_and_burst_0_let_nothing_pass() -> None:
    assert passed(Bucket("a", Limit(0, 5), 0.0), 10.0, 5) == 0
    assert passed(Bucket("a", Limit(5, 0), 0.0), 10.0, 5) == 0


def test_what_is_owed_is_paid_back_first() -> None:
    bucket = Bucket("a", Limit(10, 5), 0.0)
    bucket.tokens = -10
    assert passed(bucket, 1.0, 5) == 0
    assert passed(bucket, 1.15, 5) == 1


def test_a_clock_that_stands_still_or_goes_back_gives_nothing() -> None:
    bucket = Bucket("a", Limit(10, 2), 5.0)
    assert passed(bucket, 5.0, 5) == 2
    assert passed(bucket, 4.0, 5) == 0
    assert passed(bucket, 5.15, 5) == 1
