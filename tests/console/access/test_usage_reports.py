"""What nodes count: each count once, however often and in whatever order it is told."""

import datetime as dt

import pytest
from django.utils import timezone

from console.access.models import ApiKey, UsageDay, UsagePlan, UsageReport
from console.access.services import (
    Recorded,
    Use,
    count_usage,
    create_api_key,
    create_usage_plan,
    create_usage_plan_key,
    get_usage,
    prune_reports,
)
from tests.console.stages.drawn import DEPLOYER

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
TODAY = NOON.date()
QUOTA = {"limit": 100, "period": "MONTH"}


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a day, or a month, may end between the import of this module and its tests."""
    monkeypatch.setattr(timezone, "now", lambda: NOON)


@pytest.fixture
def gold() -> UsagePlan:
    return create_usage_plan(DEPLOYER, name="gold", quota=QUOTA)


@pytest.fixture
def key(gold: UsagePlan) -> ApiKey:
    row = create_api_key(DEPLOYER, enabled=True)
    create_usage_plan_key(DEPLOYER, usage_plan_id=gold.pk, key_id=row.pk, key_type="API_KEY")
    return row


def used(gold: UsagePlan, key: ApiKey, day: dt.date = TODAY) -> int:
    found = get_usage(DEPLOYER, usage_plan_id=gold.pk, start_date=str(day), end_date=str(day))
    return found.values[key.pk][0][0]


def test_nodes_are_added_up(gold: UsagePlan, key: ApiKey) -> None:
    count_usage("one", [Use(gold.pk, key.pk, TODAY, 5)])
    count_usage("two", [Use(gold.pk, key.pk, TODAY, 2)])
    assert used(gold, key) == 7


def test_totals_that_come_twice_or_late_count_once(gold: UsagePlan, key: ApiKey) -> None:
    for total in (5, 5, 9, 5):
        count_usage("one", [Use(gold.pk, key.pk, TODAY, total)])
    assert used(gold, key) == 9


def test_what_was_extended_stays(gold: UsagePlan, key: ApiKey) -> None:
    UsageDay.objects.create(usage_plan=gold, api_key=key, day=TODAY, extension=50)
    count_usage("one", [Use(gold.pk, key.pk, TODAY, 5)])
    assert UsageDay.objects.get().extension == 50
    assert used(gold, key) == 5


def test_the_answer_is_what_all_used_in_the_quotas_period(gold: UsagePlan, key: ApiKey) -> None:
    first = TODAY.replace(day=1)
    count_usage("one", [Use(gold.pk, key.pk, first, 5), Use(gold.pk, key.pk, first - dt.timedelta(1), 70)])
    answer = count_usage("two", [Use(gold.pk, key.pk, TODAY, 2)])
    assert answer == [Recorded(gold.pk, key.pk, f"MONTH {first.isoformat()}", 7)]


def test_a_plan_without_a_quota_is_counted_and_not_answered(key: ApiKey) -> None:
    free = create_usage_plan(DEPLOYER, name="free")
    create_usage_plan_key(DEPLOYER, usage_plan_id=free.pk, key_id=key.pk, key_type="API_KEY")
    assert count_usage("one", [Use(free.pk, key.pk, TODAY, 5)]) == []
    assert used(free, key) == 5


def test_what_is_gone_is_not_counted_and_keeps_nothing_else_back(gold: UsagePlan, key: ApiKey) -> None:
    count_usage("one", [Use("gone", key.pk, TODAY, 5), Use(gold.pk, "gone", TODAY, 5), Use(gold.pk, key.pk, TODAY, 3)])
    assert used(gold, key) == 3 and UsageReport.objects.count() == 1


def test_reports_of_days_that_are_long_over_go_and_their_sums_stay(gold: UsagePlan, key: ApiKey) -> None:
    old = TODAY - dt.timedelta(61)
    count_usage("one", [Use(gold.pk, key.pk, old, 5), Use(gold.pk, key.pk, TODAY, 1)])
    assert prune_reports(older_than=dt.timedelta(days=60)) == 1
    assert used(gold, key, old) == 5
