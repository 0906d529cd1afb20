"""The keys of a usage plan: added, extended, taken out."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from console.access import services
from console.access.forms import RemainingForm
from console.access.models import ApiKey, UsagePlan
from console.access.pages import calls
from console.access.pages.adding import adding
from console.access.pages.api_keys import named
from console.access.pages.usage_plans import quota_words, to_change, url_of
from console.access.services.usage_plan_keys import KEY_TYPE
from console.accounts.services import actor_of
from console.core.actor import Actor
from console.core.htmx import UNPROCESSABLE, as_code, go, page, render


@page
def add(request: HttpRequest, usage_plan_id: str) -> HttpResponse:
    actor = actor_of(request)
    plan = to_change(actor, usage_plan_id, "CreateUsagePlanKey")

    def put() -> str:
        key_id = request.POST.get("key_id", "")
        made = services.create_usage_plan_key(actor, usage_plan_id=plan.pk, key_id=key_id, key_type=KEY_TYPE)
        return named(made.api_key)

    def find(words: str) -> QuerySet[ApiKey]:
        return services.search_keys_to_add(actor, usage_plan_id=plan.pk, words=words)

    return adding(request, plan, "access/plan_key_add.html", find=find, add=put)


@page
def extend(request: HttpRequest, usage_plan_id: str, key_id: str) -> HttpResponse:
    """What remains of the key's quota, until the period ends."""
    actor = actor_of(request)
    plan, key = _asked(actor, usage_plan_id, key_id, "UpdateUsage")
    standing = services.standings([(plan, key.pk)])[plan.pk, key.pk]
    form = RemainingForm.of(request, initial={"remaining": standing.remaining})
    if form.is_valid():
        address = {"usage_plan_id": plan.pk, "key_id": key.pk}
        if form.act(services.update_usage, actor, **address, patch_operations=form.operations()):
            remaining = form.cleaned_data["remaining"]
            return go(request, url_of(plan), f"{named(key)}: {remaining} requests remain, from now on.")
    context = {
        "plan": plan,
        "key": key,
        "quota": quota_words(plan),
        "standing": standing,
        "form": form,
        "recipes": as_code(request, calls.update_usage(plan, key.pk, standing.remaining)),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "access/plan_key_extend.html", context, piece="dialog", status=status)


def _asked(actor: Actor, usage_plan_id: str, key_id: str, operation: str) -> tuple[UsagePlan, ApiKey]:
    plan = to_change(actor, usage_plan_id, operation)
    return plan, services.get_usage_plan_key(actor, usage_plan_id=plan.pk, key_id=key_id).api_key


@page
def remove(request: HttpRequest, usage_plan_id: str, key_id: str) -> HttpResponse:
    actor = actor_of(request)
    plan, key = _asked(actor, usage_plan_id, key_id, "DeleteUsagePlanKey")
    if request.method == "POST":
        services.delete_usage_plan_key(actor, usage_plan_id=plan.pk, key_id=key.pk)
        return go(request, url_of(plan), f"{named(key)} is out of the plan.")
    recipes = as_code(request, calls.delete_usage_plan_key(plan, key.pk))
    context = {"plan": plan, "key": key, "recipes": recipes}
    return render(request, "access/plan_key_remove.html", context, piece="dialog")
