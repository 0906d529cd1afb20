"""What a stage is set to, beside its methods and its canary: served at once, without a deployment."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from console.accounts.services import actor_of
from console.core.htmx import UNPROCESSABLE, as_code, go, page, render, toast, wants_piece
from console.stages import services
from console.stages.forms import ACCESS_LOG_FORMATS, StageForm
from console.stages.models import Stage
from console.stages.pages import calls


@page
def settings(request: HttpRequest, rest_api_id: str, stage_name: str) -> HttpResponse:
    actor = actor_of(request)
    found = services.get_stage(actor, rest_api_id=rest_api_id, stage_name=stage_name)
    form = StageForm.of(request, initial=StageForm.state(found))
    operations = form.operations(found) if form.is_valid() else []
    if form.is_valid() and not operations:
        return toast(show(request, found), "Nothing was changed.", "warning")
    changed = form.act(
        services.update_stage,
        actor,
        rest_api_id=rest_api_id,
        stage_name=stage_name,
        patch_operations=operations,
    )
    if changed is None:
        return show(request, found, form=form, status=UNPROCESSABLE if form.errors else 200)
    text = f"{stage_name} is changed, from now on."
    if wants_piece(request):
        return toast(show(request, changed, watch=True), text)
    return go(request, f"{reverse('stage-settings', args=[rest_api_id, stage_name])}?watch=1", text)


def show(
    request: HttpRequest, found: Stage, *, watch: bool = False, form: StageForm | None = None, status: int = 200
) -> HttpResponse:
    """`watch`: the page shows how nodes take the change that was just made."""
    context = {
        "api": found.rest_api,
        "stage": found,
        "form": form or StageForm(initial=StageForm.state(found)),
        "formats": ACCESS_LOG_FORMATS,
        "watch": watch or request.GET.get("watch"),
        "recipes": as_code(request, calls.update_stage(found)),
    }
    return render(request, "stages/settings.html", context, piece="settings", status=status)
