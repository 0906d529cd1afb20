"""Integrations: what a method does with a request, and what it makes of the answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from console.apis import checks
from console.apis.models import CONTENT_HANDLING, PASSTHROUGH, Integration, IntegrationResponse, Method
from console.apis.services import patches
from console.apis.services.drafts import (
    conflict,
    find_integration,
    find_integration_response,
    find_method,
    find_rest_api,
    hold_rest_api,
    log,
    log_patch,
    method_path,
)
from console.apis.services.patches import Patches
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from console.core.verbs import verb


@verb(needs=Role.DEVELOPER)
def put_integration(
    actor: Actor,
    *,
    rest_api_id: str,
    resource_id: str,
    http_method: str,
    type: str,
    integration_http_method: str = "",
    uri: str = "",
    connection_type: str = "INTERNET",
    connection_id: str = "",
    credentials: str = "",
    request_parameters: Mapping[str, str] | None = None,
    request_templates: Mapping[str, str] | None = None,
    passthrough_behavior: str = "WHEN_NO_MATCH",
    cache_namespace: str = "",
    cache_key_parameters: Sequence[str] = (),
    content_handling: str = "",
    timeout_in_millis: int = 29_000,
    tls_config: Mapping[str, Any] | None = None,
    response_transfer_mode: str = "BUFFERED",
    integration_target: str = "",
) -> Integration:
    """Takes the place of the one that is there, with its responses."""
    method = find_method(hold_rest_api(rest_api_id), resource_id, http_method)
    if integration_target:
        raise BadRequest("integrationTarget is for VPC links to load balancers only", field="integrationTarget")
    integration = Integration(
        method=method,
        type=type,
        http_method=integration_http_method,
        uri="" if type == "MOCK" else uri,
        connection_type=connection_type,
        connection_id=connection_id,
        credentials=credentials,
        request_parameters=dict(request_parameters or {}),
        request_templates=dict(request_templates or {}),
        passthrough_behavior=passthrough_behavior,
        cache_namespace=cache_namespace or method.resource_id,
        cache_key_parameters=list(cache_key_parameters),
        content_handling=content_handling,
        timeout_in_millis=timeout_in_millis,
        response_transfer_mode=response_transfer_mode or "BUFFERED",
        insecure_skip_verification=_insecure(tls_config),
    )
    check_choices(integration)
    Integration.objects.filter(method=method).delete()
    with conflict("Integration already exists for this method"):
        integration.put()
    log(actor, "PutIntegration", _integration_path(method), {"type": type, "uri": integration.uri or None})
    return integration


def check_choices(row: Integration | IntegrationResponse) -> None:
    """AWS's words for a value that is none of those it knows."""
    if row.content_handling and row.content_handling not in CONTENT_HANDLING:
        raise BadRequest("Invalid content handling strategy specified", field="contentHandling")
    if isinstance(row, Integration) and row.passthrough_behavior not in PASSTHROUGH:
        raise BadRequest("Invalid passthrough behavior specified", field="passthroughBehavior")


def _integration_path(method: Method) -> str:
    return f"{method_path(method)}/integration"


@verb(needs=Role.VIEWER)
def get_integration(actor: Actor, *, rest_api_id: str, resource_id: str, http_method: str) -> Integration:
    return find_integration(find_rest_api(rest_api_id), resource_id, http_method)


@verb(needs=Role.DEVELOPER)
def update_integration(
    actor: Actor, *, rest_api_id: str, resource_id: str, http_method: str, patch_operations: Patches = None
) -> Integration:
    integration = find_integration(hold_rest_api(rest_api_id), resource_id, http_method)
    integration.held = (*integration.cache_key_parameters, *integration.request_parameters.values())
    patch.apply(patch.read(patch_operations, shape="updateIntegrationInput"), _rules(integration))
    if integration.type == "MOCK":
        integration.uri = ""
    check_choices(integration)
    integration.put()
    log_patch(actor, "UpdateIntegration", _integration_path(integration.method), patch_operations)
    return integration


def _insecure(tls_config: Mapping[str, Any] | None) -> bool | None:
    """Go's SDK says false by leaving it out of a tlsConfig that it sends."""
    return None if tls_config is None else bool(tls_config.get("insecureSkipVerification"))


