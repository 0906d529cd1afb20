"""The list of APIs; an API made, changed, deleted."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.accounts.services import actor_of
from console.apis import services
from console.apis.forms import RestApiForm, RestApiSettingsForm
from console.apis.models import Method, RestApi
from console.apis.pages import calls
from console.core.htmx import UNPROCESSABLE, as_code, go, page, render
from console.core.permission import seen

PAGE = 50


@page
def apis(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    rows = RestApi.objects.filter(seen(actor_of(request))).order_by("name", "pk").prefetch_related("stages")
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(pk__icontains=word) | Q(description__icontains=word))
    found = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"found": found, "facts": _facts([api.pk for api in found]), "words": words}
    return render(request, "apis/rest_api_list.html", context, piece="rows")


def _facts(ids: list[str]) -> dict[str, dict[str, Any]]:
    """methods and last deployment of each, in two queries."""
    methods = Method.objects.filter(resource__rest_api__in=ids).values_list("resource__rest_api").annotate(Count("pk"))
    # Deployments lie above this room: their time is read through the relation, as data.
    deployed = RestApi.objects.filter(pk__in=ids).values_list("pk").annotate(Max("deployments__created_date"))
    counted, when = dict(methods), dict(deployed)
    return {pk: {"methods": counted.get(pk, 0), "deployed": when.get(pk)} for pk in ids}


@page
def create(request: HttpRequest) -> HttpResponse:
    form = RestApiForm.of(request)
    api = form.act(services.create_rest_api, actor_of(request)) if form.is_bound else None
    if api is not None:
        return go(request, reverse("resources", args=[api.pk]), f"{api.name} is there. Now add its first method.")
    name = form["name"].value() or "Pets"
    call = calls.create_rest_api(name, form["description"].value() or "")
    context = {"form": form, "recipes": as_code(request, call)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "apis/rest_api_create.html", context, piece="dialog", status=status)


@page
def settings(request: HttpRequest, rest_api_id: str) -> HttpResponse:
    actor = actor_of(request)
    api = services.get_rest_api(actor, rest_api_id=rest_api_id)
    form = RestApiSettingsForm.of(request, initial=RestApiSettingsForm.state(api))
    if form.is_valid():
        form.act(services.update_rest_api, actor, rest_api_id=api.pk, patch_operations=form.operations(api))
        if not form.errors:
            return go(
                request,
                reverse("api-settings", args=[api.pk]),
                "The settings are saved. They are served with the next deployment.",
            )
    context = {"api": api, "form": form, "recipes": as_code(request, calls.update_rest_api(api))}
    return render(request, "apis/rest_api_settings.html", context, status=UNPROCESSABLE if form.errors else 200)


@page
def delete(request: HttpRequest, rest_api_id: str) -> HttpResponse:
    actor = actor_of(request)
    api = services.get_rest_api(actor, rest_api_id=rest_api_id)
    if request.method == "POST":
        services.delete_rest_api(actor, rest_api_id=rest_api_id)
        return go(
            request, reverse("apis"), f"{api.name} is deleted, with its stages. Its deployments stay in the record."
        )
    context = {
        "api": api,
        "stages": list(api.stages.order_by("stage_name").values_list("stage_name", flat=True)),
        "resources": api.resources.count(),
        "recipes": as_code(request, calls.delete_rest_api(api)),
    }
    return render(request, "apis/rest_api_delete.html", context, piece="dialog")
