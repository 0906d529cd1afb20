import datetime as dt

import pytest
from django.utils import timezone

from console.access.services import used_by_day
from console.core.actor import SYSTEM, Actor, Role
from console.core.faults import AccessDenied, NotFound
from tests.console.access.plans import key, plan, use

pytestmark = pytest.mark.django_db


def test_a_plan_s_days_are_of_all_its_keys_and_a_key_s_of_all_its_plans(django_assert_num_queries) -> None:
    gold, free, one, other = plan(), plan("free"), key(), key("other")
    use(gold, one, 1)
    use(gold, other, 2)
    use(free, one, 4, days_ago=2)
    use(gold, one, 8, days_ago=3)
    today = timezone.now().date()
    days = [today - dt.timedelta(back) for back in (2, 1, 0)]
    with django_assert_num_queries(4):  # savepoint, plan, days, release
        found = used_by_day(SYSTEM, days=3, usage_plan_id=gold.pk)
    assert found == dict(zip(days, (0, 0, 3), strict=True))
    assert used_by_day(SYSTEM, days=3, api_key=one.pk) == dict(zip(days, (4, 0, 1), strict=True))


def test_days_are_of_a_plan_or_a_key_that_is_there() -> None:
    with pytest.raises(NotFound, match="Invalid Usage Plan ID specified"):
        used_by_day(SYSTEM, days=3, usage_plan_id="nosuch")
    with pytest.raises(NotFound, match="Invalid API Key identifier specified"):
        used_by_day(SYSTEM, days=3, api_key="nosuch")
    with pytest.raises(AccessDenied):
        used_by_day(Actor("eve", Role.NONE), days=3, usage_plan_id=plan().pk)
