"""Keys brought in from a file, with what was said of each line."""

from django.http import HttpRequest, HttpResponse

from console.access import services
from console.access.forms import ImportKeysForm
from console.access.models import ApiKey
from console.access.pages import calls
from console.accounts.services import actor_of
from console.core.actor import Role
from console.core.htmx import UNPROCESSABLE, as_code, page, render
from console.core.permission import require

SHOWN = 50


@page
def import_keys(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(actor, Role.DEPLOYER, "ImportApiKeys")
    form = ImportKeysForm.of(request)
    done = form.act(services.import_api_keys, actor) if form.is_bound else None
    context = {
        "form": form,
        "done": done,
        "keys": ApiKey.objects.filter(pk__in=done.ids[:SHOWN]).order_by("name", "pk") if done else [],
        "more": max(len(done.ids) - SHOWN, 0) if done else 0,
        "recipes": as_code(request, calls.import_api_keys()),
    }
    return render(request, "access/api_key_import.html", context, status=UNPROCESSABLE if form.errors else 200)
