"""Usage plans: for which stages, how fast, how much."""

from collections.abc import Iterable, Mapping
from typing import Any

from console.access.models import ApiKey, UsagePlan
from console.access.services import rules
from console.access.services.shared_stages import refuse_shared_stages
from console.access.services.usage_plan_patch import UsagePlanPatch
from console.accounts.services import record
from console.core import arns, patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, NotFound
from console.core.limits import refuse_more
from console.core.paging import Page, page
from console.core.tags import checked
from console.core.verbs import verb


@verb(needs=Role.DEPLOYER)
def create_usage_plan(
    actor: Actor,
    *,
    name: str,
    description: str | None = None,
    api_stages: Iterable[Mapping[str, Any]] | None = None,
    throttle: Mapping[str, Any] | None = None,
    quota: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
) -> UsagePlan:
    plan = UsagePlan(
        name=rules.plan_name(name),
        description=description or "",
        api_stages=rules.api_stages(api_stages, name),
        throttle=rules.throttle(throttle),
        quota=rules.quota(quota),
        tags=checked(tags),
    )
    refuse_more("usage_plans", UsagePlan.objects.all(), "usage plans")
    plan.put()
    record(actor, "CreateUsagePlan", arn(plan), {"name": name, "apiStages": plan.api_stages})
    return plan


def arn(plan: UsagePlan) -> str:
    return arns.apigateway(f"/usageplans/{plan.pk}")


def find_usage_plan(usage_plan_id: str, *, lock: bool = False) -> UsagePlan:
    rows = UsagePlan.objects.select_for_update() if lock else UsagePlan.objects.all()
    plan = rows.filter(pk=usage_plan_id).first()
    if plan is None:
        raise NotFound("Invalid Usage Plan ID specified", field="usagePlanId")
    return plan


@verb(needs=Role.VIEWER)
def get_usage_plan(actor: Actor, *, usage_plan_id: str) -> UsagePlan:
    return find_usage_plan(usage_plan_id)


@verb(needs=Role.VIEWER)
def get_usage_plans(
    actor: Actor, *, position: str | None = None, key_id: str | None = None, limit: int | None = None
) -> Page[UsagePlan]:
    rows = UsagePlan.objects.all()
    if key_id is not None:
        rows = rows.filter(plan_keys__api_key=key_id)
    return page(rows, order="id", position=position, limit=limit)


@verb(needs=Role.DEPLOYER)
def update_usage_plan(
    actor: Actor, *, usage_plan_id: str, patch_operations: Iterable[Mapping[str, Any]] | None = None
) -> UsagePlan:
    plan = find_usage_plan(usage_plan_id, lock=True)
    operations = patch.read(patch_operations, shape="updateUsagePlanInput")
    UsagePlanPatch(plan).apply(operations)
    plan.put()
    keys = ApiKey.objects.select_for_update(of=("self",)).filter(plan_keys__usage_plan=plan).order_by("pk")
    refuse_shared_stages(plan, list(keys.values_list("pk", flat=True)))
    record(actor, "UpdateUsagePlan", arn(plan), {operation.path: operation.value for operation in operations})
    return plan


@verb(needs=Role.DEPLOYER)
def delete_usage_plan(actor: Actor, *, usage_plan_id: str) -> None:
    plan = find_usage_plan(usage_plan_id, lock=True)
    if plan.api_stages:
        first = f"{plan.api_stages[0]['apiId']}:{plan.api_stages[0]['stage']}"
        raise BadRequest(
            f"Cannot delete Usage Plan {plan.pk} because there are API Stages associated with it, including {first}",
            field="usagePlanId",
        )
    record(actor, "DeleteUsagePlan", arn(plan), {"name": plan.name})
    plan.delete()
