"""The two boxes of the way back: a list of statuses, each opened, added and deleted by itself."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from console.accounts.services import actor_of
from console.apis import services
from console.apis.forms import IntegrationResponseForm, MethodResponseForm
from console.apis.models import IntegrationResponse, Method, MethodResponse
from console.apis.pages.methods import SAVED, show
from console.core.actor import Actor
from console.core.faults import Fault
from console.core.forms import Form, patch_operations
from console.core.htmx import UNPROCESSABLE, page, toast

Response = MethodResponse | IntegrationResponse
NEW = "new"


@dataclass(frozen=True, slots=True)
class Kind:
    form: type[Form]
    put: Any
    update: Any
    delete: Any
    # field: patch path
    patches: dict[str, str]

    def rows(self, method: Method) -> list[Response]:
        if self.form is MethodResponseForm:
            return list(method.responses.all())
        integration = method.method_integration
        return list(integration.responses.all()) if integration else []


KINDS = {
    "integration-response": Kind(
        IntegrationResponseForm,
        services.put_integration_response,
        services.update_integration_response,
        services.delete_integration_response,
        {
            "selection_pattern": "selectionPattern",
            "content_handling": "contentHandling",
            "response_parameters": "responseParameters",
            "response_templates": "responseTemplates",
        },
    ),
    "method-response": Kind(
        MethodResponseForm,
        services.put_method_response,
        services.update_method_response,
        services.delete_method_response,
        {"response_parameters": "responseParameters", "response_models": "responseModels"},
    ),
}


def _state(kind: Kind, row: Response) -> dict[str, Any]:
    return {name: getattr(row, name) for name in kind.patches}


@page
def responses(
    request: HttpRequest, rest_api_id: str, resource_id: str, http_method: str, name: str, status_code: str = ""
) -> HttpResponse:
    """The list; with `status_code` one of them in its editor, or a new one."""
    address = {"rest_api_id": rest_api_id, "resource_id": resource_id, "http_method": http_method}
    kind, actor = KINDS[name], actor_of(request)
    rows = kind.rows(services.get_method(actor, **address))
    row = next((row for row in rows if row.status_code == status_code), None)
    if not status_code or (row is None and status_code != NEW):
        return show(request, address, _shown(name, kind, rows))
    form = kind.form.of(request, initial={"status_code": row.status_code, **_state(kind, row)} if row else {})
    if form.is_valid():
        _save(actor, kind, address, form, row)
        if not form.errors:
            rows = kind.rows(services.get_method(actor, **address))
            return toast(show(request, address, _shown(name, kind, rows)), SAVED)
    context = {**_shown(name, kind, rows), "form": form, "status_code": status_code}
    return show(request, address, context, UNPROCESSABLE if form.errors else 200)


def _shown(name: str, kind: Kind, rows: list[Response]) -> dict[str, Any]:
    return {"box": name, "responses": rows, "form": None}


def _save(actor: Actor, kind: Kind, address: dict[str, Any], form: Form, row: Response | None) -> None:
    if row is None:
        form.act(kind.put, actor, **address)
        return
    if form.cleaned_data["status_code"] != row.status_code:
        form.add_error("status_code", "A status names its response: add another one, then delete this.")
        return
    data = form.values()
    paths = kind.patches.items()
    before, after = _state(kind, row), {path: data[field] for field, path in paths}
    operations = patch_operations({path: before[field] for field, path in paths}, after)
    try:
        kind.update(actor, **address, status_code=row.status_code, patch_operations=operations)
    except Fault as fault:
        form.refuse(fault)


@page
@require_POST
def delete(
    request: HttpRequest, rest_api_id: str, resource_id: str, http_method: str, name: str, status_code: str
) -> HttpResponse:
    address = {"rest_api_id": rest_api_id, "resource_id": resource_id, "http_method": http_method}
    kind, actor = KINDS[name], actor_of(request)
    kind.delete(actor, **address, status_code=status_code)
    rows = kind.rows(services.get_method(actor, **address))
    return toast(show(request, address, _shown(name, kind, rows)), f"{status_code} is deleted from the drawing.")
