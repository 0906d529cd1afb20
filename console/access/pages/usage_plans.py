"""Usage plans: found, made, shown with their stages and keys, changed, deleted."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.access import services
from console.access.forms import PERIODS, UsagePlanEditForm, UsagePlanForm, method_words
from console.access.models import UsagePlan
from console.access.pages import calls
from console.access.pages.usage import DAYS, chart_of
from console.accounts.services import actor_of
from console.apis.models import RestApi
from console.core.actor import Actor, Role
from console.core.faults import Fault
from console.core.htmx import UNPROCESSABLE, as_code, go, page, render
from console.core.permission import require

PAGE = 50
WEEK = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


@page
def usage_plans(request: HttpRequest) -> HttpResponse:
    actor, words = actor_of(request), request.GET.get("q", "").strip()
    found = Paginator(services.search_usage_plans(actor, words=words), PAGE).get_page(request.GET.get("page"))
    rows = [(services.shown_to(actor, plan), quota_words(plan)) for plan in found]
    return render(request, "access/usage_plan_list.html", {"found": found, "rows": rows, "words": words}, piece="rows")


def quota_words(plan: UsagePlan) -> str:
    """`10000 requests a month, from the 5th day on`; nothing without a quota."""
    if not plan.quota:
        return ""
    offset, period = int(plan.quota["offset"]), str(plan.quota["period"])
    begins = {"WEEK": f", from {WEEK[offset % 7]} on", "MONTH": f", from day {offset + 1} on"}
    return f"{plan.quota['limit']} requests {PERIODS[period]}{begins.get(period, '') if offset else ''}"


@page
def create(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Role.DEPLOYER, "CreateUsagePlan")
    form = UsagePlanForm.of(request, initial={"quota_period": "MONTH"})
    made = form.act(services.create_usage_plan, actor) if form.is_bound else None
    if made is not None:
        return go(request, url_of(made), f"{made.name} is there. Now say for which stages it is.")
    example = UsagePlan(name="Basic", throttle={"rateLimit": 10.0, "burstLimit": 20})
    context = {"form": form, "recipes": as_code(request, calls.create_usage_plan(example))}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "access/usage_plan_edit.html", context, piece="dialog", status=status)


@page
def usage_plan(request: HttpRequest, usage_plan_id: str) -> HttpResponse:
    actor, words = actor_of(request), request.GET.get("q", "").strip()
    plan = services.get_usage_plan(actor, usage_plan_id=usage_plan_id)
    keys = services.search_usage_plan_keys(actor, usage_plan_id=plan.pk, words=words)
    found = Paginator(keys, PAGE).get_page(request.GET.get("page"))
    standing = services.standings((plan, row.api_key_id) for row in found)
    context = {
        "plan": plan,
        "quota": quota_words(plan),
        "stages": stages_of(plan),
        "found": found,
        "words": words,
        "rows": [(row.api_key, standing[plan.pk, row.api_key_id]) for row in found],
        "chart": chart_of(services.used_by_day(actor, days=DAYS, usage_plan_id=plan.pk)),
        "recipes": as_code(request, calls.create_usage_plan(plan)),
    }
    return render(request, "access/usage_plan_detail.html", context, piece="keys")


def stages_of(plan: UsagePlan) -> list[dict[str, Any]]:
    """Those that were shown, with the names of their APIs and the throttles of methods."""
    names = RestApi.objects.in_bulk([stage["apiId"] for stage in plan.api_stages])
    return [
        {
            "api": names.get(stage["apiId"]),
            "rest_api_id": stage["apiId"],
            "stage_name": stage["stage"],
            "throttles": throttles_of(stage),
        }
        for stage in plan.api_stages
    ]


def throttles_of(stage: Mapping[str, Any]) -> list[dict[str, Any]]:
    throttles = stage.get("throttle", {})
    return [{"method": method, "words": method_words(method), **throttles[method]} for method in sorted(throttles)]


@page
def edit(request: HttpRequest, usage_plan_id: str) -> HttpResponse:
    actor = actor_of(request)
    plan = to_change(actor, usage_plan_id)
    form = UsagePlanEditForm.of(request, initial=UsagePlanForm.state(plan))
    if form.is_valid():
        operations = form.operations(plan)
        if not operations:
            return go(request, url_of(plan), "Nothing was changed.")
        if form.act(services.update_usage_plan, actor, usage_plan_id=plan.pk, patch_operations=operations):
            return go(request, url_of(plan), f"{plan.name} is changed, from now on.")
    context = {"plan": plan, "form": form, "recipes": as_code(request, calls.create_usage_plan(plan))}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "access/usage_plan_edit.html", context, piece="dialog", status=status)


def to_change(actor: Actor, usage_plan_id: str, operation: str = "UpdateUsagePlan") -> UsagePlan:
    """Raises AccessDenied before somebody types what they may not send."""
    require(actor, Role.DEPLOYER, operation)
    services.refuse_unless_deployer(actor, operation, services.find_usage_plan(usage_plan_id))
    return services.get_usage_plan(actor, usage_plan_id=usage_plan_id)


@page
def delete(request: HttpRequest, usage_plan_id: str) -> HttpResponse:
    actor = actor_of(request)
    plan = to_change(actor, usage_plan_id, "DeleteUsagePlan")
    refused = ""
    if request.method == "POST":
        try:
            services.delete_usage_plan(actor, usage_plan_id=plan.pk)
        except Fault as fault:
            refused = fault.message
        else:
            return go(request, reverse("usage-plans"), f"{plan.name} is deleted. Its keys are still there.")
    context = {
        "plan": plan,
        "refused": refused,
        "stages": stages_of(plan),
        "keys": plan.plan_keys.count(),
        "recipes": as_code(request, calls.delete_usage_plan(plan)),
    }
    status = UNPROCESSABLE if refused else 200
    return render(request, "access/usage_plan_delete.html", context, piece="dialog", status=status)


def url_of(plan: UsagePlan) -> str:
    return reverse("usage-plan", args=[plan.pk])
