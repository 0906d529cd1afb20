"""How a page answers: whole, or the one piece that htmx asked for; and how it says a refusal."""

import functools
import json
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render as render_template
from django_htmx.http import HttpResponseClientRedirect, reswap
from django_htmx.middleware import HtmxDetails

from console.core.calls import Call, Recipe, recipes
from console.core.faults import AccessDenied, Fault

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

UNPROCESSABLE = 422


def page(view: View[P]) -> View[P]:
    """A page for those who signed in; others sign in first and come back to it.

    A refusal that the view itself did not show becomes a page that says it, or a toast when htmx asked for a piece.
    """

    @functools.wraps(view)
    def run(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        try:
            return view(request, *args, **kwargs)
        except Fault as fault:
            return refuse(request, fault)

    return cast(View[P], run)


def wants_piece(request: HttpRequest) -> bool:
    """htmx asks for a piece, except when it restores a page of the browser's history."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request


def render(
    request: HttpRequest, template: str, context: dict[str, Any], *, piece: str = "", status: int = 200
) -> HttpResponse:
    """The page, or for htmx the partial named `piece` of the same template."""
    if piece and wants_piece(request):
        template = f"{template}#{piece}"
    response = render_template(request, template, context, status=status)
    response["Vary"] = "HX-Request"
    response["Cache-Control"] = "no-store"
    return response


def go(request: HttpRequest, url: str, text: str = "") -> HttpResponse:
    """Go on to another page, which shows `text` once."""
    if text:
        messages.success(request, text)
    return HttpResponseClientRedirect(url) if wants_piece(request) else HttpResponseRedirect(url)


def toast(response: HttpResponse, text: str, level: str = "success") -> HttpResponse:
    events = json.loads(response.get("HX-Trigger", "{}"))
    response["HX-Trigger"] = json.dumps(events | {"toast": {"text": text, "level": level}})
    return response


def refuse(request: HttpRequest, fault: Fault) -> HttpResponse:
    if wants_piece(request):
        return toast(reswap(HttpResponse(status=UNPROCESSABLE), "none"), fault.message, "danger")
    return render(request, "refusal.html", {"fault": fault}, status=fault.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A page that is older than its session, or a form of another site; nothing was done."""
    text = "This page is older than your session, so nothing was done. Reload it, then try again"
    return refuse(request, AccessDenied(text)) if request.user.is_authenticated else sign_in_first(request)


def sign_in_first(request: HttpRequest) -> HttpResponse:
    # A piece has no address of its own: come back to the page that shows it.
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    target = (htmx.current_url_abs_path if htmx else request.get_full_path()) or "/"
    return go(request, f"{settings.LOGIN_URL}?{urlencode({'next': target})}")


def as_code(request: HttpRequest, *calls: Call) -> list[Recipe]:
    """What the page does, as other tools would ask for it at this console's address."""
    return recipes(list(calls), request.build_absolute_uri("/api"))
