"""Gateway responses: what callers get when API Gateway itself answers."""

from collections.abc import Mapping

from console.apis import checks
from console.apis.models import GatewayResponse, RestApi
from console.apis.services import patches
from console.apis.services.drafts import find_rest_api, hold_rest_api, log, log_patch
from console.apis.services.patches import Patches
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, NotFound
from console.core.paging import Page
from console.core.verbs import verb


@verb(needs=Role.DEVELOPER)
def put_gateway_response(
    actor: Actor,
    *,
    rest_api_id: str,
    response_type: str,
    status_code: str = "",
    response_parameters: Mapping[str, str] | None = None,
    response_templates: Mapping[str, str] | None = None,
) -> GatewayResponse:
    """Takes the place of what was put for the type before."""
    api = hold_rest_api(rest_api_id)
    _check_type(response_type)
    row = api.gateway_responses.filter(response_type=response_type).first()
    row = row or GatewayResponse(rest_api=api, response_type=response_type)
    row.status_code = status_code
    row.response_parameters = dict(response_parameters or {})
    row.response_templates = dict(response_templates or {})
    row.put()
    log(actor, "PutGatewayResponse", _path(api, response_type), {"statusCode": status_code or None})
    return row


def _check_type(response_type: str) -> None:
    if response_type not in checks.GATEWAY_RESPONSES:
        raise BadRequest(f"Invalid gateway response type specified: {response_type}", field="responseType")


def _path(api: RestApi, response_type: str) -> str:
    return f"/restapis/{api.pk}/gatewayresponses/{response_type}"


def _default(api: RestApi, response_type: str) -> GatewayResponse:
    """What AWS answers with until somebody says otherwise; not a row."""
    response = GatewayResponse(
        rest_api=api,
        response_type=response_type,
        status_code=checks.GATEWAY_RESPONSES[response_type],
        response_templates=dict(checks.DEFAULT_TEMPLATES),
    )
    response.default_response = True
    return response


@verb(needs=Role.VIEWER)
def get_gateway_response(actor: Actor, *, rest_api_id: str, response_type: str) -> GatewayResponse:
    return _find(find_rest_api(rest_api_id), response_type)


def _find(api: RestApi, response_type: str) -> GatewayResponse:
    _check_type(response_type)
    return api.gateway_responses.filter(response_type=response_type).first() or _default(api, response_type)


@verb(needs=Role.VIEWER)
def get_gateway_responses(
    actor: Actor, *, rest_api_id: str, position: str | None = None, limit: int | None = None
) -> Page[GatewayResponse]:
    """All types, whatever the limit: "The GatewayResponses collection does not support pagination" (botocore)."""
    api = find_rest_api(rest_api_id)
    put = {row.response_type: row for row in api.gateway_responses.all()}
    return Page([put.get(kind) or _default(api, kind) for kind in checks.GATEWAY_RESPONSES])


@verb(needs=Role.DEVELOPER)
def update_gateway_response(
    actor: Actor, *, rest_api_id: str, response_type: str, patch_operations: Patches = None
) -> GatewayResponse:
    """A type that was left alone until now begins as AWS has it."""
    api = hold_rest_api(rest_api_id)
    response = _find(api, response_type)
    patch.apply(patch.read(patch_operations, shape="updateGatewayResponseInput"), _rules(response))
    response.put()
    response.default_response = False
    log_patch(actor, "UpdateGatewayResponse", _path(api, response_type), patch_operations)
    return response


def _rules(response: GatewayResponse) -> list[patch.Rule]:
    """Source: API reference, "Patch operations", UpdateGatewayResponse."""
    parameters, templates = response.response_parameters, response.response_templates
    return [
        patch.Rule("/statusCode", patches.REPLACE, patches.put(response, "status_code")),
        patch.Rule("/responseParameters/{name}", patches.ENTRY, patches.entry(parameters)),
        patch.Rule("/responseTemplates/{name}", patches.ENTRY, patches.entry(templates)),
    ]


@verb(needs=Role.DEVELOPER)
def delete_gateway_response(actor: Actor, *, rest_api_id: str, response_type: str) -> None:
    """The type is as AWS has it again."""
    api = hold_rest_api(rest_api_id)
    deleted, _ = api.gateway_responses.filter(response_type=response_type).delete()
    if not deleted:
        raise NotFound("Gateway response type not defined on api", field="responseType")
    log(actor, "DeleteGatewayResponse", _path(api, response_type))
