"""Keys, plans and stages as people look for them: by words, and not, as AWS's operations, by how a name begins."""

from django.db.models import Count, Prefetch, Q, QuerySet

from console.access.models import ApiKey, UsagePlan, UsagePlanKey
from console.access.services.usage_plans import find_usage_plan
from console.core.actor import Actor, Role
from console.core.permission import having
from console.core.verbs import verb
from console.stages.models import Stage


@verb(needs=Role.VIEWER, operation="GetApiKeys")
def search_api_keys(actor: Actor, *, words: str) -> QuerySet[ApiKey]:
    """Each word is in the name, the id, the customer's id or the description. With the plans of each."""
    found = Q()
    for word in words.split():
        found &= _said(word)
    plans = UsagePlanKey.objects.select_related("usage_plan").order_by("usage_plan__name")
    return ApiKey.objects.filter(found).order_by("name", "pk").prefetch_related(Prefetch("plan_keys", plans))


def _said(word: str) -> Q:
    members = ("name", "pk", "customer_id", "description")
    return Q(*(Q(**{f"{member}__icontains": word}) for member in members), _connector=Q.OR)


@verb(needs=Role.VIEWER, operation="GetUsagePlans")
def search_usage_plans(actor: Actor, *, words: str) -> QuerySet[UsagePlan]:
    """Each word is in the name, the id or the description. `keys` is how many there are of each."""
    rows = UsagePlan.objects.annotate(keys=Count("plan_keys")).order_by("name", "pk")
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(pk__icontains=word) | Q(description__icontains=word))
    return rows


@verb(needs=Role.VIEWER, operation="GetUsagePlanKeys")
def search_usage_plan_keys(actor: Actor, *, usage_plan_id: str, words: str) -> QuerySet[UsagePlanKey]:
    """By words of the key, as `search_api_keys` has them."""
    keys = search_api_keys(actor, words=words).prefetch_related(None).order_by().values("pk")
    rows = find_usage_plan(usage_plan_id).plan_keys.select_related("api_key")
    return rows.filter(api_key__in=keys).order_by("api_key__name", "api_key_id")


@verb(needs=Role.DEPLOYER, operation="UpdateUsagePlan")
def search_stages_to_add(actor: Actor, *, usage_plan_id: str, words: str) -> QuerySet[Stage]:
    """Those that the plan has not, of APIs that the actor may deploy; each word is in the name of stage or API, or in
    the API's id."""
    rows = Stage.objects.filter(having(actor, Role.DEPLOYER, "rest_api")).select_related("rest_api")
    for one in find_usage_plan(usage_plan_id).api_stages:
        rows = rows.exclude(rest_api=one["apiId"], stage_name=one["stage"])
    for word in words.split():
        rows = rows.filter(
            Q(stage_name__icontains=word) | Q(rest_api__name__icontains=word) | Q(rest_api__pk__icontains=word)
        )
    return rows.order_by("rest_api__name", "rest_api_id", "stage_name")


@verb(needs=Role.DEPLOYER, operation="CreateUsagePlanKey")
def search_keys_to_add(actor: Actor, *, usage_plan_id: str, words: str) -> QuerySet[ApiKey]:
    """Those that the plan has not, by words as `search_api_keys` has them."""
    plan = find_usage_plan(usage_plan_id)
    return search_api_keys(actor, words=words).exclude(plan_keys__usage_plan=plan)
