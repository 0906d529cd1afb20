"""Who may call: API keys and the plans that meter them."""

from typing import Self

from django.db import models
from django.utils import timezone

from console.core import ids
from console.core.models import Row


class ApiKey(Row):
    """The value is kept encrypted (AWS shows it again on request) beside its SHA-256, by which it is found."""

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

    objects = UsagePlanQuerySet.as_manager()


class UsagePlanKey(Row):
    usage_plan = models.ForeignKey(UsagePlan, on_delete=models.CASCADE, related_name="plan_keys")
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="plan_keys")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["usage_plan", "api_key"], name="one_plan_key")]
