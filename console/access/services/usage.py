"""What keys used of a plan, day by day, and what their quotas leave."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from console.access.models import UsageDay, UsagePlan
from console.access.services import periods
from console.access.services.usage_plan_keys import find_plan_key
from console.access.services.usage_plans import arn, find_usage_plan, refuse_unless_deployer
from console.accounts.services import record
from console.apis.services.patches import REPLACE
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from console.core.paging import page
from console.core.patch import PatchOperation, Rule
from console.core.verbs import verb
from console.stages.services.values import within

MAX_DAYS = 366
MAX_REMAINING = 2**31 - 1
_DATE = re.compile(r"[12]\d{3}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Usage:
    """`values` are, per key, [used, remaining] of each day; a plan without a quota leaves nothing to say but used."""

    usage_plan_id: str
    start: dt.date
    end: dt.date
    values: dict[str, list[list[int]]]
    position: str | None = None


@verb(needs=Role.VIEWER)
def get_usage(
    actor: Actor,
    *,
    usage_plan_id: str,
    start_date: str,
    end_date: str,
    key_id: str | None = None,
    position: str | None = None,
    limit: int | None = None,
) -> Usage:
    """Of the plan's keys, or of one of them; both days are part of it. Three queries."""
    plan = find_usage_plan(usage_plan_id)
    start, end = _date(start_date, "startDate"), _date(end_date, "endDate")
    if not 0 <= (end - start).days < MAX_DAYS:
        raise BadRequest(
            f"Invalid date range: endDate is not before startDate, and {MAX_DAYS} days are the most", field="endDate"
        )
    if key_id is not None:
        return Usage(plan.pk, start, end, _values(plan, [find_plan_key(plan, key_id).api_key_id], start, end))
    found = page(plan.plan_keys.all(), order="api_key_id", position=position, limit=limit)
    keys = [plan_key.api_key_id for plan_key in found.items]
    return Usage(plan.pk, start, end, _values(plan, keys, start, end), found.position)


def _date(given: str, field: str) -> dt.date:
    try:
        return dt.date.fromisoformat(given if _DATE.fullmatch(given) else "")
    except ValueError:
        raise BadRequest(f"Invalid {field} specified: {given}. It must be yyyy-MM-dd", field=field) from None


def _values(plan: UsagePlan, keys: Sequence[str], start: dt.date, end: dt.date) -> dict[str, list[list[int]]]:
    since = periods.beginning(plan.quota, start) if plan.quota else start
    counted: dict[str, dict[dt.date, UsageDay]] = defaultdict(dict)
    for row in UsageDay.objects.filter(usage_plan=plan, api_key__in=keys, day__range=(since, end)):
        counted[row.api_key_id][row.day] = row
    return {key: _days(plan, counted[key], since, end)[(start - since).days :] for key in keys}


def _days(plan: UsagePlan, counted: Mapping[dt.date, UsageDay], since: dt.date, end: dt.date) -> list[list[int]]:
    """Of every day from the beginning of a period."""
    if not plan.quota:
        return [[_counted(counted, day).used] for day in _each(since, end)]
    found, left = [], 0
    for day in _each(since, end):
        if periods.begins(plan.quota, day):
            left = plan.quota["limit"]
        row = _counted(counted, day)
        left += row.extension - row.used
        found.append([row.used, left])
    return [[used, max(left, 0)] for used, left in found]


def _counted(counted: Mapping[dt.date, UsageDay], day: dt.date) -> UsageDay:
    return counted.get(day) or UsageDay(day=day)


def _each(since: dt.date, end: dt.date) -> Iterable[dt.date]:
    return (dt.date.fromordinal(number) for number in range(since.toordinal(), end.toordinal() + 1))


@verb(needs=Role.DEPLOYER)
def update_usage(
    actor: Actor,
    *,
    usage_plan_id: str,
    key_id: str,
    patch_operations: Iterable[Mapping[str, Any]] | None = None,
) -> Usage:
    """Source: API reference, "Patch operations", UpdateUsage: what remains of the quota until its period ends."""
    plan = find_usage_plan(usage_plan_id, lock=True)
    refuse_unless_deployer(actor, "UpdateUsage", plan)
    key = find_plan_key(plan, key_id).api_key
    operations = patch.read(patch_operations, shape="updateUsageInput")

    def remaining(operation: PatchOperation) -> None:
        if not plan.quota:
            raise BadRequest(f"Usage Plan {plan.pk} has no quota", field=operation.path)
        _extend(plan, plan.quota, key.pk, within(0, MAX_REMAINING)(operation))

    patch.apply(operations, [Rule("/remaining", REPLACE, remaining)])
    today = _today()
    changes = {operation.path: operation.value for operation in operations}
    record(actor, "UpdateUsage", f"{arn(plan)}/keys/{key.pk}/usage", changes)
    return Usage(plan.pk, today, today, _values(plan, [key.pk], today, today))


def _today() -> dt.date:
    return timezone.now().date()


def _extend(plan: UsagePlan, quota: Mapping[str, Any], key_id: str, remaining: int) -> None:
    """Whoever counts meanwhile waits for the row."""
    today, rows = _today(), UsageDay.objects.filter(usage_plan=plan, api_key_id=key_id)
    UsageDay.objects.get_or_create(usage_plan=plan, api_key_id=key_id, day=today)
    row = rows.select_for_update().get(day=today)
    period = rows.filter(day__range=(periods.beginning(quota, today), today))
    left = quota["limit"] + sum(one.extension - one.used for one in period)
    row.extension += remaining - left
    row.save(update_fields=["extension"])
