"""APIs: made, read, changed, deleted."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from console.apis.models import RestApi
from console.apis.services import patches
from console.apis.services.clones import clone_drawing
from console.apis.services.drafts import find_rest_api, hold_rest_api, log, log_patch, rest_api_path
from console.apis.services.drawing import new_rest_api
from console.apis.services.limits import check_endpoint_limit
from console.apis.services.patches import Patches
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from console.core.paging import Page, page
from console.core.permission import require, seen
from console.core.tags import checked
from console.core.verbs import verb


@verb(needs=Role.DEVELOPER)
def create_rest_api(
    actor: Actor,
    *,
    name: str,
    description: str = "",
    version: str = "",
    clone_from: str = "",
    binary_media_types: Sequence[str] = (),
    minimum_compression_size: int | None = None,
    api_key_source: str = "HEADER",
    endpoint_configuration: Mapping[str, Any] | None = None,
    policy: str = "",
    tags: Mapping[str, str] | None = None,
    disable_execute_api_endpoint: bool = False,
    security_policy: str = "",
    endpoint_access_mode: str = "",
) -> RestApi:
    _refuse_tls_settings(security_policy, endpoint_access_mode)
    if clone_from:
        require(actor, Role.VIEWER, "CreateRestApi", on=clone_from)
    source = find_rest_api(clone_from) if clone_from else None
    api = RestApi(
        name=name,
        description=description,
        version=version,
        binary_media_types=list(binary_media_types),
        minimum_compression_size=minimum_compression_size,
        api_key_source=api_key_source,
        policy=policy,
        tags=checked(tags),
        disable_execute_api_endpoint=disable_execute_api_endpoint,
    )
    set_endpoint_configuration(api, endpoint_configuration)
    api = new_rest_api(api)
    if source is not None:
        clone_drawing(source, api)
    log(actor, "CreateRestApi", rest_api_path(api), {"name": name, "cloneFrom": clone_from or None})
    return api


def _refuse_tls_settings(security_policy: str, endpoint_access_mode: str) -> None:
    """TLS is a node's setting here: to take a policy per API and not keep it would be a false promise."""
    if security_policy or endpoint_access_mode:
        raise BadRequest(
            "A security policy or endpoint access mode per API is not supported: TLS is set for the gateway as a whole",
            field="securityPolicy" if security_policy else "endpointAccessMode",
        )


def set_endpoint_configuration(api: RestApi, given: Mapping[str, Any] | None) -> None:
    given = given or {}
    if given.get("types"):
        api.endpoint_types = list(given["types"])
    api.vpc_endpoint_ids = list(given.get("vpcEndpointIds") or ())
    api.ip_address_type = given.get("ipAddressType") or api.ip_address_type


@verb(needs=Role.VIEWER)
def get_rest_api(actor: Actor, *, rest_api_id: str) -> RestApi:
    return find_rest_api(rest_api_id)


@verb(needs=Role.NONE)
def get_rest_apis(actor: Actor, *, position: str | None = None, limit: int | None = None) -> Page[RestApi]:
    """Those that the actor may see."""
    return page(RestApi.objects.with_root().filter(seen(actor)), order="id", position=position, limit=limit)


@verb(needs=Role.DEVELOPER)
def update_rest_api(actor: Actor, *, rest_api_id: str, patch_operations: Patches = None) -> RestApi:
    api = hold_rest_api(rest_api_id)
    before = list(api.endpoint_types)
    patch.apply(patch.read(patch_operations, shape="updateRestApiInput"), _rules(api))
    if api.endpoint_types != before:
        check_endpoint_limit(api)
    api.put()
    log_patch(actor, "UpdateRestApi", rest_api_path(api), patch_operations)
    return api


def _rules(api: RestApi) -> list[patch.Rule]:
    """Source: API reference, "Patch operations", UpdateRestApi."""
    endpoint = "/endpointConfiguration"
    return [
        patch.Rule("/name", patches.REPLACE, patches.put(api, "name")),
        patch.Rule("/description", patches.REPLACE, patches.put(api, "description")),
        patch.Rule("/version", patches.REPLACE, patches.put(api, "version")),
        patch.Rule("/apiKeySource", patches.REPLACE, patches.put(api, "api_key_source")),
        patch.Rule("/policy", patches.REPLACE_REMOVE, patches.put(api, "policy")),
        patch.Rule(
            "/minimumCompressionSize",
            patches.REPLACE_REMOVE,
            patches.put(api, "minimum_compression_size", patches.integer_or_none, empty=None),
        ),
        patch.Rule(
            "/disableExecuteApiEndpoint",
            patches.REPLACE,
            patches.put(api, "disable_execute_api_endpoint", patches.boolean),
        ),
        patch.Rule("/binaryMediaTypes/{name}", patches.ENTRY, patches.named_item(api.binary_media_types)),
        patch.Rule(f"{endpoint}/types/{{name}}", patches.REPLACE, _endpoint_type(api)),
        patch.Rule(f"{endpoint}/ipAddressType", patches.REPLACE, patches.put(api, "ip_address_type")),
        patch.Rule(f"{endpoint}/vpcEndpointIds", patches.ITEM, patches.valued_item(api.vpc_endpoint_ids)),
    ]


def _endpoint_type(api: RestApi) -> patch.Handler:
    """The segment is the type to be replaced, or its index: Terraform says `/endpointConfiguration/types/0`."""

    def handle(op: patch.PatchOperation, name: str) -> None:
        if name not in (*api.endpoint_types, "0"):
            raise BadRequest(f"Invalid endpoint type specified: {name}", field=op.path)
        api.endpoint_types = [op.value or ""]

    return handle


def _say_who(actor: Actor) -> None:
    """For what the database notes of the rows above that vanish with an API, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('stagedoor.actor', %s, true)", [actor.name])


@verb(needs=Role.DEVELOPER)
def delete_rest_api(actor: Actor, *, rest_api_id: str) -> None:
    """What is drawn goes, and its stages with it; deployments and history stay."""
    api = hold_rest_api(rest_api_id)
    name, path = api.name, rest_api_path(api)
    _say_who(actor)
    api.delete()
    log(actor, "DeleteRestApi", path, {"name": name})