def _rules(row: Integration) -> list[patch.Rule]:
    """Source: API reference, "Patch operations", UpdateIntegration."""
    keys, mappings, templates = row.cache_key_parameters, row.request_parameters, row.request_templates
    insecure = patches.put(row, "insecure_skip_verification", patches.boolean, empty=None)
    return [
        patch.Rule("/type", patches.REPLACE, patches.put(row, "type")),
        patch.Rule("/uri", patches.REPLACE, patches.put(row, "uri")),
        patch.Rule("/httpMethod", patches.REPLACE, patches.put(row, "http_method")),
        patch.Rule("/connectionType", patches.REPLACE, patches.put(row, "connection_type")),
        patch.Rule("/connectionId", patches.REPLACE_REMOVE, patches.put(row, "connection_id")),
        patch.Rule("/credentials", patches.REPLACE_REMOVE, patches.put(row, "credentials")),
        patch.Rule("/passthroughBehavior", patches.REPLACE, patches.put(row, "passthrough_behavior")),
        patch.Rule("/contentHandling", patches.REPLACE_REMOVE, patches.put(row, "content_handling")),
        patch.Rule("/timeoutInMillis", patches.REPLACE, patches.put(row, "timeout_in_millis", patches.integer)),
        patch.Rule("/responseTransferMode", patches.REPLACE, patches.put(row, "response_transfer_mode")),
        patch.Rule("/cacheNamespace", patches.REPLACE, patches.put(row, "cache_namespace")),
        patch.Rule("/cacheKeyParameters/{name}", patches.ENTRY, patches.named_item(keys)),
        patch.Rule("/requestParameters/{name}", patches.ENTRY, patches.entry(mappings)),
        patch.Rule("/requestTemplates/{name}", patches.ENTRY, patches.entry(templates)),
        patch.Rule("/tlsConfig/insecureSkipVerification", patches.REPLACE, insecure),
        patch.Rule("/tlsConfig", ("remove",), insecure),
    ]


@verb(needs=Role.DEVELOPER)
def delete_integration(actor: Actor, *, rest_api_id: str, resource_id: str, http_method: str) -> None:
    integration = find_integration(hold_rest_api(rest_api_id), resource_id, http_method)
    integration.delete()
    log(actor, "DeleteIntegration", _integration_path(integration.method), {"type": integration.type})


@verb(needs=Role.DEVELOPER)
def put_integration_response(
    actor: Actor,
    *,
    rest_api_id: str,
    resource_id: str,
    http_method: str,
    status_code: str,
    selection_pattern: str = "",
    response_parameters: Mapping[str, str] | None = None,
    response_templates: Mapping[str, str] | None = None,
    content_handling: str = "",
) -> IntegrationResponse:
    """Takes the place of the one of that status."""
    integration = find_integration(hold_rest_api(rest_api_id), resource_id, http_method)
    response = IntegrationResponse(
        integration=integration,
        status_code=status_code,
        selection_pattern=selection_pattern,
        response_parameters=dict(response_parameters or {}),
        response_templates=dict(response_templates or {}),
        content_handling=content_handling,
    )
    integration.responses.filter(status_code=status_code).delete()
    _put_response(response)
    said = {"selectionPattern": selection_pattern}
    log(actor, "PutIntegrationResponse", _response_path(integration, status_code), said)
    return response


def _put_response(response: IntegrationResponse) -> None:
    check_choices(response)
    integration = response.integration
    declared = integration.method.responses.filter(status_code=response.status_code).first()
    checks.response_mappings(
        response.response_parameters, declared=declared.response_parameters if declared is not None else None
    )
    others = integration.responses.exclude(status_code=response.status_code)
    if not response.selection_pattern and others.filter(selection_pattern="").exists():
        raise BadRequest("Only one integration response may be the default one", field="selectionPattern")
    with conflict("Response already exists for this integration"):
        response.put()


def _response_path(integration: Integration, status_code: str) -> str:
    return f"{_integration_path(integration.method)}/responses/{status_code}"


@verb(needs=Role.VIEWER)
def get_integration_response(
    actor: Actor, *, rest_api_id: str, resource_id: str, http_method: str, status_code: str
) -> IntegrationResponse:
    integration = find_integration(find_rest_api(rest_api_id), resource_id, http_method)
    return find_integration_response(integration, status_code)


@verb(needs=Role.DEVELOPER)
def update_integration_response(
    actor: Actor,
    *,
    rest_api_id: str,
    resource_id: str,
    http_method: str,
    status_code: str,
    patch_operations: Patches = None,
) -> IntegrationResponse:
    integration = find_integration(hold_rest_api(rest_api_id), resource_id, http_method)
    response = find_integration_response(integration, status_code)
    handling, pattern = patches.put(response, "content_handling"), patches.put(response, "selection_pattern")
    rules = [
        patch.Rule("/selectionPattern", patches.REPLACE_REMOVE, pattern),
        patch.Rule("/contentHandling", patches.REPLACE_REMOVE, handling),
        patch.Rule("/responseParameters/{name}", patches.ENTRY, patches.entry(response.response_parameters)),
        patch.Rule("/responseTemplates/{name}", patches.ENTRY, patches.entry(response.response_templates)),
    ]
    patch.apply(patch.read(patch_operations, shape="updateIntegrationResponseInput"), rules)
    _put_response(response)
    log_patch(actor, "UpdateIntegrationResponse", _response_path(integration, status_code), patch_operations)
    return response


@verb(needs=Role.DEVELOPER)
def delete_integration_response(
    actor: Actor, *, rest_api_id: str, resource_id: str, http_method: str, status_code: str
) -> None:
    integration = find_integration(hold_rest_api(rest_api_id), resource_id, http_method)
    find_integration_response(integration, status_code).delete()
    log(actor, "DeleteIntegrationResponse", _response_path(integration, status_code))
