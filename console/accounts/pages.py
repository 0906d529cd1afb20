"""Sign-in, one's own account, and the record of who did what."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from console.accounts import services
from console.accounts.forms import PasswordForm, SignInForm, TokenForm
from console.accounts.models import User
from console.core.faults import Fault
from console.core.htmx import UNPROCESSABLE, go, page, render
from console.core.requests import request_id, source_ip


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return HttpResponseRedirect(_next(request))
    form = SignInForm.of(request)
    if form.is_valid():
        try:
            user = services.sign_in(**form.values(), source_ip=source_ip(request), request_id=request_id(request))
        except Fault as fault:
            form.refuse(fault)
        else:
            login(request, user)
            return HttpResponseRedirect(_next(request))
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "accounts/sign_in.html", {"form": form, "next": _next(request)}, status=status)


def _next(request: HttpRequest) -> str:
    wished = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(wished, {request.get_host()}, require_https=request.is_secure())
    return wished if inside else reverse("home")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect(reverse("sign-in"))


@page
def account(request: HttpRequest) -> HttpResponse:
    return _account(request)


@page
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST)
    user = form.act(services.change_password, services.actor_of(request))
    if user is None:
        return _account(request, form=form, status=UNPROCESSABLE)
    update_session_auth_hash(request, user)  # other browsers are signed out, this one stays
    return go(request, reverse("account"), "The password is changed. Other browsers are signed out.")


@page
@require_POST
def create_access_key(request: HttpRequest) -> HttpResponse:
    actor = services.actor_of(request)
    made = services.create_access_key(actor, username=actor.name)
    return _account(request, made=made)


@page
@require_POST
def switch_access_key(request: HttpRequest, access_key_id: str) -> HttpResponse:
    active = request.POST.get("active") == "true"
    key = services.set_access_key_active(services.actor_of(request), access_key_id=access_key_id, active=active)
    return _back(request, key.user, f"{access_key_id} is {'active' if active else 'switched off'}.")


@page
def delete_access_key(request: HttpRequest, access_key_id: str) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/access_key_delete.html", {"access_key_id": access_key_id}, piece="dialog")
    user = services.delete_access_key(services.actor_of(request), access_key_id=access_key_id)
    return _back(request, user, f"{access_key_id} is deleted.")


@page
@require_POST
def create_token(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST)
    actor = services.actor_of(request)
    made = form.act(services.create_token, actor, username=actor.name)
    if made is None:
        return _account(request, token_form=form, status=UNPROCESSABLE)
    return _account(request, made_token=made)


@page
def revoke_token(request: HttpRequest, token_id: str) -> HttpResponse:
    actor = services.actor_of(request)
    if request.method != "POST":
        shown = {"token": services.get_token(actor, token_id=token_id)}
        return render(request, "accounts/token_revoke.html", shown, piece="dialog")
    token = services.revoke_token(actor, token_id=token_id)
    return _back(request, token.user, f"{token.name} is revoked.")


def _back(request: HttpRequest, user: User, text: str) -> HttpResponse:
    """To one's own account, or for an admin who did it for another to that user's page."""
    mine = user.username == services.actor_of(request).name
    return go(request, reverse("account") if mine else reverse("user", args=[user.username]), text)


def _account(request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    actor = services.actor_of(request)
    context = {
        "form": PasswordForm(),
        "keys": services.list_access_keys(actor, username=actor.name),
        "token_form": TokenForm(),
        "tokens": services.list_tokens(actor, username=actor.name),
        "endpoint": request.build_absolute_uri("/api"),
        "region": settings.REGION,
        **shown,
    }
    return render(request, "accounts/account.html", context, status=status)


@page
def audit(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = services.list_audit_entries(services.actor_of(request), words=words, position=request.GET.get("position"))
    names = services.token_names(entry.access_key_id for entry in found.items)
    context = {"page": found, "words": words, "check": services.last_check(), "tokens": names}
    return render(request, "accounts/audit.html", context, piece="entries")
