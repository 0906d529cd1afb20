"""CORS as AWS's console draws it: a MOCK that answers the preflight, and a header on the other methods' answers.

Source: developer guide, "Enable CORS on a resource using the API Gateway console".
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from console.apis.models import HTTP_METHODS, Method, Resource
from console.apis.services.drafts import find_method, find_resource, hold_rest_api, log, resource_path
from console.apis.services.integrations import put_integration, put_integration_response, update_integration_response
from console.apis.services.methods import delete_method, put_method, put_method_response, update_method_response
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict
from console.core.verbs import verb

ALLOW_HEADERS: Final = "Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token"
PREFLIGHT: Final = "OPTIONS"
STATUS: Final = "200"
ANSWERING_THEMSELVES: Final = ("HTTP_PROXY", "AWS_PROXY")  # their backend sends its own header, or nobody does

_HEADER: Final = "method.response.header.Access-Control-Allow-"
_ORIGIN: Final = f"{_HEADER}Origin"
_LITERAL: Final = re.compile(r"[\x20-\x26\x28-\x7e]+")  # what may stand in quotes as a header's value


@verb(needs=Role.DEVELOPER)
def enable_cors(
    actor: Actor,
    *,
    rest_api_id: str,
    resource_id: str,
    allow_origin: str = "*",
    allow_headers: str = ALLOW_HEADERS,
    allow_methods: str = "",
) -> Method:
    """The OPTIONS method. `allow_methods` is a header's value too; empty: those that the resource has."""
    resource = find_resource(hold_rest_api(rest_api_id), resource_id)
    said = {
        "Headers": allow_headers,
        "Methods": allow_methods or ",".join(answered_methods(resource)),
        "Origin": allow_origin,
    }
    for name, value in said.items():
        if _LITERAL.fullmatch(value) is None:
            raise BadRequest(f"Invalid value of Access-Control-Allow-{name}", field=f"allow{name}")
    headers = {f"{_HEADER}{name}": f"'{value}'" for name, value in said.items()}
    _answer_preflight(actor, resource, headers)
    for method in resource.methods.whole().exclude(http_method=PREFLIGHT):
        _allow_origin(actor, resource, method, headers[_ORIGIN])
    log(actor, "EnableCors", resource_path(resource), {"path": resource.path, **said})
    return find_method(resource.rest_api, resource_id, PREFLIGHT)


def answered_methods(resource: Resource) -> list[str]:
    """Those of the resource, with OPTIONS; ANY stands for each of AWS's."""
    drawn = set(resource.methods.values_list("http_method", flat=True)) | {PREFLIGHT}
    return sorted(each for each in HTTP_METHODS if each != "ANY") if "ANY" in drawn else sorted(drawn)


def answering_themselves(resource: Resource) -> list[str]:
    """The methods whose backend must send Access-Control-Allow-Origin itself."""
    proxied = resource.methods.filter(integration__type__in=ANSWERING_THEMSELVES)
    return sorted(proxied.values_list("http_method", flat=True))


def _answer_preflight(actor: Actor, resource: Resource, headers: dict[str, str]) -> None:
    at = _address(resource, PREFLIGHT)
    drawn = resource.methods.whole().filter(http_method=PREFLIGHT).first()
    if drawn is not None:
        _refuse_backend(drawn)
        delete_method(actor, **at)
    put_method(actor, **at, authorization_type="NONE")
    put_method_response(
        actor,
        **at,
        status_code=STATUS,
        response_parameters=dict.fromkeys(headers, False),
        response_models=_models(resource),
    )
    template = {"application/json": f'{{"statusCode": {STATUS}}}'}
    put_integration(actor, **at, type="MOCK", request_templates=template)
    put_integration_response(actor, **at, status_code=STATUS, response_parameters=headers)


def _refuse_backend(drawn: Method) -> None:
    integration = drawn.method_integration
    if integration is not None and integration.type != "MOCK":
        raise Conflict("OPTIONS of this resource goes to a backend: delete the method first", field="httpMethod")


def _models(resource: Resource) -> dict[str, str]:
    return {"application/json": "Empty"} if resource.rest_api.models.filter(name="Empty").exists() else {}


def _allow_origin(actor: Actor, resource: Resource, method: Method, origin: str) -> None:
    """Where a 200 is declared and made from the backend's answer; other statuses are left to who drew them."""
    integration = method.method_integration
    if integration is None or integration.type in ANSWERING_THEMSELVES:
        return
    if not _has(method.responses.all()) or not _has(integration.responses.all()):
        return
    at = _address(resource, method.http_method)
    update_method_response(actor, **at, status_code=STATUS, patch_operations=_add(_ORIGIN, "false"))
    update_integration_response(actor, **at, status_code=STATUS, patch_operations=_add(_ORIGIN, origin))


def _has(responses: Iterable[Any]) -> bool:
    return any(response.status_code == STATUS for response in responses)


def _add(parameter: str, value: str) -> list[dict[str, str]]:
    return [{"op": "add", "path": f"/responseParameters/{parameter}", "value": value}]


def _address(resource: Resource, http_method: str) -> dict[str, Any]:
    return {"rest_api_id": resource.rest_api_id, "resource_id": resource.pk, "http_method": http_method}
