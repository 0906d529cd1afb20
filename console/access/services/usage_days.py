"""What was used day by day, of a whole plan or a whole key: GetUsage tells it key by key, and plan by plan."""

import datetime as dt

from django.db.models import Sum
from django.utils import timezone

from console.access.models import UsageDay
from console.access.services.api_keys import find_api_key
from console.access.services.usage_plans import find_usage_plan
from console.core.actor import Actor, Role
from console.core.verbs import verb


@verb(needs=Role.VIEWER, operation="GetUsage")
def used_by_day(
    actor: Actor, *, days: int, usage_plan_id: str | None = None, api_key: str | None = None
) -> dict[dt.date, int]:
    """Of the last days (UTC), today the last: by all keys of the plan, or by the key in all its plans."""
    today = timezone.now().date()
    first = today - dt.timedelta(days - 1)
    rows = UsageDay.objects.filter(day__range=(first, today))
    if usage_plan_id is not None:
        rows = rows.filter(usage_plan=find_usage_plan(usage_plan_id))
    if api_key is not None:
        rows = rows.filter(api_key=find_api_key(api_key))
    counted = dict(rows.values_list("day").annotate(Sum("used")))
    return {day: counted.get(day, 0) for day in (first + dt.timedelta(number) for number in range(days))}
