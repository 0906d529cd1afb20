"""An API as a whole, and the list of its stages."""

from django.http import HttpRequest, HttpResponse

from console.accounts.services import actor_of
from console.apis.models import Method
from console.apis.services import get_rest_api
from console.core.htmx import page, render
from console.stages import services
from console.stages.models import Deployment, Stage, StageEvent
from console.stages.services.addresses import addresses

LATEST = 12


@page
def overview(request: HttpRequest, rest_api_id: str) -> HttpResponse:
    actor = actor_of(request)
    api = get_rest_api(actor, rest_api_id=rest_api_id)
    stages = services.get_stages(actor, rest_api_id=rest_api_id)
    newest = Deployment.objects.of(rest_api_id).order_by("-created_date").first()
    context = {
        "api": api,
        "cards": [(stage, addresses(rest_api_id, stage.stage_name)) for stage in stages],
        "events": StageEvent.objects.filter(rest_api_id=rest_api_id).order_by("-pk")[:LATEST],
        "newest": newest,
        "ahead": newest is not None and api.updated_date > newest.created_date,
        "resources": api.resources.count(),
        "methods": Method.objects.filter(resource__rest_api=api).count(),
    }
    return render(request, "stages/overview.html", context)


@page
def stages(request: HttpRequest, rest_api_id: str) -> HttpResponse:
    actor = actor_of(request)
    api = get_rest_api(actor, rest_api_id=rest_api_id)
    found: list[Stage] = services.get_stages(actor, rest_api_id=rest_api_id)
    cards = [(stage, addresses(rest_api_id, stage.stage_name)) for stage in found]
    return render(request, "stages/stage_list.html", {"api": api, "cards": cards})
