import logging

import pytest

from dataplane.snapshot import MinuteCount
from dataplane.telemetry import shipper as module
from dataplane.telemetry.counters import Key, Tally
from dataplane.telemetry.shipper import Shipper, Totals, minute_counts


class Epoch:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def epoch() -> Epoch:
    return Epoch(600.0)


@pytest.fixture
def shipper(epoch: Epoch) -> Shipper:
    return Shipper(epoch)


def key(minute: int = 600, path: str = "/pets") -> Key:
    return (minute, "api1", "dev", path, "GET", "d1")


def tally(*keys: Key, count: int = 1) -> Tally:
    return Tally(count, [0] * 6, [(each, [0, 0, count, 0, 0, 0, 0.5, 0.25, 1, 2]) for each in keys])


def shipped(shipper: Shipper) -> list[tuple[int, int]]:
    return [(each.minute, each.count) for each in minute_counts(shipper.parcel(everything=True))]


def test_tallies_of_one_minute_add_up_to_a_count(shipper: Shipper) -> None:
    shipper.add(tally(key()))
    shipper.add(Tally(3, [0] * 6, [(key(), [0, 0, 0, 0, 2, 1, 0.5, 0.0, 0, 0])]))
    (count,) = minute_counts(shipper.parcel())
    assert count == MinuteCount(
        minute=600,
        api_id="api1",
        stage_name="dev",
        resource_path="/pets",
        http_method="GET",
        digest="d1",
        count=4,
        count_4xx=2,
        count_5xx=1,
        latency_ms_sum=1000.0,
        integration_latency_ms_sum=250.0,
        cache_hits=1,
        cache_misses=2,
    )


def test_what_the_console_did_not_take_is_sent_again_with_what_came_since(shipper: Shipper) -> None:
    shipper.add(tally(key()))
    assert shipped(shipper) == [(600, 1)]
    shipper.add(tally(key(), count=2))
    assert shipped(shipper) == [(600, 3)]


def test_what_the_console_took_is_not_sent_again_until_it_grows(shipper: Shipper) -> None:
    shipper.add(tally(key()))
    shipper.taken(shipper.parcel())
    assert shipped(shipper) == []
    shipper.add(tally(key()))
    assert shipped(shipper) == [(600, 2)]


def test_what_grows_while_it_is_under_way_is_not_taken_for_sent(shipper: Shipper) -> None:
    shipper.add(tally(key()))
    parcel = shipper.parcel()
    shipper.add(tally(key()))
    shipper.taken(parcel)
    assert shipped(shipper) == [(600, 2)]


def test_a_running_minute_is_sent_every_five_seconds_and_a_closed_one_at_once(shipper: Shipper, epoch: Epoch) -> None:
    epoch.now = 655.0
    shipper.add(tally(key()))
    assert len(shipper.parcel()) == 1
    epoch.now = 659.0
    shipper.add(tally(key()))
    assert shipper.parcel() == []
    epoch.now = 660.0
    shipper.add(tally(key(660)))
    assert len(shipper.parcel()) == 2
    epoch.now = 664.0
    shipper.add(tally(key(660)))
    assert [each[0][0] for each in shipper.parcel()] == [600]


def test_wide_minutes_go_in_several_parcels(shipper: Shipper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PARCEL_ROWS", 2)
    shipper.add(tally(key(path="/a"), key(path="/b"), key(path="/c")))
    sizes = []
    while parcel := shipper.parcel():
        sizes.append(len(parcel))
        shipper.taken(parcel)
    assert sizes == [2, 1]


def test_a_minute_that_the_console_has_is_forgotten_and_what_comes_late_counts_in_the_next(
    shipper: Shipper, epoch: Epoch
) -> None:
    shipper.add(tally(key(600)))
    shipper.taken(shipper.parcel())
    epoch.now = 600 + 301
    shipper.add(tally(key(900)))
    shipper.add(tally(key(600)))
    assert shipped(shipper) == [(660, 1), (900, 1)]


def test_minutes_that_the_console_does_not_take_are_dropped_after_two_hours_oldest_first(
    shipper: Shipper, epoch: Epoch, caplog: pytest.LogCaptureFixture
) -> None:
    for minute in range(600, 600 + 123 * 60, 60):
        epoch.now = minute
        shipper.add(tally(key(minute)))
    assert [minute for minute, _ in shipped(shipper)] == list(range(720, 600 + 123 * 60, 60))
    assert [record.getMessage() for record in caplog.records] == [
        f"the counts of 1970-01-01 00:{minute} UTC are dropped: the console has not taken them" for minute in (10, 11)
    ]


def test_more_rows_than_memory_is_meant_for_drop_the_oldest_minute(
    shipper: Shipper, epoch: Epoch, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "KEPT_ROWS", 3)
    with caplog.at_level(logging.WARNING):
        for minute in (600, 660):
            shipper.add(tally(key(minute, "/a"), key(minute, "/b")))
    assert [minute for minute, _ in shipped(shipper)] == [660, 660]
    assert len(caplog.records) == 1


def test_totals_go_on_over_minutes_and_digests() -> None:
    totals = Totals()
    totals.add(Tally(3, [0, 0, 0, 0, 1, 0], [(key(600), [0, 0, 2, 0, 0, 0, 0.5, 0.25, 1, 2])]))
    totals.add(Tally(1, [0] * 6, [((660, *key()[1:5], "d2"), [0, 0, 0, 0, 0, 1, 0.5, 0.25, 1, 2])]))
    assert totals.requests == 4
    assert totals.unrouted == [0, 0, 0, 0, 1, 0]
    assert totals.methods == {("api1", "dev", "/pets", "GET"): [0, 0, 2, 0, 0, 1, 1.0, 0.5, 2, 4]}
