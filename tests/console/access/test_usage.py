import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from console.access.models import ApiKey, UsageDay, UsagePlan
from console.access.services import (
    create_api_key,
    create_usage_plan,
    create_usage_plan_key,
    get_usage,
    update_usage,
)
from console.access.services.periods import beginning
from console.accounts.models import AuditEntry
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied, BadRequest, NotFound
from tests.console.stages.drawn import DEPLOYER, DEVELOPER

pytestmark = pytest.mark.django_db

VIEWER = Actor(name="vera", role=Role.VIEWER)
DAY = {"limit": 100, "period": "DAY"}
SUNDAY = dt.date(2026, 11, 15)


def plan(quota: dict[str, Any] | None = None) -> UsagePlan:
    return create_usage_plan(DEPLOYER, name="gold", quota=quota)


def key_of(of: UsagePlan) -> ApiKey:
    key = create_api_key(DEPLOYER)
    create_usage_plan_key(DEPLOYER, usage_plan_id=of.pk, key_id=key.pk, key_type="API_KEY")
    return key


def used(of: UsagePlan, key: ApiKey, *counts: int, since: dt.date = SUNDAY) -> None:
    for days, count in enumerate(counts):
        UsageDay.objects.create(usage_plan=of, api_key=key, day=since + dt.timedelta(days), used=count)


def usage(of: UsagePlan, start: dt.date = SUNDAY, days: int = 1, **given: Any) -> dict[str, list[list[int]]]:
    end = start + dt.timedelta(days - 1)
    found = get_usage(VIEWER, usage_plan_id=of.pk, start_date=str(start), end_date=str(end), **given)
    return found.values


def remain(of: UsagePlan, key: ApiKey, remaining: str) -> dict[str, list[list[int]]]:
    wire = [{"op": "replace", "path": "/remaining", "value": remaining}]
    return update_usage(DEPLOYER, usage_plan_id=of.pk, key_id=key.pk, patch_operations=wire).values


def test_each_day_has_what_was_used_and_what_remained() -> None:
    """The example of botocore's model: [[0, 100], [10, 90], [100, 10]] is a quota that is left day by day."""
    gold = plan({"limit": 100, "period": "WEEK"})
    key = key_of(gold)
    used(gold, key, 0, 10, 80)
    assert usage(gold, days=4) == {key.pk: [[0, 100], [10, 90], [80, 10], [0, 10]]}


def test_a_daily_quota_is_whole_every_day() -> None:
    gold = plan(DAY)
    key = key_of(gold)
    used(gold, key, 30, 120)
    assert usage(gold, days=3) == {key.pk: [[30, 70], [120, 0], [0, 100]]}


def test_what_was_used_before_the_interval_counts_in_its_period() -> None:
    gold = plan({"limit": 100, "period": "MONTH"})
    key = key_of(gold)
    used(gold, key, 7, since=dt.date(2026, 11, 1))
    used(gold, key, 5, since=dt.date(2026, 10, 31))
    assert usage(gold, dt.date(2026, 11, 3)) == {key.pk: [[0, 93]]}


def test_without_a_quota_nothing_remains_to_be_said() -> None:
    gold = plan()
    key = key_of(gold)
    used(gold, key, 3)
    assert usage(gold, days=2) == {key.pk: [[3], [0]]}


@pytest.mark.parametrize(
    ("period", "offset", "first"),
    [
        ("DAY", 0, "2026-11-18"),
        ("WEEK", 0, "2026-11-15"),
        ("WEEK", 3, "2026-11-18"),
        ("WEEK", 4, "2026-11-12"),
        ("MONTH", 0, "2026-11-01"),
        ("MONTH", 17, "2026-11-18"),
        ("MONTH", 27, "2026-10-28"),
    ],
)
def test_a_period_begins_on_the_day_of_its_offset(period: str, offset: int, first: str) -> None:
    """Of a Wednesday. A week of offset 0 begins on Sunday, a month on its first day (CloudFormation's guide)."""
    assert str(beginning({"period": period, "offset": offset}, dt.date(2026, 11, 18))) == first


