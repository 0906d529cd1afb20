"""The authorizers of an API: who is asked about callers. Testing one is the room of publishing's."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from console.accounts.services import actor_of
from console.apis import services
from console.apis.forms import AUTHORIZER_FORMS
from console.apis.models import Authorizer, Method, RestApi
from console.core.htmx import UNPROCESSABLE, go, page, render

SAVED = "Saved in the drawing. Deploy to serve it."
# AWS's type, what people call it, what it does.
KINDS = (
    ("TOKEN", "Lambda, by token", "A function gets the token of a header and answers with a policy."),
    ("REQUEST", "Lambda, by request", "A function gets the whole request and answers with a policy."),
    ("COGNITO_USER_POOLS", "Cognito user pools", "A token that a user pool has signed lets its user in."),
    ("JWT", "JWT issuers", "A token that an issuer you name has signed lets its user in."),
)


@page
def authorizers(request: HttpRequest, rest_api_id: str) -> HttpResponse:
    api = services.get_rest_api(actor_of(request), rest_api_id=rest_api_id)
    used: dict[str, int] = {}
    for found in Method.objects.filter(resource__rest_api=api).exclude(authorizer_id="").values_list("authorizer_id"):
        used[found[0]] = used.get(found[0], 0) + 1
    rows = [{"authorizer": row, "kind": kind_of(row), "used": used.get(row.pk, 0)} for row in _of(api)]
    return render(request, "apis/authorizers.html", {"api": api, "rows": rows})


def _of(api: RestApi) -> list[Authorizer]:
    return list(api.authorizers.order_by("name"))


def kind_of(row: Authorizer) -> str:
    return next(words for type, words, _ in KINDS if type == row.type)


@page
def create(request: HttpRequest, rest_api_id: str) -> HttpResponse:
    actor = actor_of(request)
    api = services.get_rest_api(actor, rest_api_id=rest_api_id)
    kind = request.GET.get("type", KINDS[0][0])
    if kind not in AUTHORIZER_FORMS:
        raise Http404
    form = AUTHORIZER_FORMS[kind].of(request)
    made = None
    if form.is_valid():
        made = form.act(services.create_authorizer, actor, rest_api_id=api.pk, **form.made())
    if made is not None:
        return go(
            request,
            reverse("authorizer", args=[api.pk, made.pk]),
            f"{made.name} is drawn. Test it, then choose it in the method request of a method.",
        )
    kinds = [{"type": type, "words": words, "does": does, "chosen": type == kind} for type, words, does in KINDS]
    context = {"api": api, "form": form, "kinds": kinds, "kind": kind}
    return render(request, "apis/authorizer_edit.html", context, status=UNPROCESSABLE if form.errors else 200)


@page
def edit(request: HttpRequest, rest_api_id: str, authorizer_id: str) -> HttpResponse:
    actor = actor_of(request)
    row = services.get_authorizer(actor, rest_api_id=rest_api_id, authorizer_id=authorizer_id)
    editor = AUTHORIZER_FORMS[row.type]
    form = editor.of(request, initial=editor.state(row))
    if form.is_valid():
        address = {"rest_api_id": rest_api_id, "authorizer_id": row.pk}
        if form.act(services.update_authorizer, actor, **address, patch_operations=form.operations(row)):
            return go(request, reverse("authorizer", args=[rest_api_id, row.pk]), SAVED)
    context = {"api": row.rest_api, "authorizer": row, "form": form}
    return render(request, "apis/authorizer_edit.html", context, status=UNPROCESSABLE if form.errors else 200)


@page
def delete(request: HttpRequest, rest_api_id: str, authorizer_id: str) -> HttpResponse:
    actor = actor_of(request)
    row = services.get_authorizer(actor, rest_api_id=rest_api_id, authorizer_id=authorizer_id)
    if request.method == "POST":
        services.delete_authorizer(actor, rest_api_id=rest_api_id, authorizer_id=row.pk)
        return go(request, reverse("authorizers", args=[rest_api_id]), f"{row.name} is deleted from the drawing.")
    context = {"api": row.rest_api, "authorizer": row, "methods": methods_of(row)}
    return render(request, "apis/authorizer_delete.html", context, piece="dialog")


def methods_of(row: Authorizer) -> list[Method]:
    """Those that ask it, by path."""
    found = Method.objects.filter(resource__rest_api=row.rest_api_id, authorizer_id=row.pk)
    return list(found.select_related("resource").order_by("resource__path", "http_method"))
