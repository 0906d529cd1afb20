"""A key in place of another. AWS has no operation for it; the record says it as those of which it is made."""

from django.db.models import QuerySet

from console.access.models import ApiKey, UsagePlan
from console.access.services import usage_plans
from console.access.services.api_keys import add, arn, find_api_key, new_api_key
from console.access.services.usage_plan_keys import join
from console.access.services.usage_plans import refuse_unless_deployer
from console.accounts.services import record
from console.core import ids
from console.core.actor import Actor, Role
from console.core.bulk import one_generation
from console.core.faults import concurrent_modification
from console.core.permission import require_each
from console.core.verbs import verb

# What the new key has of the old one.
_KEPT = ("name", "description", "customer_id", "stage_keys", "tags")


@verb(needs=Role.DEPLOYER)
def rotate_api_key(actor: Actor, *, api_key: str, disable: bool = True) -> ApiKey:
    """Another value in the same plans, of which nothing is used yet; nodes take it and the end of the old one as one
    change. With `disable` false the old key stays good beside it.

    Raises AccessDenied for who may not deploy an API that one of the plans names.
    """
    plans = list(_plans_of(api_key).select_for_update(of=("self",)))
    old = find_api_key(api_key, lock=True)
    if list(_plans_of(api_key)) != plans:  # one that was joined before the key was locked
        raise concurrent_modification()
    require_each(actor, Role.DEPLOYER, "RotateApiKey", [one.partition("/")[0] for one in old.stage_keys])
    for plan in plans:
        refuse_unless_deployer(actor, "RotateApiKey", plan)
    new = _made(actor, old, plans)
    with one_generation():
        _switch(actor, old, new, disable=disable)
    return new


def _plans_of(key_id: str) -> QuerySet[UsagePlan]:
    return UsagePlan.objects.filter(plan_keys__api_key=key_id).order_by("pk")


def _made(actor: Actor, old: ApiKey, plans: list[UsagePlan]) -> ApiKey:
    """Disabled, which nodes are not told of: who has the generation must not wait for the locks of limits."""
    new = new_api_key(ids.secret())
    for member in _KEPT:
        setattr(new, member, getattr(old, member))
    add(new)
    record(actor, "CreateApiKey", arn(new), {"name": new.name, "enabled": old.enabled, "inPlaceOf": old.pk})
    for plan in plans:
        join(plan, new)
        record(actor, "CreateUsagePlanKey", usage_plans.arn(plan), {"keyId": new.pk})
    return new


def _switch(actor: Actor, old: ApiKey, new: ApiKey, *, disable: bool) -> None:
    new.enabled = old.enabled
    new.put(fields=["enabled"])
    if disable and old.enabled:
        old.enabled = False
        old.last_updated_date = new.created_date
        old.put(fields=["enabled", "last_updated_date"])
        record(actor, "UpdateApiKey", arn(old), {"/enabled": "false"})
