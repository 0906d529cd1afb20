"""The tree of resources, and one of them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.accounts.services import actor_of
from console.apis import services
from console.apis.forms import CorsForm, ResourceForm
from console.apis.models import Method, Resource, RestApi
from console.apis.pages import calls
from console.core.actor import Actor
from console.core.htmx import UNPROCESSABLE, as_code, go, page, render

TEMPLATE = "apis/resources.html"


def tree(actor: Actor, rest_api_id: str) -> dict[str, Any]:
    """The API and its resources by path, each with its methods' verbs, types and badges: three queries."""
    api = services.get_rest_api(actor, rest_api_id=rest_api_id)
    methods: dict[str, list[Method]] = {}
    for method in Method.objects.filter(resource__rest_api=api).select_related("integration").order_by("http_method"):
        methods.setdefault(method.resource_id, []).append(method)
    rows = [_row(resource, methods.get(resource.pk, [])) for resource in api.resources.order_by("path")]
    return {"api": api, "tree": rows, "methods_in_all": sum(len(row["methods"]) for row in rows)}


def _row(resource: Resource, methods: list[Method]) -> dict[str, Any]:
    before, _, part = resource.path.rpartition("/")
    return {
        "resource": resource,
        "before": f"{before}/" if resource.parent_id else "",
        "part": part or "/",
        "methods": methods,
        "find": " ".join([resource.path, *(method.http_method for method in methods)]).lower(),
    }


@page
def resources(request: HttpRequest, rest_api_id: str) -> HttpResponse:
    """Every method of the API; the root's page when there is none yet."""
    actor = actor_of(request)
    context = tree(actor, rest_api_id)
    if not context["methods_in_all"]:
        return show(request, rest_api_id, str(context["api"].root_resource_id))
    return render(request, TEMPLATE, context, piece="drawn")


@page
def resource(request: HttpRequest, rest_api_id: str, resource_id: str) -> HttpResponse:
    return show(request, rest_api_id, resource_id)


def show(request: HttpRequest, rest_api_id: str, resource_id: str) -> HttpResponse:
    actor = actor_of(request)
    context = tree(actor, rest_api_id)
    row = next((row for row in context["tree"] if row["resource"].pk == resource_id), None)
    if row is None:
        services.get_resource(actor, rest_api_id=rest_api_id, resource_id=resource_id)  # raises what AWS says
    else:
        context |= {"resource": row["resource"], "row": row}
        context["recipes"] = as_code(request, calls.create_resource(row["resource"], context["api"]))
    return render(request, TEMPLATE, context, piece="drawn")


@page
def create(request: HttpRequest, rest_api_id: str, resource_id: str) -> HttpResponse:
    actor = actor_of(request)
    api, parent = _found(actor, rest_api_id, resource_id)
    form = ResourceForm.of(request)
    made = form.act(services.create_resource, actor, rest_api_id=api.pk, parent_id=parent.pk) if form.is_bound else None
    if made is not None:
        return go(request, reverse("resource", args=[api.pk, made.pk]), f"{made.path} is drawn. Now add a method.")
    call = calls.create_resource(parent, api, form["path_part"].value() or "pets")
    context = {"api": api, "resource": parent, "form": form, "recipes": as_code(request, call)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "apis/resource_create.html", context, piece="dialog", status=status)


@page
def cors(request: HttpRequest, rest_api_id: str, resource_id: str) -> HttpResponse:
    actor = actor_of(request)
    api, row = _found(actor, rest_api_id, resource_id)
    methods = services.answered_methods(row)
    initial = {
        "allow_origin": "*",
        "allow_methods": ",".join(methods),
        "allow_headers": services.ALLOW_HEADERS,
    }
    form = CorsForm.of(request, initial=initial)
    made = form.act(services.enable_cors, actor, rest_api_id=api.pk, resource_id=row.pk) if form.is_bound else None
    if made is not None:
        return go(request, reverse("resource", args=[api.pk, row.pk]), f"{row.path} answers preflights once deployed.")
    context = {
        "api": api,
        "resource": row,
        "form": form,
        "redrawn": row.methods.filter(http_method=services.PREFLIGHT).exists(),
        "proxied": services.answering_themselves(row),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "apis/resource_cors.html", context, piece="dialog", status=status)


@page
def rename(request: HttpRequest, rest_api_id: str, resource_id: str) -> HttpResponse:
    actor = actor_of(request)
    api, row = _found(actor, rest_api_id, resource_id)
    form = ResourceForm.of(request, initial={"path_part": row.path_part})
    if form.is_valid():
        operations = [{"op": "replace", "path": "/pathPart", "value": form.cleaned_data.pop("path_part")}]
        moved = form.act(
            services.update_resource, actor, rest_api_id=api.pk, resource_id=row.pk, patch_operations=operations
        )
        if moved is not None:
            return go(
                request, reverse("resource", args=[api.pk, row.pk]), f"It is {moved.path} now, and so is all below it."
            )
    context = {"api": api, "resource": row, "form": form}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "apis/resource_rename.html", context, piece="dialog", status=status)


@page
def delete(request: HttpRequest, rest_api_id: str, resource_id: str) -> HttpResponse:
    actor = actor_of(request)
    api, row = _found(actor, rest_api_id, resource_id)
    if request.method == "POST":
        services.delete_resource(actor, rest_api_id=api.pk, resource_id=row.pk)
        return go(
            request, reverse("resource", args=[api.pk, row.parent_id]), f"{row.path} is deleted from the drawing."
        )
    below = api.resources.filter(path__startswith=f"{row.path}/")
    context = {
        "api": api,
        "resource": row,
        "below": list(below.order_by("path").values_list("path", flat=True)),
        "methods": Method.objects.filter(resource__in=[row.pk, *below.values_list("pk", flat=True)]).count(),
    }
    return render(request, "apis/resource_delete.html", context, piece="dialog")


def _found(actor: Actor, rest_api_id: str, resource_id: str) -> tuple[RestApi, Resource]:
    api = services.get_rest_api(actor, rest_api_id=rest_api_id)
    return api, services.get_resource(actor, rest_api_id=rest_api_id, resource_id=resource_id)
