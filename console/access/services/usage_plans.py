"""Usage plans: for which stages, how fast, how much.

A plan is the account's, and says who may call the APIs that it names: to change it, or its keys, takes what it takes to
deploy each of them. Who reads it is told of the APIs that they may see.
"""

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
from console.core.permission import require_each, sees
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
    refuse_unless_deployer(actor, "CreateUsagePlan", plan)
    refuse_more("usage_plans", UsagePlan.objects.all(), "usage plans")
    plan.put()
    record(actor, "CreateUsagePlan", arn(plan), {"name": name, "apiStages": plan.api_stages})
    return plan


def refuse_unless_deployer(actor: Actor, operation: str, plan: UsagePlan) -> None:
    """Raises AccessDenied for who may not deploy an API that the plan names."""
    require_each(actor, Role.DEPLOYER, operation, [stage["apiId"] for stage in plan.api_stages])


def shown_to(actor: Actor, plan: UsagePlan) -> UsagePlan:
    """To be said, and not to be written any more."""
    roles = [actor.role, *(actor.role_on(stage["apiId"]) for stage in plan.api_stages)]
    plan.changeable = min(roles) >= Role.DEPLOYER
    plan.api_stages = [stage for stage in plan.api_stages if sees(actor, stage["apiId"])]
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
    return shown_to(actor, find_usage_plan(usage_plan_id))


@verb(needs=Role.VIEWER)
def get_usage_plans(
    actor: Actor, *, position: str | None = None, key_id: str | None = None, limit: int | None = None
) -> Page[UsagePlan]:
    rows = UsagePlan.objects.all()
    if key_id is not None:
        rows = rows.filter(plan_keys__api_key=key_id)
    found = page(rows, order="id", position=position, limit=limit)
    return Page([shown_to(actor, plan) for plan in found.items], found.position)


@verb(needs=Role.DEPLOYER)
def update_usage_plan(
    actor: Actor, *, usage_plan_id: str, patch_operations: Iterable[Mapping[str, Any]] | None = None
) -> UsagePlan:
    plan = find_usage_plan(usage_plan_id, lock=True)
    refuse_unless_deployer(actor, "UpdateUsagePlan", plan)
    operations = patch.read(patch_operations, shape="updateUsagePlanInput")
    UsagePlanPatch(plan).apply(operations)
    refuse_unless_deployer(actor, "UpdateUsagePlan", plan)
    # Before the plan is written, since that takes the generation, and who holds that must not wait for keys.
    keys = ApiKey.objects.select_for_update(of=("self",)).filter(plan_keys__usage_plan=plan).order_by("pk")
    refuse_shared_stages(plan, list(keys.values_list("pk", flat=True)))
    plan.put()
    record(actor, "UpdateUsagePlan", arn(plan), {operation.path: operation.value for operation in operations})
    return plan


@verb(needs=Role.DEPLOYER)
def delete_usage_plan(actor: Actor, *, usage_plan_id: str) -> None:
    plan = find_usage_plan(usage_plan_id, lock=True)
    refuse_unless_deployer(actor, "DeleteUsagePlan", plan)
    if plan.api_stages:
        first = f"{plan.api_stages[0]['apiId']}:{plan.api_stages[0]['stage']}"
        raise BadRequest(
            f"Cannot delete Usage Plan {plan.pk} because there are API Stages associated with it, including {first}",
            field="usagePlanId",
        )
    record(actor, "DeleteUsagePlan", arn(plan), {"name": plan.name})
    plan.delete()