def test_one_key_is_asked_for_or_all_are_paged() -> None:
    gold = plan(DAY)
    keys = sorted(key_of(gold).pk for _ in range(3))
    assert list(usage(gold, key_id=keys[1])) == [keys[1]]
    day = str(SUNDAY)
    first = get_usage(VIEWER, usage_plan_id=gold.pk, start_date=day, end_date=day, limit=2)
    assert list(first.values) == keys[:2]
    assert list(usage(gold, position=first.position)) == keys[2:]


def test_usage_is_read_in_three_queries_however_much_there_is(django_assert_num_queries) -> None:
    gold = plan(DAY)
    for _ in range(3):
        used(gold, key_of(gold), 1, 2, 3)
    with django_assert_num_queries(5):  # with the savepoint's two
        assert len(usage(gold, days=3)) == 3


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"start_date": "yesterday"}, "Invalid startDate specified: yesterday"),
        ({"end_date": "2026-02-30"}, "Invalid endDate specified"),
        ({"start_date": "2026-11-16"}, "endDate is not before startDate"),
        ({"start_date": "2025-11-14"}, "366 days are the most"),
    ],
)
def test_an_interval_is_one(given: dict[str, str], text: str) -> None:
    with pytest.raises(BadRequest, match=text):
        get_usage(
            VIEWER, **{"usage_plan_id": plan(DAY).pk, "start_date": "2026-11-15", "end_date": "2026-11-15", **given}
        )


def test_a_plan_or_a_key_of_it_that_is_not_there_is_not_found() -> None:
    stranger = create_api_key(DEPLOYER)
    with pytest.raises(NotFound, match="Invalid API Key identifier specified"):
        usage(plan(DAY), key_id=stranger.pk)
    with pytest.raises(NotFound, match="Invalid Usage Plan ID specified"):
        get_usage(VIEWER, usage_plan_id="nosuch", start_date="2026-11-15", end_date="2026-11-15")


def test_what_remains_is_extended_until_the_period_ends() -> None:
    gold = plan({"limit": 100, "period": "MONTH", "offset": timezone.now().day % 28})
    key = key_of(gold)
    today = timezone.now().date()
    used(gold, key, 40, since=today)
    assert remain(gold, key, "500") == {key.pk: [[40, 500]]}
    assert remain(gold, key, "10") == {key.pk: [[40, 10]]}
    UsageDay.objects.update(used=45)
    assert usage(gold, today) == {key.pk: [[45, 5]]}


def test_an_extension_ends_with_its_period() -> None:
    gold = plan(DAY)
    key = key_of(gold)
    remain(gold, key, "500")
    today = timezone.now().date()
    assert usage(gold, today, 2) == {key.pk: [[0, 500], [0, 100]]}


def test_a_quota_that_is_overdrawn_can_be_extended() -> None:
    gold = plan(DAY)
    key = key_of(gold)
    used(gold, key, 130, since=timezone.now().date())
    assert remain(gold, key, "7") == {key.pk: [[130, 7]]}


@pytest.mark.parametrize("remaining", ["-1", "many", "", "99999999999"])
def test_what_remains_is_a_number(remaining: str) -> None:
    gold = plan(DAY)
    with pytest.raises(BadRequest, match=r"Invalid (integer|patch) value"):
        remain(gold, key_of(gold), remaining)
    assert not UsageDay.objects.exists()


def test_without_a_quota_nothing_is_extended() -> None:
    gold = plan()
    with pytest.raises(BadRequest, match="has no quota"):
        remain(gold, key_of(gold), "5")


def test_an_extension_is_recorded_and_needs_the_role() -> None:
    gold = plan(DAY)
    key = key_of(gold)
    remain(gold, key, "5")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.operation, entry.changes) == ("UpdateUsage", {"/remaining": "5"})
    assert entry.subject == f"arn:aws:apigateway:us-east-1::/usageplans/{gold.pk}/keys/{key.pk}/usage"
    with pytest.raises(AccessDenied):
        update_usage(DEVELOPER, usage_plan_id=gold.pk, key_id=key.pk)
