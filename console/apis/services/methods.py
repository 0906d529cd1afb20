"""Methods and the responses that they declare."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.apis import checks
from console.apis.models import AUTHORIZATION_TYPES, AUTHORIZER_TYPES, AUTHORIZERS_OF, Method, MethodResponse, RestApi
from console.apis.services import patches
from console.apis.services.drafts import (
    conflict,
    find_method,
    find_method_response,
    find_resource,
    find_rest_api,
    hold_rest_api,
    log,
    log_patch,
    method_path,
)
from console.apis.services.patches import Patches
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict
from console.core.verbs import verb


@verb(needs=Role.DEVELOPER)
def put_method(
    actor: Actor,
    *,
    rest_api_id: str,
    resource_id: str,
    http_method: str,
    authorization_type: str,
    authorizer_id: str = "",
    api_key_required: bool = False,
    operation_name: str = "",
    request_parameters: Mapping[str, bool] | None = None,
    request_models: Mapping[str, str] | None = None,
    request_validator_id: str = "",
    authorization_scopes: Sequence[str] = (),
) -> Method:
    api = hold_rest_api(rest_api_id)
    resource = find_resource(api, resource_id)
    checks.http_method(http_method)
    if resource.methods.filter(http_method=http_method).exists():
        raise Conflict("Method already exists for this resource", field="httpMethod")
    method = Method(
        resource=resource,
        http_method=http_method,
        authorization_type=authorization_type,
        authorizer_id=authorizer_id,
        authorization_scopes=list(authorization_scopes),
        api_key_required=api_key_required,
        operation_name=operation_name,
        request_parameters=dict(request_parameters or {}),
        request_models=dict(request_models or {}),
        request_validator_id=request_validator_id,
    )
    _check_references(api, method)
    with conflict("Method already exists for this resource"):
        method.put()
    log(actor, "PutMethod", method_path(method), {"path": resource.path, "authorizationType": authorization_type})
    return method


def _references(method: Method) -> tuple[str | dict[str, str], ...]:
    """What names something else. What a document drew closed (CUSTOM without an authorizer) can be edited otherwise."""
    return (
        method.authorization_type,
        method.authorizer_id,
        method.request_validator_id,
        dict(method.request_models),
    )


def _check_references(api: RestApi, method: Method) -> None:
    """What a method names must be there. An authorizer that its authorization type does not use is forgotten."""
    if method.authorization_type not in AUTHORIZATION_TYPES:
        raise BadRequest("Invalid authorization type specified", field="authorizationType")
    kinds = AUTHORIZERS_OF.get(method.authorization_type)
    if (kinds or method.authorizer_id) and not _has_authorizer(api, method.authorizer_id, kinds or AUTHORIZER_TYPES):
        raise BadRequest(
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires "
            "a valid authorizer.",
            field="authorizerId",
        )
    if not kinds:
        method.authorizer_id = ""
    validator_id = method.request_validator_id
    if validator_id and not api.request_validators.filter(pk=validator_id).exists():
        raise BadRequest("Invalid Request Validator identifier specified", field="requestValidatorId")
    check_models(api, method.request_models, field="requestModels")


def _has_authorizer(api: RestApi, authorizer_id: str, kinds: Sequence[str]) -> bool:
    return api.authorizers.filter(pk=authorizer_id, type__in=kinds).exists()


def check_models(api: RestApi, named: Mapping[str, str], *, field: str) -> None:
    known = set(api.models.filter(name__in=named.values()).values_list("name", flat=True)) if named else set()
    for name in named.values():
        if name not in known:
            raise BadRequest(f"Invalid model identifier specified: {name}", field=field)


@verb(needs=Role.VIEWER)
def get_method(actor: Actor, *, rest_api_id: str, resource_id: str, http_method: str) -> Method:
    return find_method(find_rest_api(rest_api_id), resource_id, http_method)


@verb(needs=Role.DEVELOPER)
def update_method(
    actor: Actor, *, rest_api_id: str, resource_id: str, http_method: str, patch_operations: Patches = None
) -> Method:
    api = hold_rest_api(rest_api_id)
    method = find_method(api, resource_id, http_method)
    before = _references(method)
    patch.apply(patch.read(patch_operations, shape="updateMethodInput"), _rules(method))
    if _references(method) != before:
        _check_references(api, method)
    method.put()
    log_patch(actor, "UpdateMethod", method_path(method), patch_operations)
    return method


def _rules(method: Method) -> list[patch.Rule]:
    """Source: API reference, "Patch operations", UpdateMethod."""
    parameters, models = method.request_parameters, method.request_models
    return [
        patch.Rule("/apiKeyRequired", patches.REPLACE, patches.put(method, "api_key_required", patches.boolean)),
        patch.Rule("/authorizationType", patches.REPLACE, patches.put(method, "authorization_type")),
        patch.Rule("/authorizerId", patches.REPLACE_REMOVE, patches.put(method, "authorizer_id")),
        patch.Rule("/authorizationScopes", patches.ITEM, patches.valued_item(method.authorization_scopes)),
        patch.Rule("/operationName", patches.REPLACE_REMOVE, patches.put(method, "operation_name")),
        patch.Rule("/requestParameters/{name}", patches.ENTRY, patches.entry(parameters, patches.boolean)),
        patch.Rule("/requestModels/{name}", patches.ENTRY, patches.entry(models)),
        patch.Rule("/requestValidatorId", patches.REPLACE_REMOVE, patches.put(method, "request_validator_id")),
    ]


@verb(needs=Role.DEVELOPER)
def delete_method(actor: Actor, *, rest_api_id: str, resource_id: str, http_method: str) -> None:
    method = find_method(hold_rest_api(rest_api_id), resource_id, http_method)
    path = method_path(method)
    method.delete()
    log(actor, "DeleteMethod", path, {"path": method.resource.path})


@verb(needs=Role.DEVELOPER)
def put_method_response(
    actor: Actor,
    *,
    rest_api_id: str,
    resource_id: str,
    http_method: str,
    status_code: str,
    response_parameters: Mapping[str, bool] | None = None,
    response_models: Mapping[str, str] | None = None,
) -> MethodResponse:
    api = hold_rest_api(rest_api_id)
    method = find_method(api, resource_id, http_method)
    if any(response.status_code == status_code for response in method.responses.all()):
        raise Conflict("Response already exists for this resource", field="statusCode")
    response = MethodResponse(
        method=method,
        status_code=status_code,
        response_parameters=dict(response_parameters or {}),
        response_models=dict(response_models or {}),
    )
    check_models(api, response.response_models, field="responseModels")
    with conflict("Response already exists for this resource"):
        response.put()
    log(actor, "PutMethodResponse", _response_path(method, status_code), _declared(response))
    return response


def _response_path(method: Method, status_code: str) -> str:
    return f"{method_path(method)}/responses/{status_code}"


def _declared(response: MethodResponse) -> dict[str, Any]:
    return {"responseParameters": response.response_parameters, "responseModels": response.response_models}


@verb(needs=Role.VIEWER)
def get_method_response(
    actor: Actor, *, rest_api_id: str, resource_id: str, http_method: str, status_code: str
) -> MethodResponse:
    return find_method_response(find_method(find_rest_api(rest_api_id), resource_id, http_method), status_code)


@verb(needs=Role.DEVELOPER)
def update_method_response(
    actor: Actor,
    *,
    rest_api_id: str,
    resource_id: str,
    http_method: str,
    status_code: str,
    patch_operations: Patches = None,
) -> MethodResponse:
    api = hold_rest_api(rest_api_id)
    method = find_method(api, resource_id, http_method)
    response = find_method_response(method, status_code)
    parameters = patches.entry(response.response_parameters, patches.boolean)
    rules = [
        patch.Rule("/responseParameters/{name}", patches.ENTRY, parameters),
        patch.Rule("/responseModels/{name}", patches.ENTRY, patches.entry(response.response_models)),
    ]
    patch.apply(patch.read(patch_operations, shape="updateMethodResponseInput"), rules)
    check_models(api, response.response_models, field="responseModels")
    response.put()
    log_patch(actor, "UpdateMethodResponse", _response_path(method, status_code), patch_operations)
    return response


@verb(needs=Role.DEVELOPER)
def delete_method_response(
    actor: Actor, *, rest_api_id: str, resource_id: str, http_method: str, status_code: str
) -> None:
    method = find_method(hold_rest_api(rest_api_id), resource_id, http_method)
    find_method_response(method, status_code).delete()
    log(actor, "DeleteMethodResponse", _response_path(method, status_code))
