"""One stage: what it serves, the way back, its cache, its history."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.accounts.services import actor_of
from console.core.faults import BadRequest
from console.core.htmx import as_code, go, page, render, toast, wants_piece
from console.stages import services
from console.stages.models import Stage, StageEvent
from console.stages.pages import calls
from console.stages.services.addresses import addresses

TEMPLATE = "stages/stage_detail.html"
LATEST = 25


@page
def stage(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    found = services.get_stage(actor_of(request), rest_api_id=rest_api_id, stage_name=stage_name)
    return show(request, found)


def show(request: HttpRequest, found: Stage, *, watch: bool = False) -> HttpResponse:
    """`watch`: the page shows how nodes take the change that was just made."""
    events = services.history(found.rest_api_id, found.stage_name)
    before = before_or_none(found)
    context: dict[str, Any] = {
        "api": found.rest_api,
        "stage": found,
        "urls": addresses(found.rest_api_id, found.stage_name),
        "events": returnable(events, found),
        "before": before,
        "watch": watch or request.GET.get("watch"),
    }
    said = [calls.rollback_stage(found, before)] if before else []
    context["recipes"] = as_code(request, *said, calls.flush_stage_cache(found))
    return render(request, TEMPLATE, context, piece="stage")


def before_or_none(found: Stage) -> str | None:
    try:
        return services.deployment_before(found)
    except BadRequest:
        return None


def returnable(events: "QuerySet[StageEvent]", found: Stage) -> list[tuple[StageEvent, bool]]:
    """The latest events, each with whether its deployment can be returned to from here."""
    kinds = ("CREATED", "DEPLOYED", "ROLLED_BACK")
    return [(event, event.kind in kinds and event.deployment_id != found.deployment_id) for event in events[:LATEST]]


@page
@require_POST
def rollback(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    found = services.rollback_stage(
        actor_of(request),
        rest_api_id=rest_api_id,
        stage_name=stage_name,
        deployment_id=request.POST.get("deployment_id") or None,
    )
    return _done(request, found, f"{stage_name} serves deployment {found.deployment_id} again.")


@page
@require_POST
def flush(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    found = services.flush_stage_cache(actor_of(request), rest_api_id=rest_api_id, stage_name=stage_name)
    return _done(request, found, f"The cache of {stage_name} is flushed: generation {found.cache_generation}.")


def _done(request: HttpRequest, found: Stage, text: str) -> HttpResponse:
    if wants_piece(request):
        return toast(show(request, found, watch=True), text)
    return go(request, f"{reverse('stage', args=[found.rest_api_id, found.stage_name])}?watch=1", text)


@page
def delete(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    actor = actor_of(request)
    found = services.get_stage(actor, rest_api_id=rest_api_id, stage_name=stage_name)
    if request.method == "POST":
        services.delete_stage(actor, rest_api_id=rest_api_id, stage_name=stage_name)
        return go(request, reverse("stages", args=[rest_api_id]), f"{stage_name} is deleted. Its deployments stay.")
    context = {
        "api": found.rest_api,
        "stage": found,
        "urls": addresses(rest_api_id, stage_name),
        "recipes": as_code(request, calls.delete_stage(found)),
    }
    return render(request, "stages/stage_delete.html", context, piece="dialog")
