"""Deploying, and everything that was ever deployed."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.accounts.services import actor_of
from console.apis.services import get_rest_api
from console.core.calls import Call, Raw, hcl, label
from console.core.htmx import UNPROCESSABLE, as_code, go, page, render
from console.core.paging import Page
from console.publishing import services
from console.publishing.forms import NEW_STAGE, DeployForm
from console.publishing.pages import documents
from console.stages import services as stages
from console.stages.models import Deployment, Stage

PAGE = 50


@page
def deploy(request: HttpRequest, rest_api_id: str) -> HttpResponse:
    actor = actor_of(request)
    api = get_rest_api(actor, rest_api_id=rest_api_id)
    there = {stage.stage_name: stage for stage in stages.get_stages(actor, rest_api_id=rest_api_id)}
    wished = request.GET.get("stage") or next(iter(there), NEW_STAGE)
    form = DeployForm.of(request, stages=list(there), initial={"stage": wished, "stage_name": ""})
    made = form.act(services.create_deployment, actor, rest_api_id=rest_api_id) if form.is_bound else None
    if made is not None:
        name = form.values()["stage_name"]
        url = f"{reverse('stage', args=[rest_api_id, name])}?watch=1"
        return go(request, url, f"Deployment {made.pk} is on {name}.")
    serving = there.get(form.chosen)
    context = {
        "api": api,
        "form": form,
        "serving": serving,
        "pending": documents.pending(rest_api_id, serving),
        "recipes": as_code(request, create_deployment(api.pk, api.name, form)),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "publishing/deploy.html", context, piece=request.GET.get("piece", "dialog"), status=status)


def create_deployment(rest_api_id: str, name: str, form: DeployForm) -> Call:
    stage, description = form.chosen or "dev", form["description"].value() or ""
    api = f"aws_api_gateway_rest_api.{label(name)}"
    attributes: dict[str, Any] = {
        "rest_api_id": Raw(f"{api}.id"),
        "description": description,
        "triggers": {"redeployment": Raw(f"sha1(jsonencode({api}.body))")},
    }
    stage_attributes = {
        "rest_api_id": Raw(f"{api}.id"),
        "deployment_id": Raw(f"aws_api_gateway_deployment.{label(name)}.id"),
        "stage_name": stage,
    }
    terraform = "\n\n".join(
        [
            hcl("aws_api_gateway_deployment", label(name), attributes),
            hcl("aws_api_gateway_stage", label(stage), stage_attributes),
        ]
    )
    params = {"restApiId": rest_api_id, "stageName": stage}
    return Call("CreateDeployment", params | ({"description": description} if description else {}), terraform)


@page
def deployments(request: HttpRequest, rest_api_id: str) -> HttpResponse:
    api = get_rest_api(actor_of(request), rest_api_id=rest_api_id)
    rows = Deployment.objects.of(rest_api_id).order_by("-created_date", "-pk")
    rows = rows.prefetch_related(Prefetch("stages", Stage.objects.order_by("stage_name")))
    position = request.GET.get("position", "")
    start = int(position) if position.isdigit() else 0
    found = list(rows[start : start + PAGE + 1])
    shown = Page(found[:PAGE], str(start + PAGE) if len(found) > PAGE else None)
    context = {"api": api, "page": shown, "stages": list(api.stages.order_by("stage_name"))}
    return render(request, "publishing/deployment_list.html", context)


@page
def deployment(request: HttpRequest, rest_api_id: str, deployment_id: str) -> HttpResponse:
    actor = actor_of(request)
    api = get_rest_api(actor, rest_api_id=rest_api_id)
    found = stages.get_deployment(actor, rest_api_id=rest_api_id, deployment_id=deployment_id)
    earlier = Deployment.objects.of(rest_api_id).filter(created_date__lt=found.created_date)
    before = earlier.order_by("-created_date").first()
    against = request.GET.get("against", "")
    other = Deployment.objects.of(rest_api_id).filter(pk=against).first() if against else before
    context = {
        "api": api,
        "deployment": found,
        "other": other,
        "changes": documents.between(other.document_id if other else None, found.document_id),
        "document": documents.frozen(found.document_id),
        "stages": list(api.stages.order_by("stage_name")),
        "others": Deployment.objects.of(rest_api_id).exclude(pk=found.pk).order_by("-created_date")[:PAGE],
    }
    return render(request, "publishing/deployment_detail.html", context)


@page
def download(request: HttpRequest, rest_api_id: str, deployment_id: str) -> HttpResponse:
    """The exact bytes that the digest names: what nodes fetch."""
    found = stages.get_deployment(actor_of(request), rest_api_id=rest_api_id, deployment_id=deployment_id)
    response = HttpResponse(services.document(found.document_id), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{rest_api_id}-{found.pk}.json"'
    return response
