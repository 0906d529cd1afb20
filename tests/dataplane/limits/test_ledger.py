import datetime as dt

import msgspec

from dataplane.limits.ledger import Kept, Ledger
from dataplane.limits.meter import Counted, Used

TODAY = dt.date(2026, 11, 25)
PERIOD = ("p", "k", "MONTH 2026-11-01")


def used(count: int, day: str = "2026-11-25", key: str = "k", period: str = PERIOD[2]) -> Used:
    return Used("p", key, day, period, count)


def again(ledger: Ledger) -> Ledger:
    """As after a restart."""
    return Ledger(msgspec.json.decode(msgspec.json.encode(ledger.keep(TODAY)), type=Kept))


def total(ledger: Ledger) -> int:
    return ledger.counted([PERIOD])[0].used


def test_counts_are_running_totals_by_day() -> None:
    ledger = Ledger()
    for one in (used(2), used(3), used(1, "2026-11-24")):
        ledger.add(one)
    assert ledger.parcel() == [(("p", "k", "2026-11-25"), 5), (("p", "k", "2026-11-24"), 1)]
    assert ledger.own(PERIOD) == 6


def test_what_the_console_has_is_not_sent_again_until_it_grows() -> None:
    ledger = Ledger()
    ledger.add(used(2))
    parcel = ledger.parcel()
    ledger.add(used(1))
    ledger.taken(parcel)
    assert ledger.parcel() == [(("p", "k", "2026-11-25"), 3)]
    ledger.taken(ledger.parcel())
    assert ledger.parcel() == [] and ledger.waiting() == 0


def test_a_plan_without_a_quota_is_counted_and_has_no_period() -> None:
    ledger = Ledger()
    assert ledger.add(used(2, period="")) is None
    assert ledger.waiting() == 1 and ledger.periods() == []


def test_what_all_used_is_what_was_learnt_and_what_was_used_here_since() -> None:
    ledger = Ledger()
    ledger.add(used(2))
    assert ledger.learn(PERIOD, 12, own=2)
    assert ledger.counted([PERIOD]) == [Counted(*PERIOD, 12)]
    ledger.add(used(3))
    assert total(ledger) == 15
    assert not ledger.learn(PERIOD, 12, own=2)  # an answer to what was told before
    assert total(ledger) == 15


def test_a_server_that_lost_its_data_makes_nothing_unused() -> None:
    ledger = Ledger()
    ledger.add(used(2))
    ledger.learn(PERIOD, 12, own=2)
    assert not ledger.learn(PERIOD, 2, own=2)
    assert total(ledger) == 12


def test_a_restart_goes_on_with_the_same_life_and_counts() -> None:
    ledger = Ledger()
    ledger.add(used(2))
    ledger.learn(PERIOD, 12, own=2)
    ledger.taken(ledger.parcel())
    ledger.add(used(1, key="other"))
    other = again(ledger)
    other.add(used(1))
    assert other.life == ledger.life
    assert total(other) == 13
    assert dict(other.parcel()) == {("p", "other", "2026-11-25"): 1, ("p", "k", "2026-11-25"): 3}


def test_what_is_over_and_settled_is_forgotten_and_what_the_console_lacks_is_not() -> None:
    ledger = Ledger()
    ledger.add(used(1, "2026-11-01", "settled"))
    ledger.taken(ledger.parcel())
    ledger.add(used(1, "2026-11-01", "waits"))
    ledger.add(used(1, "2026-09-01", "too old", "DAY 2026-09-01"))
    kept = ledger.keep(TODAY)
    assert [day for day, _ in kept.counts] == [("p", "waits", "2026-11-01")]
    assert [period for period, _ in kept.shares] == [("p", "settled", PERIOD[2]), ("p", "waits", PERIOD[2])]


def test_it_knows_whether_there_is_something_to_keep() -> None:
    ledger = again(Ledger())
    assert not ledger.changed
    ledger.add(used(1))
    assert ledger.changed
    ledger.keep(TODAY)
    assert not ledger.changed
