"""The keys of a usage plan."""

from collections.abc import Iterable

from console.access.models import ApiKey, UsagePlan, UsagePlanKey
from console.access.services.api_keys import find_api_key, may_see_values
from console.access.services.shared_stages import refuse_shared_stages
from console.access.services.usage_plans import arn, find_usage_plan, refuse_unless_deployer
from console.accounts.services import record
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict, NotFound
from console.core.limits import refuse_more
from console.core.paging import Page, page
from console.core.seal import unseal
from console.core.verbs import verb

KEY_TYPE = "API_KEY"


@verb(needs=Role.DEPLOYER)
def create_usage_plan_key(actor: Actor, *, usage_plan_id: str, key_id: str, key_type: str) -> UsagePlanKey:
    plan = find_usage_plan(usage_plan_id, lock=True)
    refuse_unless_deployer(actor, "CreateUsagePlanKey", plan)
    if key_type != KEY_TYPE:
        raise BadRequest(f"Invalid key type specified. Must be one of: [{KEY_TYPE}]", field="keyType")
    key = find_api_key(key_id, lock=True)  # so that no second plan of the same stage can take it meanwhile
    if UsagePlanKey.objects.filter(usage_plan=plan, api_key=key).exists():
        raise Conflict(f"API Key {key.pk} is already in Usage Plan {plan.pk}", field="keyId")
    plan_key = join(plan, key)
    record(actor, "CreateUsagePlanKey", arn(plan), {"keyId": key.pk})
    return _shown(actor, [plan_key])[0]


def join(plan: UsagePlan, key: ApiKey) -> UsagePlanKey:
    """The caller has locked both. Raises Conflict, or LimitExceeded."""
    refuse_more("usage_plans_per_api_key", UsagePlanKey.objects.filter(api_key=key), "usage plans", "this API key")
    refuse_shared_stages(plan, [key.pk])
    plan_key = UsagePlanKey(usage_plan=plan, api_key=key)
    plan_key.put()
    return plan_key


def _shown(actor: Actor, plan_keys: Iterable[UsagePlanKey]) -> list[UsagePlanKey]:
    """AWS tells a key's value with each; here it is told to those who may see it."""
    found = list(plan_keys)
    if may_see_values(actor):
        for plan_key in found:
            plan_key.api_key.value = unseal(plan_key.api_key.value_sealed)
    return found


def find_plan_key(plan: UsagePlan, key_id: str) -> UsagePlanKey:
    plan_key = plan.plan_keys.select_related("api_key").filter(api_key=key_id).first()
    if plan_key is None:
        raise NotFound("Invalid API Key identifier specified", field="keyId")
    return plan_key


@verb(needs=Role.VIEWER)
def get_usage_plan_key(actor: Actor, *, usage_plan_id: str, key_id: str) -> UsagePlanKey:
    return _shown(actor, [find_plan_key(find_usage_plan(usage_plan_id), key_id)])[0]


@verb(needs=Role.VIEWER)
def get_usage_plan_keys(
    actor: Actor,
    *,
    usage_plan_id: str,
    position: str | None = None,
    limit: int | None = None,
    name_query: str | None = None,
) -> Page[UsagePlanKey]:
    rows = find_usage_plan(usage_plan_id).plan_keys.select_related("api_key")
    found = page(
        rows.filter(api_key__name__startswith=name_query or ""), order="api_key_id", position=position, limit=limit
    )
    return Page(_shown(actor, found.items), found.position)


@verb(needs=Role.DEPLOYER)
def delete_usage_plan_key(actor: Actor, *, usage_plan_id: str, key_id: str) -> None:
    plan = find_usage_plan(usage_plan_id, lock=True)
    refuse_unless_deployer(actor, "DeleteUsagePlanKey", plan)
    find_plan_key(plan, key_id).delete()
    record(actor, "DeleteUsagePlanKey", arn(plan), {"keyId": key_id})
