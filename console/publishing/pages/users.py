"""Users, for admins: who they are, what they may do in all, and what on single APIs. Here, since it names the APIs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.accounts import services
from console.accounts.forms import GrantForm, NewPasswordForm, RoleForm, UserForm
from console.accounts.models import User
from console.accounts.services import actor_of
from console.apis.models import RestApi
from console.core.actor import Role
from console.core.forms import Form
from console.core.htmx import UNPROCESSABLE, go, page, render
from console.core.permission import require


@page
def users(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    found = services.list_users(actor_of(request), words=words, position=request.GET.get("position"))
    context = {"page": found, "words": words}
    return render(request, "accounts/user_list.html", context, piece="rows")


@page
def create(request: HttpRequest) -> HttpResponse:
    require(actor_of(request), Role.ADMIN, "CreateUser")  # who may not is told so before they type
    form = UserForm.of(request, initial={"role": int(Role.VIEWER)})
    made = form.act(services.create_user, actor_of(request)) if form.is_bound else None
    if made is not None:
        return go(request, _url(made.username), f"{made.username} is there, and may sign in.")
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "accounts/user_create.html", {"form": form}, piece="dialog", status=status)


@page
def user(request: HttpRequest, username: str) -> HttpResponse:
    return _user(request, services.get_user(actor_of(request), username=username))


@page
@require_POST
def set_role(request: HttpRequest, username: str) -> HttpResponse:
    form = RoleForm(request.POST)
    changed = form.act(services.set_role, actor_of(request), username=username)
    return _answer(request, username, changed, "role_form", form, f"{username} is {_words(changed)} now.")


@page
@require_POST
def set_active(request: HttpRequest, username: str) -> HttpResponse:
    active = request.POST.get("active") == "true"
    services.set_user_active(actor_of(request), username=username, active=active)
    return go(request, _url(username), f"{username} is switched {'on' if active else 'off'}.")


@page
@require_POST
def set_password(request: HttpRequest, username: str) -> HttpResponse:
    form = NewPasswordForm(request.POST)
    changed = form.act(services.set_password, actor_of(request), username=username)
    return _answer(request, username, changed, "password_form", form, f"{username} has another password.")


@page
@require_POST
def grant(request: HttpRequest, username: str) -> HttpResponse:
    form = GrantForm(request.POST, apis=_apis())
    changed = form.act(services.grant_role, actor_of(request), username=username)
    return _answer(request, username, changed, "grant_form", form, f"{username} has a role of their own there.")


@page
@require_POST
def revoke(request: HttpRequest, username: str, rest_api_id: str) -> HttpResponse:
    changed = services.revoke_role(actor_of(request), username=username, rest_api_id=rest_api_id)
    return go(request, _url(username), f"{username} is {_words(changed)} there, as elsewhere.")


def _words(user: User | None) -> str:
    return Role(user.role).words if user is not None else ""


def _url(username: str) -> str:
    return reverse("user", args=[username])


def _answer(
    request: HttpRequest, username: str, changed: User | None, name: str, form: Form, done: str
) -> HttpResponse:
    """On to the page, or with the form that was refused, shown as `name`."""
    if changed is not None:
        return go(request, _url(username), done)
    found = services.get_user(actor_of(request), username=username)
    return _user(request, found, status=UNPROCESSABLE, **{name: form})


def _user(request: HttpRequest, found: User, *, status: int = 200, **forms: Form) -> HttpResponse:
    apis = _apis()
    context: dict[str, Any] = {
        "found": found,
        "is_admin": found.role == Role.ADMIN,
        "role_form": RoleForm(initial={"role": found.role}),
        "grant_form": GrantForm(apis=apis, initial={"role": int(Role.DEVELOPER)}),
        "password_form": NewPasswordForm(),
        "grants": _grants(found, dict(apis)),
        "keys": services.list_access_keys(actor_of(request), username=found.username),
        "tokens": services.list_tokens(actor_of(request), username=found.username),
        **forms,
    }
    return render(request, "accounts/user_detail.html", context, status=status)


def _apis() -> list[tuple[str, str]]:
    rows = RestApi.objects.order_by("name", "pk").values_list("pk", "name")
    return [(rest_api_id, f"{name} ({rest_api_id})") for rest_api_id, name in rows]


def _grants(found: User, names: dict[str, str]) -> list[tuple[str, str, Role]]:
    """id, name, role; a name is empty where the API is deleted."""
    rows = [(rest_api_id, names.get(rest_api_id, ""), role) for rest_api_id, role in found.granted.items()]
    return sorted(rows, key=lambda row: (row[1] or "~", row[0]))
