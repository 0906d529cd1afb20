"""The nodes: what they serve, and how they take a change."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from console.accounts.services import actor_of
from console.core.actor import Actor, Role
from console.core.htmx import page, render
from console.core.permission import require, sees
from console.publishing import services
from console.publishing.models import Generation, Node
from console.publishing.services.nodes import LIVE
from console.stages import services as stages
from console.stages.models import StageEvent

# Longer than any node takes: a page that was left open stops asking.
PATIENCE = dt.timedelta(seconds=60)


@page
def nodes(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Role.VIEWER, "GetNodes")
    alive_since = timezone.now() - LIVE
    rows = [(node, node.seen_date >= alive_since, _seen(actor, node)) for node in Node.objects.order_by("pk")]
    context = {"rows": rows, "generation": _generation(), "live": sum(alive for _, alive, _ in rows)}
    return render(request, "publishing/node_list.html", context, piece="rows")


def _seen(actor: Actor, node: Node) -> list[dict[str, Any]]:
    """What the node refuses of the APIs that the actor may see."""
    return [refusal for refusal in node.report.get("refusals", ()) if sees(actor, refusal["apiId"])]


def _generation() -> int:
    return Generation.objects.filter(pk=1).values_list("number", flat=True).first() or 0


@page
def strip(request: HttpRequest) -> HttpResponse:
    """For the top bar: how many live nodes serve the newest generation."""
    refusing = any(node.report.get("refusals") for node in services.live_nodes())
    context = {"convergence": services.convergence(_generation()), "refusing": refusing}
    return render(request, "publishing/strip.html", context)


@page
def convergence(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    """How far the stage's last change has come; asks again until every node serves it."""
    stage = stages.get_stage(actor_of(request), rest_api_id=rest_api_id, stage_name=stage_name)
    event = StageEvent.objects.filter(
        rest_api_id=rest_api_id, stage_name=stage_name, generation=stage.generation
    ).first()
    state = services.convergence(stage.generation, changed=event.at if event else None)
    waited = timezone.now() - event.at if event else PATIENCE
    context = {
        "stage": stage,
        "event": event,
        "state": state,
        "percent": 100 * state.serving // state.nodes if state.nodes else 0,
        "asking": not (state.nodes and state.complete) and waited < PATIENCE,
        "refusals": _refusals(rest_api_id, stage_name),
    }
    return render(request, "publishing/convergence.html", context)


def _refusals(rest_api_id: str, stage_name: str) -> list[tuple[str, str]]:
    """node, its reason: those that would not serve the stage's newest snapshot."""
    said = ((node.pk, refusal(node, rest_api_id, stage_name)) for node in services.live_nodes())
    return [(node, reason) for node, reason in said if reason]


def refusal(node: Node, rest_api_id: str, stage_name: str) -> str:
    """Why the node would not serve the stage's newest snapshot; empty when it does."""
    for said in node.report.get("refusals", ()):
        if (said["apiId"], said["stageName"]) == (rest_api_id, stage_name):
            return str(said["reason"])
    return ""
