import datetime as dt

import pytest

from dataplane.limits.quota import Allowance, beginning, day_of, ends, extended, period_name
from dataplane.snapshot import KeyPlan, Quota

SATURDAY = dt.date(2026, 11, 14)
MONTH = Quota(limit=100, period="MONTH")
MIDNIGHT = ends(SATURDAY)


@pytest.mark.parametrize(
    ("quota", "day", "first"),
    [
        (Quota(limit=1, period="DAY"), "2026-11-14", "2026-11-14"),
        (Quota(limit=1, period="WEEK"), "2026-11-14", "2026-11-08"),
        (Quota(limit=1, period="WEEK"), "2026-11-15", "2026-11-15"),
        (Quota(limit=1, period="WEEK", offset=6), "2026-11-14", "2026-11-14"),
        (Quota(limit=1, period="WEEK", offset=6), "2026-11-20", "2026-11-14"),
        (Quota(limit=1, period="MONTH"), "2026-11-30", "2026-11-01"),
        (Quota(limit=1, period="MONTH", offset=27), "2026-03-01", "2026-02-28"),
        (Quota(limit=1, period="MONTH", offset=27), "2026-03-28", "2026-03-28"),
    ],
)
def test_a_period_begins_on_the_day_of_its_offset(quota: Quota, day: str, first: str) -> None:
    assert beginning(quota, dt.date.fromisoformat(day)).isoformat() == first


def test_a_day_ends_at_midnight_utc() -> None:
    assert day_of(MIDNIGHT - 0.001) == SATURDAY
    assert day_of(MIDNIGHT) == SATURDAY + dt.timedelta(1)


def test_periods_of_different_lengths_have_different_names() -> None:
    first = dt.date(2026, 11, 1)  # a Sunday: the first day of a month, a week and itself
    names = {period_name(Quota(limit=1, period=period), first) for period in ("DAY", "WEEK", "MONTH")}
    assert len(names) == 3


def test_extensions_count_in_their_own_period() -> None:
    assert extended(MONTH, {"2026-10-31": 50, "2026-11-02": 7, "2026-11-14": -2}, SATURDAY) == 105


def turned(quota: Quota | None, epoch: float, **membership: object) -> Allowance:
    allowance = Allowance("p", "k")
    allowance.set(quota, KeyPlan(plan_id="p", **membership))  # type: ignore[arg-type]
    allowance.turn(epoch)
    return allowance


def test_an_allowance_is_exhausted_when_what_is_known_told_and_taken_reaches_its_limit() -> None:
    allowance = turned(MONTH, MIDNIGHT)
    allowance.known, allowance.flying, allowance.taken = 90, 5, 4
    assert not allowance.exhausted
    allowance.taken += 1
    assert allowance.exhausted


def test_without_a_quota_nothing_is_exhausted() -> None:
    allowance = turned(None, MIDNIGHT)
    allowance.taken = 10**9
    assert not allowance.exhausted


def test_what_the_console_knew_counts_in_the_period_in_which_it_knew_it() -> None:
    assert turned(MONTH, MIDNIGHT, day="2026-11-02", used=40).known == 40
    assert turned(MONTH, MIDNIGHT, day="2026-10-31", used=40).known == 0


def test_a_new_period_begins_with_nothing_used() -> None:
    allowance = turned(Quota(limit=1, period="DAY"), MIDNIGHT - 1)
    allowance.known = 1
    assert allowance.exhausted
    allowance.turn(MIDNIGHT)
    assert not allowance.exhausted


def test_a_new_day_of_the_same_period_goes_on_with_what_was_used() -> None:
    allowance = turned(MONTH, MIDNIGHT - 1)
    allowance.known = 30
    allowance.turn(MIDNIGHT)
    assert (allowance.known, allowance.day) == (30, "2026-11-15")
