"""Sign-in, one's own account, and the record of who did what."""

from django.conf import settings
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from console.accounts import services
from console.accounts.forms import PasswordForm, SignInForm
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
    return _account(request, PasswordForm())


@page
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST)
    actor = services.actor_of(request)
    if (
        form.is_valid()
        and authenticate(username=actor.name, password=form.cleaned_data.pop("current_password")) is None
    ):
        form.add_error("current_password", "This is not your password now.")
    user = form.act(services.set_password, actor, username=actor.name)
    if user is None:
        return _account(request, form, status=UNPROCESSABLE)
    update_session_auth_hash(request, user)  # other browsers are signed out, this one stays
    return go(request, reverse("account"), "The password is changed. Other browsers are signed out.")


@page
@require_POST
def create_access_key(request: HttpRequest) -> HttpResponse:
    actor = services.actor_of(request)
    made = services.create_access_key(actor, username=actor.name)
    return _account(request, PasswordForm(), made=made)


@page
@require_POST
def switch_access_key(request: HttpRequest, access_key_id: str) -> HttpResponse:
    active = request.POST.get("active") == "true"
    services.set_access_key_active(services.actor_of(request), access_key_id=access_key_id, active=active)
    return go(request, reverse("account"), f"{access_key_id} is {'active' if active else 'switched off'}.")


@page
def delete_access_key(request: HttpRequest, access_key_id: str) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/access_key_delete.html", {"access_key_id": access_key_id}, piece="dialog")
    services.delete_access_key(services.actor_of(request), access_key_id=access_key_id)
    return go(request, reverse("account"), f"{access_key_id} is deleted.")


def _account(
    request: HttpRequest, form: PasswordForm, *, made: services.NewAccessKey | None = None, status: int = 200
) -> HttpResponse:
    actor = services.actor_of(request)
    keys = services.list_access_keys(actor, username=actor.name)
    context = {"form": form, "keys": keys, "made": made, "endpoint": request.build_absolute_uri("/api")}
    context["region"] = settings.REGION
    return render(request, "accounts/account.html", context, status=status)


@page
def audit(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = services.list_audit_entries(services.actor_of(request), words=words, position=request.GET.get("position"))
    context = {"page": found, "words": words, "check": services.last_check()}
    return render(request, "accounts/audit.html", context, piece="entries")
