"""Who may call, as nodes are told it: keys and plans that changed since a generation."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from console.access.models import ApiKey, UsageDay, UsagePlan, UsagePlanKey
from console.access.services import periods
from console.publishing import builder
from console.publishing.models import AccessTombstone
from dataplane import snapshot

_LONGEST = dt.timedelta(days=31)  # a period's
_NAMED = 1_000  # of more keys all rows are read

Pair = tuple[str, str]  # plan, key


def account() -> snapshot.Throttle:
    limits = settings.LIMITS
    return snapshot.Throttle(rate_limit=float(limits["requests_per_second"]), burst_limit=limits["burst"])


def account_text() -> str:
    """As a node says which limits of the account it knows."""
    limits = settings.LIMITS
    return f"{limits['requests_per_second']},{limits['burst']}"


def access(since: int) -> snapshot.Access:
    """Everything since 0. A fixed number of queries, however many keys there are."""
    changed = list(ApiKey.objects.filter(generation__gt=since, enabled=True).order_by("generation", "id"))
    return snapshot.Access(
        key_count=ApiKey.objects.filter(enabled=True).count(),
        plan_count=UsagePlan.objects.count(),
        keys=_keys(changed),
        plans=tuple(
            map(builder.usage_plan, UsagePlan.objects.filter(generation__gt=since).order_by("generation", "id"))
        ),
        removed_keys=_removed_keys(since) if since else (),
        removed_plans=_tombstones("plan", since) if since else (),
        account=account(),
    )


def _removed_keys(since: int) -> tuple[str, ...]:
    disabled = ApiKey.objects.filter(generation__gt=since, enabled=False).values_list("id", flat=True)
    return (*_tombstones("key", since), *disabled)


def _tombstones(kind: str, since: int) -> tuple[str, ...]:
    rows = AccessTombstone.objects.filter(kind=kind, generation__gt=since)
    return tuple(rows.order_by("generation", "name").values_list("name", flat=True))


def _keys(changed: Sequence[ApiKey]) -> tuple[snapshot.ApiKey, ...]:
    if not changed:
        return ()
    ids = [key.pk for key in changed] if len(changed) <= _NAMED else None
    plans: dict[str, list[str]] = defaultdict(list)
    for plan_id, key_id in _of(ids, UsagePlanKey.objects.order_by("id")).values_list("usage_plan_id", "api_key_id"):
        plans[key_id].append(plan_id)
    used, extensions, today = _used(ids), _extensions(ids), _today().isoformat()
    return tuple(
        builder.api_key(
            key,
            [
                builder.key_plan(plan_id, today, used.get((plan_id, key.pk), 0), extensions.get((plan_id, key.pk), {}))
                for plan_id in plans[key.pk]
            ],
        )
        for key in changed
    )


def _of(ids: Sequence[str] | None, rows: "QuerySet[UsagePlanKey] | QuerySet[UsageDay]") -> "QuerySet[UsageDay]":
    return rows if ids is None else rows.filter(api_key__in=ids)  # type: ignore[return-value]


def _used(ids: Sequence[str] | None) -> dict[Pair, int]:
    """In the present period of each plan's quota."""
    today = _today()
    since = [
        Q(usage_plan=plan, day__gte=periods.beginning(plan.quota, today))
        for plan in UsagePlan.objects.filter(quota__isnull=False)
        if plan.quota
    ]
    if not since:
        return {}
    within = since[0]
    for one in since[1:]:
        within |= one
    rows = _of(ids, UsageDay.objects.filter(within)).values_list("usage_plan_id", "api_key_id").annotate(Sum("used"))
    return {(plan_id, key_id): used for plan_id, key_id, used in rows}


def _extensions(ids: Sequence[str] | None) -> dict[Pair, dict[str, int]]:
    found: dict[Pair, dict[str, int]] = defaultdict(dict)
    rows = _of(ids, UsageDay.objects.filter(day__gte=_today() - _LONGEST).exclude(extension=0))
    for row in rows.order_by("day"):
        found[row.usage_plan_id, row.api_key_id][row.day.isoformat()] = row.extension
    return found


def _today() -> dt.date:
    return timezone.now().date()
