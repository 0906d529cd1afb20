"""Authorizers: who decides whether a caller may."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from console.apis import checks
from console.apis.models import AUTHORIZERS_OF, Authorizer, RestApi
from console.apis.services import patches
from console.apis.services.drafts import (
    conflict,
    find_rest_api,
    hold_rest_api,
    log,
    log_patch,
    refuse_if_named,
)
from console.apis.services.limits import check_limit
from console.apis.services.patches import Patches
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict, NotFound
from console.core.paging import Page, page
from console.core.verbs import verb

DEFAULT_TTL = 300  # seconds
_NOT_OF_JWT = {
    "providerARNs": "provider_arns",
    "authorizerUri": "authorizer_uri",
    "authorizerCredentials": "authorizer_credentials",
    "authorizerResultTtlInSeconds": "authorizer_result_ttl_in_seconds",
}


@verb(needs=Role.DEVELOPER)
def create_authorizer(
    actor: Actor,
    *,
    rest_api_id: str,
    name: str,
    type: str,
    provider_arns: Sequence[str] = (),
    auth_type: str = "",
    authorizer_uri: str = "",
    authorizer_credentials: str = "",
    identity_source: str = "",
    identity_validation_expression: str = "",
    authorizer_result_ttl_in_seconds: int | None = None,
    jwt_configuration: Mapping[str, Any] | None = None,
) -> Authorizer:
    api = _hold_rest_api(rest_api_id)
    authorizer = Authorizer(
        rest_api=api,
        name=name,
        type=type,
        provider_arns=list(provider_arns),
        auth_type=auth_type,
        authorizer_uri=authorizer_uri,
        authorizer_credentials=authorizer_credentials,
        identity_source=identity_source,
        identity_validation_expression=identity_validation_expression,
        authorizer_result_ttl_in_seconds=authorizer_result_ttl_in_seconds,
        jwt_configuration=checks.known_jwt_members(jwt_configuration) if type == "JWT" else None,
    )
    set_defaults(authorizer)
    _check_name(api, authorizer)
    check_limit("Authorizers", api.authorizers.count() + 1)
    _put(authorizer)
    log(actor, "CreateAuthorizer", _path(authorizer), {"name": name, "type": type})
    return authorizer


def _hold_rest_api(rest_api_id: str) -> RestApi:
    """AWS tells those who make an authorizer for an API that is not there of a conflict."""
    try:
        return hold_rest_api(rest_api_id)
    except NotFound:
        raise Conflict(
            "Unable to complete operation due to concurrent modification. Please try again later.", field="restApiId"
        ) from None


def set_defaults(authorizer: Authorizer) -> None:
    """What AWS puts where nothing is said. Raises BadRequest for what a JWT authorizer does not have."""
    if authorizer.type == "JWT":
        checks.not_for_jwt({member: getattr(authorizer, field) for member, field in _NOT_OF_JWT.items()})
        return
    asks_function = authorizer.type != "COGNITO_USER_POOLS"
    authorizer.auth_type = authorizer.auth_type or ("custom" if asks_function else "cognito_user_pools")
    if authorizer.authorizer_result_ttl_in_seconds is None and asks_function:
        authorizer.authorizer_result_ttl_in_seconds = DEFAULT_TTL


def _check_name(api: RestApi, authorizer: Authorizer) -> None:
    if api.authorizers.filter(name=authorizer.name).exclude(pk=authorizer.pk).exists():
        raise BadRequest(_taken(authorizer), field="name")


def _taken(authorizer: Authorizer) -> str:
    return f"Authorizer name must be unique. Authorizer {authorizer.name} already exists in this RestApi."


def _put(authorizer: Authorizer) -> None:
    with conflict(_taken(authorizer)):
        authorizer.put()


def find_authorizer(api: RestApi, authorizer_id: str) -> Authorizer:
    authorizer = api.authorizers.filter(pk=authorizer_id).first()
    if authorizer is None:
        raise NotFound("Invalid Authorizer identifier specified", field="authorizerId")
    return authorizer


def _path(authorizer: Authorizer) -> str:
    return f"/restapis/{authorizer.rest_api_id}/authorizers/{authorizer.pk}"


@verb(needs=Role.VIEWER)
def get_authorizer(actor: Actor, *, rest_api_id: str, authorizer_id: str) -> Authorizer:
    return find_authorizer(find_rest_api(rest_api_id), authorizer_id)


@verb(needs=Role.VIEWER)
def get_authorizers(
    actor: Actor, *, rest_api_id: str, position: str | None = None, limit: int | None = None
) -> Page[Authorizer]:
    return page(find_rest_api(rest_api_id).authorizers.all(), order="id", position=position, limit=limit)


@verb(needs=Role.DEVELOPER)
def update_authorizer(
    actor: Actor, *, rest_api_id: str, authorizer_id: str, patch_operations: Patches = None
) -> Authorizer:
    api = hold_rest_api(rest_api_id)
    authorizer = find_authorizer(api, authorizer_id)
    kind = authorizer.type
    patch.apply(patch.read(patch_operations, shape="updateAuthorizerInput"), _rules(authorizer))
    if kind != authorizer.type:
        _change_type(api, authorizer, kind)
    set_defaults(authorizer)
    _check_name(api, authorizer)
    _put(authorizer)
    log_patch(actor, "UpdateAuthorizer", _path(authorizer), patch_operations)
    return authorizer


def _change_type(api: RestApi, authorizer: Authorizer, before: str) -> None:
    """What the new type does not have goes. Methods say which type they need, so those that need the old one refuse."""
    if not any({before, authorizer.type} <= set(kinds) for kinds in AUTHORIZERS_OF.values()):
        refuse_if_named(api, Q(authorizer_id=authorizer.pk), f"authorizer '{authorizer.name}'", doing="change")
    if authorizer.type == "JWT":
        authorizer.authorizer_uri = authorizer.authorizer_credentials = authorizer.auth_type = ""
        authorizer.identity_validation_expression = ""
        authorizer.provider_arns, authorizer.authorizer_result_ttl_in_seconds = [], None
    else:
        authorizer.jwt_configuration = None


def _rules(authorizer: Authorizer) -> list[patch.Rule]:
    """Source: API reference, "Patch operations", UpdateAuthorizer."""

    def text(path: str, field: str) -> patch.Rule:
        return patch.Rule(path, patches.REPLACE, patches.put(authorizer, field))

    ttl = patches.put(authorizer, "authorizer_result_ttl_in_seconds", patches.integer)
    return [
        text("/authType", "auth_type"),
        text("/authorizerCredentials", "authorizer_credentials"),
        patch.Rule("/authorizerResultTtlInSeconds", patches.REPLACE, ttl),
        text("/authorizerUri", "authorizer_uri"),
        patch.Rule("/identitySource", patches.ENTRY, patches.put(authorizer, "identity_source")),
        text("/identityValidationExpression", "identity_validation_expression"),
        patch.Rule("/jwtConfiguration", patches.REPLACE, patches.put(authorizer, "jwt_configuration", _json)),
        text("/name", "name"),
        patch.Rule("/providerARNs", patches.ITEM, patches.valued_item(authorizer.provider_arns)),
        text("/type", "type"),
    ]


def _json(op: patch.PatchOperation) -> Any:
    """The whole configuration, as a text: botocore's UpdateAuthorizer."""
    return checks.known_jwt_members(checks.json_value(op.value or ""))


@verb(needs=Role.DEVELOPER)
def delete_authorizer(actor: Actor, *, rest_api_id: str, authorizer_id: str) -> None:
    api = hold_rest_api(rest_api_id)
    authorizer = find_authorizer(api, authorizer_id)
    refuse_if_named(api, Q(authorizer_id=authorizer.pk), f"authorizer '{authorizer.name}'")
    path = _path(authorizer)
    authorizer.delete()
    log(actor, "DeleteAuthorizer", path, {"name": authorizer.name})
