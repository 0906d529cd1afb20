"""Testing a method as it is drawn: a request is asked for, and what became of it is shown step by step."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django_htmx.http import retarget

from console.accounts.services import actor_of
from console.apis.services import get_method, get_rest_api
from console.core.calls import Call
from console.core.htmx import UNPROCESSABLE, as_code, page, render, wants_piece
from console.publishing import services
from console.publishing.forms import InvokeForm
from console.stages import services as stages
from dataplane import snapshot

TEMPLATE = "publishing/method_test.html"


@page
def test(request: HttpRequest, rest_api_id: str, resource_id: str, http_method: str) -> HttpResponse:
    actor = actor_of(request)
    address = {"rest_api_id": rest_api_id, "resource_id": resource_id}
    row = get_method(actor, **address, http_method=http_method)
    form = InvokeForm.of(
        request,
        http_method=http_method,
        resource_path=row.resource.path,
        initial={"stage_variables": variables_of(request, rest_api_id)},
    )
    result = form.act(services.test_invoke_method, actor, **address) if form.is_bound else None
    context = {
        "api": get_rest_api(actor, rest_api_id=rest_api_id),
        "resource": row.resource,
        "method": row,
        "form": form,
        **({"result": result, "body": _readable(result)} if result is not None else {}),
        **({"recipes": as_code(request, _call(address, form))} if form.is_bound and form.is_valid() else {}),
    }
    if form.errors:
        refused = render(request, TEMPLATE, context, piece="asked", status=UNPROCESSABLE)
        return retarget(refused, "#asked") if wants_piece(request) else refused
    return render(request, TEMPLATE, context, piece="answered")


def variables_of(request: HttpRequest, rest_api_id: str) -> dict[str, str]:
    """Of the first stage that has any: what the drawing would most likely run with."""
    found = stages.get_stages(actor_of(request), rest_api_id=rest_api_id)
    return next((dict(stage.variables) for stage in found if stage.variables), {})


def _readable(result: snapshot.DraftResult) -> str:
    """JSON is set in lines."""
    try:
        return json.dumps(json.loads(result.body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return result.body


def _call(address: dict[str, str], form: InvokeForm) -> Call:
    said = form.values()
    given: dict[str, Any] = {
        "restApiId": address["rest_api_id"],
        "resourceId": address["resource_id"],
        "httpMethod": said["http_method"],
        "pathWithQueryString": said["path_with_query_string"],
        "headers": said["headers"],
        "body": said["body"],
        "stageVariables": said["stage_variables"],
    }
    return Call("TestInvokeMethod", {name: value for name, value in given.items() if value})
