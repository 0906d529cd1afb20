"""A method as AWS's execution diagram; each box opens its editor."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from console.accounts.services import actor_of
from console.apis import services
from console.apis.forms import EndpointForm, IntegrationRequestForm, MethodForm, MethodRequestForm
from console.apis.models import Integration, Method, Resource
from console.apis.pages import calls, flow
from console.apis.pages.resources import TEMPLATE, tree
from console.core.actor import Actor
from console.core.calls import Call
from console.core.faults import Fault
from console.core.forms import PatchForm
from console.core.htmx import UNPROCESSABLE, as_code, go, page, render, toast

_VARIABLE = re.compile(r"\{([^{}+]+)\+?\}")
MOCK_TEMPLATE = {"application/json": '{"statusCode": 200}'}
SAVED = "Saved in the drawing. Deploy to serve it."


@dataclass(frozen=True, slots=True)
class Editor:
    form: type[PatchForm]
    of_integration: bool = True


EDITORS = {
    "method-request": Editor(MethodRequestForm, of_integration=False),
    "integration-request": Editor(IntegrationRequestForm),
    "integration": Editor(EndpointForm),
}


@page
def method(request: HttpRequest, rest_api_id: str, resource_id: str, http_method: str) -> HttpResponse:
    return show(request, _address(rest_api_id, resource_id, http_method))


def _address(rest_api_id: str, resource_id: str, http_method: str) -> dict[str, Any]:
    return {"rest_api_id": rest_api_id, "resource_id": resource_id, "http_method": http_method}


def show(
    request: HttpRequest, address: dict[str, Any], context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The method page; `context` has the box that is open and its form."""
    row = services.get_method(actor_of(request), **address)
    drawn = tree(actor_of(request), address["rest_api_id"])
    found = {**drawn, "resource": row.resource, "method": row, "flow": flow.boxes(row), **(context or {})}
    found.setdefault("recipes", as_code(request, *calls.method(row, drawn["api"])))
    return render(request, TEMPLATE, found, piece="drawn", status=status)


@page
def box(request: HttpRequest, rest_api_id: str, resource_id: str, http_method: str, name: str) -> HttpResponse:
    address, actor = _address(rest_api_id, resource_id, http_method), actor_of(request)
    editor = EDITORS.get(name)
    if editor is None:
        raise Http404
    row = services.get_method(actor, **address)
    target = row.method_integration if editor.of_integration else row
    initial = editor.form.state(target) if target is not None else {"integration_http_method": "GET"}
    form = _offered(editor.form.of(request, initial=initial), row)
    if form.is_valid():
        _save(actor, address, form, target)
        if not form.errors:
            shown = {"box": name, "form": _offered(editor.form(initial=_stored(actor, address, editor)), row)}
            return toast(show(request, address, shown), SAVED)
    return show(request, address, {"box": name, "form": form}, UNPROCESSABLE if form.errors else 200)


def _offered(form: PatchForm, row: Method) -> PatchForm:
    if isinstance(form, MethodRequestForm):
        form.offer_authorizers(row.resource.rest_api.authorizers.order_by("name"))
    return form


def _stored(actor: Actor, address: dict[str, Any], editor: Editor) -> dict[str, Any]:
    row = services.get_method(actor, **address)
    return editor.form.state(row.integration if editor.of_integration else row)


def _save(actor: Actor, address: dict[str, Any], form: PatchForm, target: Method | Integration | None) -> None:
    """An integration that is there is patched, so that what this form does not show stays as it is."""
    if isinstance(target, Method):
        form.act(services.update_method, actor, **address, patch_operations=form.operations(target))
    elif target is not None:
        form.act(services.update_integration, actor, **address, patch_operations=form.operations(target))
    elif isinstance(form, EndpointForm):
        form.act(services.put_integration, actor, **address, **endpoint(form))
    else:
        form.add_error(None, "Say first where requests go: open the box “Integration”.")


def endpoint(form: EndpointForm) -> dict[str, Any]:
    """put_integration's arguments."""
    data = form.cleaned_data
    kind = data["type"]
    found = {"type": kind, "timeout_in_millis": data["timeout_in_millis"]}
    if kind == "MOCK":
        return {**found, "request_templates": MOCK_TEMPLATE}
    skip = {"insecureSkipVerification": True} if data["insecure_skip_verification"] else None
    told = {name: data[name] for name in ("integration_http_method", "uri", "credentials")}
    return {**found, **told, "tls_config": skip}


@page
def create(request: HttpRequest, rest_api_id: str, resource_id: str) -> HttpResponse:
    actor = actor_of(request)
    api = services.get_rest_api(actor, rest_api_id=rest_api_id)
    row = services.get_resource(actor, rest_api_id=rest_api_id, resource_id=resource_id)
    taken = set(row.methods.values_list("http_method", flat=True))
    form = MethodForm.of(request, taken=taken, initial={"integration_http_method": "GET", "timeout_in_millis": 29000})
    if form.is_valid():
        verb = form.cleaned_data["http_method"]
        try:
            draw_method(actor, _address(api.pk, row.pk, verb), row, form)
        except Fault as fault:
            form.refuse(fault)
        else:
            return go(
                request,
                reverse("method", args=[api.pk, row.pk, verb]),
                f"{verb} {row.path} is drawn. Deploy to serve it.",
            )
    context = {"api": api, "resource": row, "form": form, "variables": _VARIABLE.findall(row.path)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "apis/method_create.html", context, piece="dialog", status=status)


@transaction.atomic
def draw_method(actor: Actor, address: dict[str, Any], resource: Resource, form: MethodForm) -> None:
    """As AWS's console does: path parameters that the URI names are passed on, and what is no proxy answers 200."""
    named = [name for name in _VARIABLE.findall(resource.path) if f"{{{name}}}" in form.cleaned_data["uri"]]
    services.put_method(
        actor,
        **address,
        authorization_type="NONE",
        api_key_required=form.cleaned_data["api_key_required"],
        request_parameters={f"method.request.path.{name}": True for name in named},
    )
    mapped = {f"integration.request.path.{name}": f"method.request.path.{name}" for name in named}
    services.put_integration(actor, **address, **endpoint(form), request_parameters=mapped)
    if form.cleaned_data["type"] not in flow.PROXIES:
        services.put_method_response(actor, **address, status_code="200")
        services.put_integration_response(actor, **address, status_code="200")


@page
def delete(request: HttpRequest, rest_api_id: str, resource_id: str, http_method: str) -> HttpResponse:
    address, actor = _address(rest_api_id, resource_id, http_method), actor_of(request)
    row = services.get_method(actor, **address)
    api = services.get_rest_api(actor, rest_api_id=rest_api_id)
    if request.method == "POST":
        services.delete_method(actor, **address)
        return go(
            request,
            reverse("resource", args=[rest_api_id, resource_id]),
            f"{http_method} {row.resource.path} is deleted from the drawing. It is served until the next deployment.",
        )
    call = Call("DeleteMethod", calls.address(row, api))
    context = {"api": api, "resource": row.resource, "method": row, "recipes": as_code(request, call)}
    return render(request, "apis/method_delete.html", context, piece="dialog")
