"""Who may call: API keys, the plans that meter them, what is used of them, and what the account as a whole may."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from console.core import ids
from console.core.models import Row


class ApiKey(Row):
    """The value is kept encrypted (AWS shows it again on request) beside its SHA-256, by which it is found.

    `generation` is that of its last change that nodes have to know, or of its memberships; triggers of `publishing` set
    it, as that of a plan.
    """

    id = models.CharField(primary_key=True, max_length=10, default=ids.api_id)
    name = models.CharField(max_length=1024, blank=True)
    description = models.TextField(blank=True)
    customer_id = models.CharField(max_length=255, blank=True)
    enabled = models.BooleanField(default=False)
    value_sealed = models.BinaryField()
    value_digest = models.CharField(max_length=64, unique=True)
    stage_keys = models.JSONField(default=list, blank=True)  # ["abc123/dev"], the legacy form that AWS still echoes
    tags = models.JSONField(default=dict, blank=True)
    created_date = models.DateTimeField(default=timezone.now)
    last_updated_date = models.DateTimeField(default=timezone.now)
    generation = models.PositiveBigIntegerField(default=0, editable=False, db_index=True)

    # In the clear, where a verb was asked for it.
    value: str | None = None


class UsagePlanQuerySet(models.QuerySet["UsagePlan"]):
    def of_stage(self, api_stage: str) -> Self:
        """`api_stage` as the patch paths have it: "abc123:dev"."""
        rest_api_id, _, stage_name = api_stage.partition(":")
        return self.filter(api_stages__contains=[{"apiId": rest_api_id, "stage": stage_name}])


class UsagePlan(Row):
    id = models.CharField(primary_key=True, max_length=10, default=ids.part_id)
    name = models.CharField(max_length=1024)
    description = models.TextField(blank=True)
    api_stages = models.JSONField(default=list, blank=True)  # [{"apiId", "stage", "throttle": {"/pets/GET": {...}}}]
    throttle = models.JSONField(null=True, blank=True)  # {"rateLimit": 10.0, "burstLimit": 20}
    quota = models.JSONField(null=True, blank=True)  # {"limit": 100, "offset": 0, "period": "DAY"}
    product_code = models.CharField(max_length=255, blank=True)
    tags = models.JSONField(default=dict, blank=True)
    generation = models.PositiveBigIntegerField(default=0, editable=False, db_index=True)

    # Whether the actor to whom a verb showed it may change it: it names APIs that they may not see, perhaps.
    changeable: bool = False

    objects = UsagePlanQuerySet.as_manager()


class UsagePlanKey(Row):
    usage_plan = models.ForeignKey(UsagePlan, on_delete=models.CASCADE, related_name="plan_keys")
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="plan_keys")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["usage_plan", "api_key"], name="one_plan_key")]


class UsageDay(models.Model):
    """What a key used of a plan on one day (UTC), and by how much its quota was extended on that day."""

    usage_plan = models.ForeignKey(UsagePlan, on_delete=models.CASCADE, related_name="usage_days")
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="usage_days")
    day = models.DateField()
    used = models.PositiveBigIntegerField(default=0)
    extension = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["usage_plan", "api_key", "day"], name="one_usage_per_day")]


class UsageReport(models.Model):
    """What one node counted of a key, a plan and a day since its counting began: running totals, so that a report that
    comes twice changes nothing. `UsageDay.used` is their sum."""

    life = models.CharField(max_length=128)  # of the counting: the node, and where its counts began
    usage_plan = models.ForeignKey(UsagePlan, on_delete=models.CASCADE, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(db_index=True)
    used = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["life", "usage_plan", "api_key", "day"], name="one_usage_report")
        ]


def _features() -> list[str]:
    return ["UsagePlans"]


class Account(Row):
    """One row. Here, since all that it says but for the role is about who may call and how fast."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    cloudwatch_role_arn = models.CharField(max_length=2048, blank=True)
    features = ArrayField(models.CharField(max_length=64), default=_features, blank=True)
