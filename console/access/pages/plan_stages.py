"""The stages of a usage plan, and how fast their single methods may be called by a key of it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.access import services
from console.access.forms import MethodThrottleForm, limits_of, method_words
from console.access.models import UsagePlan
from console.access.pages import calls
from console.access.pages.adding import adding
from console.access.pages.usage_plans import throttles_of, to_change, url_of
from console.accounts.services import actor_of
from console.core.actor import Actor
from console.core.faults import NotFound
from console.core.htmx import UNPROCESSABLE, as_code, go, page, render
from console.core.patch import escape
from console.stages.models import Stage
from console.stages.services import get_stage, served_methods


@page
def add(request: HttpRequest, usage_plan_id: str) -> HttpResponse:
    actor = actor_of(request)
    plan = to_change(actor, usage_plan_id)

    def put() -> str:
        chosen = request.POST.get("api_stage", "")
        operation = {"op": "add", "path": "/apiStages", "value": chosen}
        services.update_usage_plan(actor, usage_plan_id=plan.pk, patch_operations=[operation])
        return chosen.partition(":")[2]

    def find(words: str) -> QuerySet[Stage]:
        return services.search_stages_to_add(actor, usage_plan_id=plan.pk, words=words)

    return adding(request, plan, "access/plan_stage_add.html", find=find, add=put)


@page
def throttles(request: HttpRequest, usage_plan_id: str, rest_api_id: str, stage_name: str) -> HttpResponse:
    """Of methods: those that have one, and a form that gives one to another, or another one."""
    actor = actor_of(request)
    plan, stage = _asked(actor, usage_plan_id, rest_api_id, stage_name)
    inside = throttles_of(next(one for one in plan.api_stages if _named(one) == name_of(stage)))
    form = MethodThrottleForm.of(request, methods=_methods(stage, inside), initial=_chosen(request, inside))
    if form.is_valid():
        operations = form.operations(name_of(stage))
        if form.act(services.update_usage_plan, actor, usage_plan_id=plan.pk, patch_operations=operations):
            text = f"{method_words(form.cleaned_data['method'])} of {stage_name} is throttled, from now on."
            return go(request, url_of(plan), text)
    context = {
        "plan": plan,
        "stage": stage,
        "throttles": inside,
        "form": form,
        "recipes": as_code(request, calls.create_usage_plan(plan)),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "access/plan_stage_throttles.html", context, piece="dialog", status=status)


def _asked(actor: Actor, usage_plan_id: str, rest_api_id: str, stage_name: str) -> tuple[UsagePlan, Stage]:
    stage = get_stage(actor, rest_api_id=rest_api_id, stage_name=stage_name)
    plan = to_change(actor, usage_plan_id)
    if not any(_named(one) == name_of(stage) for one in plan.api_stages):
        raise NotFound(f"API Stage not found: {name_of(stage)}", field="apiStages")
    return plan, stage


def _named(one: dict[str, Any]) -> str:
    return f"{one['apiId']}:{one['stage']}"


def name_of(stage: Stage) -> str:
    """As plans name it."""
    return f"{stage.rest_api_id}:{stage.stage_name}"


def _methods(stage: Stage, inside: list[dict[str, Any]]) -> list[str]:
    """Of the stage as it is served, and those that the plan names anyway."""
    served = [f"{row.resource_path.rstrip('/')}/{row.http_method}" for row in served_methods(stage) if row.served]
    return [*served, *(one["method"] for one in inside if one["method"] not in served)]


def _chosen(request: HttpRequest, inside: list[dict[str, Any]]) -> dict[str, Any]:
    method = request.GET.get("method", "")
    return {"method": method, **limits_of(next((one for one in inside if one["method"] == method), None))}


@page
def remove(request: HttpRequest, usage_plan_id: str, rest_api_id: str, stage_name: str) -> HttpResponse:
    """The stage, or the throttle of the method that the query names."""
    actor, method = actor_of(request), request.GET.get("method", "")
    plan, stage = _asked(actor, usage_plan_id, rest_api_id, stage_name)
    place = {"op": "remove", "path": "/apiStages", "value": name_of(stage)}
    if method:
        place = {"op": "remove", "path": f"/apiStages/{escape(name_of(stage))}/throttle/{escape(method)}"}
    if request.method == "POST":
        services.update_usage_plan(actor, usage_plan_id=plan.pk, patch_operations=[place])
        text = f"{method_words(method)} has no throttle of its own." if method else f"{stage_name} is out of the plan."
        return go(request, url_of(plan), text)
    context = {
        "plan": plan,
        "stage": stage,
        "method": method_words(method) if method else "",
        "keys": plan.plan_keys.count(),
        "address": reverse("plan-stage-remove", args=[plan.pk, rest_api_id, stage_name]),
        "recipes": as_code(request, calls.update_usage_plan(plan, place)),
    }
    return render(request, "access/plan_stage_remove.html", context, piece="dialog")
