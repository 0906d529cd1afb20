"""What nodes counted of keys and plans: added up by day, each count once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, Sum
from django.utils import timezone

from console.access.models import ApiKey, UsageDay, UsagePlan, UsageReport
from console.access.services import periods

_ADD = """
INSERT INTO access_usageday AS d (usage_plan_id, api_key_id, day, used, extension)
    SELECT *, 0 FROM unnest(%s::varchar[], %s::varchar[], %s::date[], %s::bigint[])
    ON CONFLICT (usage_plan_id, api_key_id, day) DO UPDATE SET used = d.used + EXCLUDED.used
"""


@dataclass(frozen=True, slots=True, order=True)
class Use:
    usage_plan_id: str
    api_key_id: str
    day: dt.date
    used: int  # since the beginning of the life


@dataclass(frozen=True, slots=True)
class Recorded:
    usage_plan_id: str
    api_key_id: str
    period: str  # as nodes name it: "MONTH 2026-11-01"
    used: int


def count_usage(life: str, uses: Iterable[Use]) -> list[Recorded]:
    """Inside the caller's transaction, which lets no other report of this life in. Of plans and keys that are gone
    nothing is counted. Returns what all nodes used in the present periods of the quotas that were counted in."""
    given = {(one.usage_plan_id, one.api_key_id, one.day): one.used for one in sorted(uses)}
    plans = _there(UsagePlan, {name[0] for name in given})
    keys = _there(ApiKey, {name[1] for name in given})
    counted = {name: used for name, used in given.items() if name[0] in plans and name[1] in keys}
    if not counted:
        return []
    _add(life, counted)
    return _recorded({(plan_id, key_id) for plan_id, key_id, _ in counted})


def _there(kind: type[UsagePlan] | type[ApiKey], ids: set[str]) -> set[str]:
    """Held until the end: plans before keys, as all verbs lock them."""
    rows = kind._default_manager.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    return set(rows.values_list("pk", flat=True))


def _add(life: str, counted: dict[tuple[str, str, dt.date], int]) -> None:
    days = {name[2] for name in counted}
    before = {
        (row.usage_plan_id, row.api_key_id, row.day): row.used
        for row in UsageReport.objects.filter(life=life, day__in=days)
    }
    grown = {name: used for name, used in counted.items() if used > before.get(name, 0)}
    rows = [UsageReport(life=life, usage_plan_id=n[0], api_key_id=n[1], day=n[2], used=u) for n, u in grown.items()]
    UsageReport.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["life", "usage_plan", "api_key", "day"],
        update_fields=["used"],
    )
    more = [(*name, used - before.get(name, 0)) for name, used in grown.items()]
    if more:
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [list(column) for column in zip(*more, strict=True)])


def _recorded(pairs: set[tuple[str, str]]) -> list[Recorded]:
    today = timezone.now().date()
    keys = defaultdict(set)
    for plan_id, key_id in pairs:
        keys[plan_id].add(key_id)
    names: dict[str, str] = {}
    within = Q(pk=None)
    for plan in UsagePlan.objects.filter(pk__in=keys, quota__isnull=False):
        if plan.quota:
            first = periods.beginning(plan.quota, today)
            names[plan.pk] = f"{plan.quota['period']} {first.isoformat()}"
            within |= Q(usage_plan=plan, api_key__in=keys[plan.pk], day__gte=first)
    sums = UsageDay.objects.filter(within).values_list("usage_plan_id", "api_key_id").annotate(Sum("used"))
    return [Recorded(plan_id, key_id, names[plan_id], used) for plan_id, key_id, used in sums]


def prune_reports(*, older_than: dt.timedelta) -> int:
    """Of days that no node counts in any more; their sums stay."""
    return UsageReport.objects.filter(day__lt=timezone.now().date() - older_than).delete()[0]
