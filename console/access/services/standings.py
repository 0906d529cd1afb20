"""How a key stands with a plan: what it used of the quota in the present period."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, Sum
from django.utils import timezone

from console.access.models import UsageDay, UsagePlan
from console.access.services import periods


@dataclass(frozen=True, slots=True)
class Standing:
    used: int  # since `since`; of a plan without a quota, today
    allowed: int | None  # in the period, with what it was extended by; None: no quota
    since: dt.date
    renewed: dt.date | None  # the first day of the next period

    @property
    def remaining(self) -> int:
        return max((self.allowed or 0) - self.used, 0)

    @property
    def percent(self) -> int:
        """Of what is allowed; 100 where nothing is."""
        return min(100, 100 * self.used // self.allowed) if self.allowed and self.allowed > 0 else 100


def standings(pairs: Iterable[tuple[UsagePlan, str]]) -> dict[tuple[str, str], Standing]:
    """Of plans and the ids of keys, which the caller was shown; by their ids, in one query."""
    wanted = [(plan, key_id) for plan, key_id in pairs]
    today = timezone.now().date()
    since = {plan.pk: periods.beginning(plan.quota, today) if plan.quota else today for plan, _ in wanted}
    within = Q(pk=None)
    for plan, key_id in wanted:
        within |= Q(usage_plan=plan, api_key=key_id, day__range=(since[plan.pk], today))
    rows = UsageDay.objects.filter(within).values_list("usage_plan_id", "api_key_id")
    sums = {(row[0], row[1]): (row[2], row[3]) for row in rows.annotate(Sum("used"), Sum("extension"))}
    return {
        (plan.pk, key_id): _standing(plan, since[plan.pk], today, *sums.get((plan.pk, key_id), (0, 0)))
        for plan, key_id in wanted
    }


def _standing(plan: UsagePlan, since: dt.date, today: dt.date, used: int, extension: int) -> Standing:
    if not plan.quota:
        return Standing(used, None, since, None)
    return Standing(used, plan.quota["limit"] + extension, since, periods.next_beginning(plan.quota, today))
