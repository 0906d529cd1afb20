"""Who may call, how much, and what was used of it."""

from typing import Literal

from dataplane.snapshot.values import Base, Digest


class Throttle(Base, frozen=True):
    """A token bucket: requests a second, and how many at once. One that is 0 lets nothing pass."""

    rate_limit: float
    burst_limit: int


class Quota(Base, frozen=True):
    limit: int
    period: Literal["DAY", "WEEK", "MONTH"]
    offset: int = 0  # days


class PlanStage(Base, frozen=True):
    api_id: str
    stage_name: str
    throttles: dict[str, Throttle] = {}  # by "/pets/GET"


class UsagePlan(Base, frozen=True):
    id: str
    throttle: Throttle | None = None  # of each key, over all stages of the plan
    quota: Quota | None = None
    stages: tuple[PlanStage, ...] = ()


class KeyPlan(Base, frozen=True):
    """That a key is in a plan, and what was known of its quota on `day` (UTC), when this was sent."""

    plan_id: str
    day: str = ""  # "2026-11-25"
    used: int = 0  # since the beginning of the period in which `day` is
    extensions: dict[str, int] = {}  # by day, by how much its quota was extended


class ApiKey(Base, frozen=True):
    """An enabled key: never its value."""

    id: str
    digest: Digest  # of the value
    plans: tuple[KeyPlan, ...] = ()


class Access(Base, frozen=True):
    """Who may call, and how much: a set of its own beside the stages, with the manifest's generation and `since`.

    The counts are of the whole set, as `Manifest.stage_count` is. `account` is over all stages; None: no limit.
    """

    key_count: int
    plan_count: int
    keys: tuple[ApiKey, ...] = ()
    plans: tuple[UsagePlan, ...] = ()
    removed_keys: tuple[str, ...] = ()
    removed_plans: tuple[str, ...] = ()
    account: Throttle | None = None


class UsageCount(Base, frozen=True):
    """What a key used of a plan on a day (UTC) since the beginning of the node's `usage_life`: a running total."""

    plan_id: str
    key_id: str
    day: str  # "2026-11-25"
    used: int


class QuotaUse(Base, frozen=True):
    """What is recorded of all nodes in a quota's period, named as in "MONTH 2026-11-01"."""

    plan_id: str
    key_id: str
    period: str
    used: int
