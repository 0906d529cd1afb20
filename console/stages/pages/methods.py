"""The methods that a stage serves: how each is cached, throttled and logged."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.accounts.services import actor_of
from console.core.actor import Actor
from console.core.htmx import UNPROCESSABLE, as_code, go, page, render
from console.stages import services
from console.stages.forms import MethodSettingsForm
from console.stages.models import Stage
from console.stages.pages import calls
from console.stages.services import MethodSettings, method_settings


@page
def methods(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    found = services.get_stage(actor_of(request), rest_api_id=rest_api_id, stage_name=stage_name)
    of_all = services.settings_of_all(found)
    context = {
        "api": found.rest_api,
        "stage": found,
        "of_all": of_all,
        "rows": services.served_methods(found),
        "watch": request.GET.get("watch"),
        "recipes": as_code(request, calls.set_method_settings(found, of_all)),
    }
    return render(request, "stages/methods.html", context)


@page
def method(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    """Of the method that the query names, or of all."""
    actor = actor_of(request)
    found, row = _asked(request, actor, rest_api_id, stage_name)
    form = MethodSettingsForm.of(request, initial=MethodSettingsForm.state(row.values))
    if form.is_valid():
        operations = method_settings.operations(
            found.method_settings, row.resource_path, row.http_method, row.values, form.wanted()
        )
        if not operations:
            return _back(request, found, "Nothing was changed.")
        if form.act(services.update_stage, actor, **_address(found), patch_operations=operations):
            return _back(request, found, f"{_name(row)} of {stage_name}: changed, from now on.", watch=True)
    context = {
        "api": found.rest_api,
        "stage": found,
        "row": row,
        "name": _name(row),
        "form": form,
        "recipes": as_code(request, calls.set_method_settings(found, row)),
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "stages/method_settings.html", context, piece="dialog", status=status)


@page
@require_POST
def reset(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    """The method takes again what is set for all; with all named, what is so without any setting."""
    actor = actor_of(request)
    found, row = _asked(request, actor, rest_api_id, stage_name)
    remove = {"op": "remove", "path": f"/{method_settings.key_of(row.resource_path, row.http_method)}"}
    services.update_stage(actor, **_address(found), patch_operations=[remove])
    return _back(request, found, f"{_name(row)} of {stage_name}: its own settings are removed.", watch=True)


def _asked(request: HttpRequest, actor: Actor, rest_api_id: str, stage_name: str) -> tuple[Stage, MethodSettings]:
    found = services.get_stage(actor, rest_api_id=rest_api_id, stage_name=stage_name)
    return found, services.settings_of(found, request.GET.get("path", "*"), request.GET.get("verb", "*"))


def _address(found: Stage) -> dict[str, str]:
    return {"rest_api_id": found.rest_api_id, "stage_name": found.stage_name}


def _name(row: MethodSettings) -> str:
    return "All methods" if row.resource_path == "*" else f"{row.http_method} {row.resource_path}"


def _back(request: HttpRequest, found: Stage, text: str, *, watch: bool = False) -> HttpResponse:
    url = reverse("stage-methods", args=[found.rest_api_id, found.stage_name])
    return go(request, f"{url}?watch=1" if watch else url, text)
