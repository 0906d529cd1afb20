from types import SimpleNamespace
from typing import Any

import pytest

from dataplane.telemetry.counters import Counters, Tally

STAGE = SimpleNamespace(api_id="api1", stage_name="dev", digest="d1")
PLAN = SimpleNamespace(resource_path="/pets", http_method="GET")


class Hands:
    """Of a clock."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def ended(
    status: int, *, stage: Any = STAGE, plan: Any = PLAN, started: float = 0.0, waited: float = 0.0, cache: str = ""
) -> Any:
    return SimpleNamespace(
        response_status=status, stage=stage, plan=plan, started=started, integration_latency=waited, cache=cache
    )


@pytest.fixture
def clock() -> Hands:
    return Hands(10.0)


@pytest.fixture
def epoch() -> Hands:
    return Hands(61.0)


@pytest.fixture
def counters(clock: Hands, epoch: Hands) -> Counters:
    return Counters(clock, epoch)


def test_requests_of_a_method_add_up_by_class_of_status(counters: Counters) -> None:
    for status in (200, 204, 302, 404, 500, 504):
        counters.record(ended(status, started=9.5, waited=0.25))
    ((key, row),) = counters.take().rows
    assert key == (60, "api1", "dev", "/pets", "GET", "d1")
    assert row == [0, 0, 2, 1, 1, 2, 3.0, 1.5, 0, 0]


def test_a_cached_method_counts_its_hits_and_misses(counters: Counters) -> None:
    for cache in ("miss", "hit", "hit", ""):
        counters.record(ended(200, cache=cache))
    ((_, row),) = counters.take().rows
    assert row[8:] == [2, 1]


def test_a_client_that_left_before_its_answer_is_of_no_class(counters: Counters) -> None:
    counters.record(ended(0))
    ((_, row),) = counters.take().rows
    assert row[:6] == [1, 0, 0, 0, 0, 0]


def test_a_status_that_no_standard_knows_counts_as_an_error_of_the_backend(counters: Counters) -> None:
    counters.record(ended(999))
    ((_, row),) = counters.take().rows
    assert row[:6] == [0, 0, 0, 0, 0, 1]


def test_a_request_for_no_stage_is_in_the_totals_only(counters: Counters) -> None:
    counters.record(ended(403, stage=None, plan=None))
    assert counters.take() == Tally(1, [0, 0, 0, 0, 1, 0], [])


def test_a_request_for_no_method_of_a_stage_counts_for_the_stage(counters: Counters) -> None:
    counters.record(ended(403, plan=None))
    ((key, _),) = counters.take().rows
    assert key == (60, "api1", "dev", "", "", "d1")


def test_each_minute_has_its_row(counters: Counters, clock: Hands, epoch: Hands) -> None:
    counters.record(ended(200))
    for clock.now, epoch.now in ((68.9, 119.9), (69.0, 120.0)):
        counters.record(ended(200))
    assert [(key[0], row[2]) for key, row in counters.take().rows] == [(60, 2), (120, 1)]


def test_what_was_taken_is_not_taken_again(counters: Counters) -> None:
    counters.record(ended(200))
    assert counters.take().requests == 1
    assert counters.take() == Tally(0, [0] * 6, [])
