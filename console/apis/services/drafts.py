"""How the verbs of this room find what is drawn, and how they hold it while they change it.

Whoever changes an API holds its row's lock until the transaction ends, so that two writers cannot break the tree; the
constraints of the tables stand behind that.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from console.accounts.services import record
from console.apis.models import Integration, IntegrationResponse, Method, MethodResponse, Model, Resource, RestApi
from console.core import arns
from console.core.actor import Actor
from console.core.faults import Conflict, NotFound


def find_rest_api(rest_api_id: str) -> RestApi:
    return _found(RestApi.objects.with_root().filter(pk=rest_api_id).first(), rest_api_id)


def hold_rest_api(rest_api_id: str) -> RestApi:
    """The API, locked until the transaction ends, and marked as changed now."""
    api = RestApi.objects.with_root().select_for_update(of=("self",)).filter(pk=rest_api_id).first()
    api = _found(api, rest_api_id)
    api.updated_date = timezone.now()
    api.save(update_fields=["updated_date"])
    return api


def _found(api: RestApi | None, rest_api_id: str) -> RestApi:
    if api is None:
        raise NotFound(f"Invalid API identifier specified {settings.ACCOUNT_ID}:{rest_api_id}", field="restApiId")
    return api


def find_resource(api: RestApi, resource_id: str) -> Resource:
    resource = api.resources.filter(pk=resource_id).first()
    if resource is None:
        raise NotFound("Invalid Resource identifier specified", field="resourceId")
    return resource


def find_method(api: RestApi, resource_id: str, http_method: str) -> Method:
    """With its integration and all responses, in four queries at most."""
    resource = find_resource(api, resource_id)
    method = resource.methods.whole().filter(http_method=http_method).first()
    if method is None:
        raise NotFound("Invalid Method identifier specified", field="httpMethod")
    method.resource = resource
    return method


def find_integration(api: RestApi, resource_id: str, http_method: str) -> Integration:
    method = find_method(api, resource_id, http_method)
    integration = method.method_integration
    if integration is None:
        raise NotFound("Invalid Integration identifier specified", field="httpMethod")
    return integration


def find_method_response(method: Method, status_code: str) -> MethodResponse:
    for response in method.responses.all():
        if response.status_code == status_code:
            return response
    raise _no_such_status()


def find_integration_response(integration: Integration, status_code: str) -> IntegrationResponse:
    for response in integration.responses.all():
        if response.status_code == status_code:
            return response
    raise _no_such_status()


def _no_such_status() -> NotFound:
    return NotFound("Invalid Response status code specified", field="statusCode")


def find_model(api: RestApi, name: str) -> Model:
    model = api.models.filter(name=name).first()
    if model is None:
        raise NotFound(f"Invalid model name specified: {name}", field="modelName")
    return model


def refuse_if_named(api: RestApi, how: Q, what: str, *, doing: str = "delete") -> None:
    """Raises Conflict, in AWS's words, when a method of the API names what shall go."""
    methods = Method.objects.filter(how, resource__rest_api=api).select_related("resource")
    method = methods.order_by("resource__path", "http_method").first()
    if method is not None:
        where = f"{method.http_method}/{method.resource.path}"
        raise Conflict(f"Cannot {doing} {what}, is referenced in method: {where}")


def rest_api_path(api: RestApi) -> str:
    return f"/restapis/{api.pk}"


def resource_path(resource: Resource) -> str:
    return f"/restapis/{resource.rest_api_id}/resources/{resource.pk}"


def method_path(method: Method) -> str:
    return f"{resource_path(method.resource)}/methods/{method.http_method}"


def log(actor: Actor, operation: str, path: str, changes: Mapping[str, Any] | None = None) -> None:
    record(
        actor, operation, arns.apigateway(path), {k: v for k, v in (changes or {}).items() if v not in (None, {}, [])}
    )


def log_patch(actor: Actor, operation: str, path: str, operations: Sequence[Mapping[str, Any]] | None) -> None:
    log(actor, operation, path, {"patchOperations": list(operations or ())})


@contextmanager
def conflict(message: str) -> Iterator[None]:
    """A row that a constraint refuses is AWS's ConflictException."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(message) from error
