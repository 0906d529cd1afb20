"""A key's limits at a stage are those of one plan."""

from collections.abc import Iterable

from console.access.models import UsagePlan, UsagePlanKey
from console.core.faults import Conflict


def refuse_shared_stages(plan: UsagePlan, key_ids: Iterable[str]) -> None:
    """Raises Conflict when another plan of one of the keys has a stage of this plan. The caller has locked the keys."""
    for stage in plan.api_stages:
        named = f"{stage['apiId']}:{stage['stage']}"
        others = UsagePlan.objects.of_stage(named).exclude(pk=plan.pk)
        shared = UsagePlanKey.objects.filter(usage_plan__in=others, api_key__in=key_ids).first()
        if shared is not None:
            raise Conflict(
                f"Usage Plan {plan.pk} cannot be added because API Key {shared.api_key_id} cannot reference multiple "
                f"Usage Plans with the same API Stage: {named}",
                field="keyId",
            )
