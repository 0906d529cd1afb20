"""API keys: found, made, shown with their plans, changed, deleted."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.access import services
from console.access.forms import ApiKeyEditForm, ApiKeyForm, RotateForm
from console.access.models import ApiKey
from console.access.pages import calls
from console.access.pages.usage import DAYS, chart_of
from console.accounts.services import actor_of
from console.core.actor import Actor, Role
from console.core.htmx import UNPROCESSABLE, as_code, go, page, render
from console.core.permission import require

PAGE = 50


@page
def api_keys(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = services.search_api_keys(actor_of(request), words=words)
    context = {"found": Paginator(found, PAGE).get_page(request.GET.get("page")), "words": words}
    return render(request, "access/api_key_list.html", context, piece="rows")


@page
def create(request: HttpRequest) -> HttpResponse:
    """Shows the value on the page that comes next."""
    actor = actor_of(request)
    require(actor, Role.DEPLOYER, "CreateApiKey")  # who may not is told so before they type
    form = ApiKeyForm.of(request, initial={"enabled": True})
    made = form.act(services.create_api_key, actor) if form.is_bound else None
    if made is not None:
        return go(request, f"{_url(made)}?show=new", f"{made.name} is there. Now add it to a usage plan.")
    call = calls.create_api_key(form["name"].value() or "Mobile app", form["description"].value() or "")
    context = {"form": form, "recipes": as_code(request, call)}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "access/api_key_create.html", context, piece="dialog", status=status)


@page
def api_key(request: HttpRequest, api_key: str) -> HttpResponse:
    """`show` asks for the value, as GetApiKey's includeValue does."""
    actor, show = actor_of(request), request.GET.get("show", "")
    found = services.get_api_key(actor, api_key=api_key, include_value=bool(show))
    context = {
        "key": found,
        "is_new": show == "new",
        "plans": plans_of(actor, found),
        "chart": chart_of(services.used_by_day(actor, days=DAYS, api_key=found.pk)),
        "recipes": as_code(request, calls.update_api_key(found)),
    }
    return render(request, "access/api_key_detail.html", context, piece="value")


def plans_of(actor: Actor, key: ApiKey) -> list[dict[str, Any]]:
    """Each with how the key stands with it."""
    found = services.get_usage_plans(actor, key_id=key.pk, limit=500).items
    standing = services.standings((plan, key.pk) for plan in found)
    return [{"plan": plan, "standing": standing[plan.pk, key.pk]} for plan in found]


@page
def edit(request: HttpRequest, api_key: str) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Role.DEPLOYER, "UpdateApiKey")
    found = services.get_api_key(actor, api_key=api_key)
    form = ApiKeyEditForm.of(request, initial=ApiKeyEditForm.state(found))
    if form.is_valid():
        changed = form.act(services.update_api_key, actor, api_key=found.pk, patch_operations=form.operations(found))
        if changed is not None:
            return go(request, _url(found), "The key is saved.")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "access/api_key_edit.html", {"key": found, "form": form}, piece="dialog", status=status)


@page
@require_POST
def set_enabled(request: HttpRequest, api_key: str) -> HttpResponse:
    enabled = request.POST.get("enabled") == "true"
    operations = [{"op": "replace", "path": "/enabled", "value": "true" if enabled else "false"}]
    changed = services.update_api_key(actor_of(request), api_key=api_key, patch_operations=operations)
    text = "is enabled, from now on." if enabled else "is disabled: within a second no node takes it any more."
    return go(request, _url(changed), f"{named(changed)} {text}")


@page
def rotate(request: HttpRequest, api_key: str) -> HttpResponse:
    """Asks, and shows the new value on the page that comes next."""
    actor = actor_of(request)
    require(actor, Role.DEPLOYER, "RotateApiKey")
    found = services.get_api_key(actor, api_key=api_key)
    form = RotateForm.of(request, initial={"disable": True})
    made = form.act(services.rotate_api_key, actor, api_key=found.pk) if form.is_bound else None
    if made is not None:
        old = "is disabled" if form.cleaned_data["disable"] else "stays good until you disable it"
        return go(request, f"{_url(made)}?show=new", f"{named(made)} has a new key. The old one, {found.pk}, {old}.")
    context = {"key": found, "plans": plans_of(actor, found), "form": form}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "access/api_key_rotate.html", context, piece="dialog", status=status)


@page
def delete(request: HttpRequest, api_key: str) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Role.DEPLOYER, "DeleteApiKey")
    found = services.get_api_key(actor, api_key=api_key)
    if request.method == "POST":
        services.delete_api_key(actor, api_key=found.pk)
        return go(request, reverse("api-keys"), f"{named(found)} is deleted.")
    context = {
        "key": found,
        "plans": plans_of(actor, found),
        "recipes": as_code(request, calls.delete_api_key(found)),
    }
    return render(request, "access/api_key_delete.html", context, piece="dialog")


def named(key: ApiKey) -> str:
    return key.name or key.pk


def _url(key: ApiKey) -> str:
    return reverse("api-key", args=[key.pk])
