"""One authorizer: what it is, who asks it, and what it says of a caller whom one makes up."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django_htmx.http import retarget

from console.accounts.services import actor_of
from console.apis.models import Authorizer
from console.apis.pages import calls
from console.apis.pages.authorizers import kind_of, methods_of
from console.apis.services import get_authorizer
from console.apis.wire import authorizer as said
from console.core.calls import Call
from console.core.htmx import UNPROCESSABLE, as_code, page, render, wants_piece
from console.publishing import services
from console.publishing.forms import AuthorizerTestForm
from console.publishing.pages.testing import variables_of

TEMPLATE = "publishing/authorizer.html"


@page
def authorizer(request: HttpRequest, rest_api_id: str, authorizer_id: str) -> HttpResponse:
    actor = actor_of(request)
    address = {"rest_api_id": rest_api_id, "authorizer_id": authorizer_id}
    row = get_authorizer(actor, **address)
    initial = {"stage_variables": variables_of(request, rest_api_id)}
    form = AuthorizerTestForm.of(request, sources=_headers(row), whole=row.type == "REQUEST", initial=initial)
    result = form.act(services.test_invoke_authorizer, actor, **address) if form.is_bound else None
    context = {
        "api": row.rest_api,
        "authorizer": row,
        "kind": kind_of(row),
        "methods": methods_of(row),
        "form": form,
        "recipes": as_code(request, *_calls(row, form)),
        **({"result": result, "policy": _readable(result.policy)} if result is not None else {}),
    }
    if form.errors:
        refused = render(request, TEMPLATE, context, piece="asked", status=UNPROCESSABLE)
        return retarget(refused, "#asked") if wants_piece(request) else refused
    return render(request, TEMPLATE, context, piece="answered")


def _headers(row: Authorizer) -> list[str]:
    """Those that it looks at."""
    found = (source.strip().partition("method.request.header.") for source in row.identity_source.split(","))
    return [name for before, prefix, name in found if prefix and not before]


def _readable(policy: str) -> str:
    return json.dumps(json.loads(policy), indent=2, ensure_ascii=False) if policy else ""


def _calls(row: Authorizer, form: AuthorizerTestForm) -> list[Call]:
    made = {name: value for name, value in said(row).items() if name not in ("id", "authType")}
    return [calls.create_authorizer(row.rest_api, made), *([_test(row, form)] if form.is_valid() else [])]


def _test(row: Authorizer, form: AuthorizerTestForm) -> Call:
    """Without what proves who somebody is."""
    values: dict[str, Any] = form.values()
    given = {
        "headers": dict.fromkeys(values["headers"], "…"),
        "pathWithQueryString": values.get("path_with_query_string", ""),
        "stageVariables": values["stage_variables"],
    }
    address = {"restApiId": row.rest_api_id, "authorizerId": row.pk}
    return Call("TestInvokeAuthorizer", address | {name: value for name, value in given.items() if value})
