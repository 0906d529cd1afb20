import datetime as dt

import pytest
from django.utils import timezone

from console.access.models import UsageDay
from console.access.services import standings, update_usage
from console.access.services.periods import next_beginning
from console.core.actor import SYSTEM
from tests.console.access.plans import MONTH, join, key, plan, use

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("period", "offset", "following"),
    [
        ("DAY", 0, "2026-11-19"),
        ("WEEK", 0, "2026-11-22"),
        ("WEEK", 3, "2026-11-25"),
        ("WEEK", 4, "2026-11-19"),
        ("MONTH", 0, "2026-12-01"),
        ("MONTH", 17, "2026-12-18"),
        ("MONTH", 27, "2026-11-28"),
    ],
)
def test_the_next_period_begins_on_the_day_of_the_offset(period: str, offset: int, following: str) -> None:
    """Of a Wednesday on which a period of offset 17 (a month's) or 3 (a week's) begins."""
    assert str(next_beginning({"period": period, "offset": offset}, dt.date(2026, 11, 18))) == following


def test_what_was_used_is_that_of_the_period_and_an_extension_is_allowed_beside_the_limit() -> None:
    today = timezone.now().date()
    gold, one = plan(quota={**MONTH, "offset": (today.day - 1) % 28}), key()
    join(gold, one)
    use(gold, one, 40)
    use(gold, one, 7, days_ago=40)
    change = [{"op": "replace", "path": "/remaining", "value": "75"}]
    update_usage(SYSTEM, usage_plan_id=gold.pk, key_id=one.pk, patch_operations=change)
    found = standings([(gold, one.pk)])[gold.pk, one.pk]
    assert (found.used, found.allowed, found.remaining, found.percent) == (40, 115, 75, 34)
    assert found.since <= today < found.renewed


def test_without_a_quota_it_is_what_was_used_today() -> None:
    free, one = plan(), key()
    use(free, one, 3)
    use(free, one, 5, days_ago=1)
    found = standings([(free, one.pk)])[free.pk, one.pk]
    assert (found.used, found.allowed, found.renewed) == (3, None, None)


def test_a_quota_that_is_overdrawn_is_used_up() -> None:
    gold, one = plan(quota={"limit": 10, "period": "DAY"}), key()
    use(gold, one, 12)
    found = standings([(gold, one.pk)])[gold.pk, one.pk]
    assert (found.remaining, found.percent) == (0, 100)
    UsageDay.objects.update(extension=-20)  # what remained was set below what was used
    found = standings([(gold, one.pk)])[gold.pk, one.pk]
    assert (found.allowed, found.remaining, found.percent) == (-10, 0, 100)


def test_all_are_read_in_one_query(django_assert_num_queries) -> None:
    gold, silver, keys = plan(quota=MONTH), plan(), [key(str(number)) for number in range(3)]
    for one in keys:
        use(gold, one, 1)
        use(silver, one, 2)
    with django_assert_num_queries(1):
        found = standings((of, one.pk) for of in (gold, silver) for one in keys)
    assert {(name[0], one.used) for name, one in found.items()} == {(gold.pk, 1), (silver.pk, 2)}
