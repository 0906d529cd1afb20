"""Quotas: which days are one period, and what a key has left of it.

Days are those of UTC. The offset is the day on which a period starts: a week of offset 0 on Sunday, a month of offset 0
on its first day. Source: CloudFormation's guide, AWS::ApiGateway::UsagePlan QuotaSettings. The console counts alike
(`console.access.services.periods`); a test of the contract holds the two together.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from dataplane.snapshot import KeyPlan, Quota

_DAY: Final = 86_400  # seconds
_LONGEST: Final = 31  # days of a period


def day_of(epoch: float) -> dt.date:
    return dt.datetime.fromtimestamp(epoch, dt.UTC).date()


def ends(day: dt.date) -> float:
    """The epoch second with which the next day begins."""
    return float((day.toordinal() - dt.date(1970, 1, 1).toordinal() + 1) * _DAY)


def beginning(quota: Quota, day: dt.date) -> dt.date:
    """The first day of the period in which `day` is."""
    before = (dt.date.fromordinal(day.toordinal() - back) for back in range(_LONGEST))
    return next(one for one in before if _begins(quota, one))


def _begins(quota: Quota, day: dt.date) -> bool:
    if quota.period == "WEEK":
        return day.isoweekday() % 7 == quota.offset
    if quota.period == "MONTH":
        return day.day == quota.offset + 1
    return True


def period_name(quota: Quota, day: dt.date) -> str:
    """Tells a period from all others, of quotas of other lengths too: "MONTH 2026-11-01"."""
    return f"{quota.period} {beginning(quota, day).isoformat()}"


def extended(quota: Quota, extensions: Mapping[str, int], day: dt.date) -> int:
    """The limit of the period in which `day` is, with what was added to it or taken from it."""
    first = beginning(quota, day).isoformat()
    return quota.limit + sum(count for date, count in extensions.items() if date >= first)


class Allowance:
    """What one key uses of one plan, and whether it may go on. Without a quota it only counts."""

    __slots__ = (
        "day",
        "ends",
        "flying",
        "key_id",
        "known",
        "limit",
        "membership",
        "period",
        "plan_id",
        "quota",
        "taken",
    )

    def __init__(self, plan_id: str, key_id: str) -> None:
        self.plan_id = plan_id
        self.key_id = key_id
        self.quota: Quota | None = None
        self.membership = KeyPlan(plan_id=plan_id)
        self.day = ""  # to which `taken` belongs
        self.period = ""  # to which `known` belongs; empty: there is no quota
        self.limit: int | None = None
        self.known = 0  # used in the period by all, as far as this process was told
        self.taken = 0  # since this was last told to the node agent
        self.flying = 0  # told, and not yet answered
        self.ends = 0.0  # the epoch second from which another day has to be reckoned

    def set(self, quota: Quota | None, membership: KeyPlan) -> None:
        self.quota, self.membership = quota, membership
        self.ends = 0.0  # reckoned anew with the next request

    def turn(self, epoch: float) -> None:
        """To that moment's day and period. What was taken before must have been set aside."""
        today = day_of(epoch)
        self.day, self.ends = today.isoformat(), ends(today)
        quota = self.quota
        period = period_name(quota, today) if quota else ""
        if period != self.period:
            self.period, self.known, self.flying = period, 0, 0
        self.limit = extended(quota, self.membership.extensions, today) if quota else None
        recorded = self.membership.day
        if quota and recorded and period_name(quota, dt.date.fromisoformat(recorded)) == period:
            self.known = max(self.known, self.membership.used - self.flying)

    def land(self) -> None:
        """What was told is answered, and known to all."""
        self.known += self.flying
        self.flying = 0

    @property
    def exhausted(self) -> bool:
        return self.limit is not None and self.known + self.flying + self.taken >= self.limit
