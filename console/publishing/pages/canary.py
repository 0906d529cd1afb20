"""The canary of a stage: both arms side by side, its share, and how it ends."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.accounts.services import actor_of
from console.core.actor import Actor
from console.core.faults import BadRequest
from console.core.htmx import UNPROCESSABLE, as_code, go, page, render
from console.publishing import services
from console.publishing.forms import CanaryForm
from console.stages import services as stages
from console.stages.models import Deployment, Stage
from console.stages.pages import calls
from console.telemetry.models import Minute
from console.telemetry.services import digest_counts

LATEST = 50


@dataclass(frozen=True, slots=True)
class Arm:
    name: str
    percent: float
    deployment: Deployment
    counted: Minute | None  # None: nothing in the last hour


@dataclass(frozen=True, slots=True)
class Variable:
    """What a variable is in each arm; None: there is none of the name."""

    name: str
    stage: str | None
    canary: str | None
    overridden: bool


@page
def canary(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    """With a canary it is changed here, without one it is made."""
    actor = actor_of(request)
    found = stages.get_stage(actor, rest_api_id=rest_api_id, stage_name=stage_name)
    latest = Deployment.objects.of(rest_api_id).listed().order_by("-created_date")
    form = CanaryForm.of(request, deployments=list(latest[:LATEST]), initial=CanaryForm.state(found))
    text = _save(actor, found, form) if form.is_valid() else None
    if text is not None:
        return _back(request, found, text)
    context = {
        "api": found.rest_api,
        "stage": found,
        "form": form,
        "arms": _arms(found),
        "variables": _variables(found),
        "watch": request.GET.get("watch"),
        "recipes": as_code(request, calls.set_canary(found)) if found.canary_settings else [],
    }
    status = UNPROCESSABLE if form.errors else 200
    piece = "arms" if request.GET.get("piece") == "arms" else "canary"
    return render(request, "publishing/canary.html", context, piece=piece, status=status)


def _save(actor: Actor, found: Stage, form: CanaryForm) -> str | None:
    """What was done; None where it was refused."""
    name, share = found.stage_name, f"{form.cleaned_data['percent_traffic']:g} % of the requests to {found.stage_name}"
    if form.of_drawing:
        made = form.act(services.create_deployment, actor, rest_api_id=found.rest_api_id, stage_name=name)
        return f"Deployment {made.pk} is the canary: it answers {share}." if made else None
    operations = form.operations(found)
    if not operations:
        return "Nothing was changed."
    address = {"rest_api_id": found.rest_api_id, "stage_name": name}
    changed = form.act(stages.update_stage, actor, **address, patch_operations=operations)
    return f"The canary answers {share}." if changed else None


def _arms(found: Stage) -> list[Arm]:
    """The stage and its canary; none without one."""
    if not found.canary_settings:
        return []
    other = Deployment.objects.get(pk=found.canary_settings["deploymentId"])
    percent = found.canary_settings["percentTraffic"]
    counted = digest_counts(found.rest_api_id, found.stage_name)
    return [
        Arm("Stage", 100 - percent, found.deployment, counted.get(found.deployment.document_id)),
        Arm("Canary", percent, other, counted.get(other.document_id)),
    ]


def _variables(found: Stage) -> list[Variable]:
    overrides = (found.canary_settings or {}).get("stageVariableOverrides", {})
    both = {**found.variables, **overrides}
    return [Variable(name, found.variables.get(name), both[name], name in overrides) for name in sorted(both)]


@page
def promote(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    return _end(request, rest_api_id, stage_name, "promote")


@page
def remove(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    return _end(request, rest_api_id, stage_name, "remove")


def _end(request: HttpRequest, rest_api_id: str, stage_name: str, how: str) -> HttpResponse:
    """Asks, saying exactly what will happen; what was asked about is what is done."""
    actor = actor_of(request)
    found = stages.get_stage(actor, rest_api_id=rest_api_id, stage_name=stage_name)
    promotes = how == "promote"
    if request.method == "POST":
        verb = stages.promote_canary if promotes else stages.remove_canary
        asked = request.POST.get("deployment_id", "")
        changed = verb(actor, rest_api_id=rest_api_id, stage_name=stage_name, deployment_id=asked)
        said = "It was promoted." if promotes else "The canary is removed."
        return _back(request, changed, f"{stage_name} serves deployment {changed.deployment_id} to everybody. {said}")
    if not found.canary_settings:
        raise BadRequest(f"Stage {stage_name} has no canary", field="canarySettings")
    call = calls.promote_canary(found) if promotes else calls.remove_canary(found)
    context: dict[str, Any] = {
        "api": found.rest_api,
        "stage": found,
        "arms": _arms(found),
        "variables": [one for one in _variables(found) if one.overridden],
        "promotes": promotes,
        "recipes": as_code(request, call),
    }
    return render(request, "publishing/canary_end.html", context, piece="dialog")


def _back(request: HttpRequest, found: Stage, text: str) -> HttpResponse:
    url = reverse("stage-canary", args=[found.rest_api_id, found.stage_name])
    return go(request, f"{url}?watch=1", text)
