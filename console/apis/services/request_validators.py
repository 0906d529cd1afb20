"""Request validators: what of a request is checked before it goes on."""

from django.db.models import Q

from console.apis.models import RequestValidator, RestApi
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
from console.core.faults import BadRequest, NotFound
from console.core.paging import Page, page
from console.core.verbs import verb


@verb(needs=Role.DEVELOPER)
def create_request_validator(
    actor: Actor,
    *,
    rest_api_id: str,
    name: str = "",
    validate_request_body: bool = False,
    validate_request_parameters: bool = False,
) -> RequestValidator:
    api = hold_rest_api(rest_api_id)
    validator = RequestValidator(
        rest_api=api,
        name=name,
        validate_request_body=validate_request_body,
        validate_request_parameters=validate_request_parameters,
    )
    _check_name(api, validator)
    check_limit("Request Validators", api.request_validators.count() + 1)
    _put(validator)
    log(actor, "CreateRequestValidator", _path(validator), {"name": name})
    return validator


def _check_name(api: RestApi, validator: RequestValidator) -> None:
    others = api.request_validators.exclude(pk=validator.pk)
    if validator.name and others.filter(name=validator.name).exists():
        raise BadRequest(_taken(validator), field="name")


def _taken(validator: RequestValidator) -> str:
    return f"Request Validator name must be unique. Request Validator {validator.name} already exists in this RestApi."


def _put(validator: RequestValidator) -> None:
    with conflict(_taken(validator)):
        validator.put()


def find_request_validator(api: RestApi, request_validator_id: str) -> RequestValidator:
    validator = api.request_validators.filter(pk=request_validator_id).first()
    if validator is None:
        raise NotFound("Invalid Request Validator identifier specified", field="requestValidatorId")
    return validator


def _path(validator: RequestValidator) -> str:
    return f"/restapis/{validator.rest_api_id}/requestvalidators/{validator.pk}"


@verb(needs=Role.VIEWER)
def get_request_validator(actor: Actor, *, rest_api_id: str, request_validator_id: str) -> RequestValidator:
    return find_request_validator(find_rest_api(rest_api_id), request_validator_id)


@verb(needs=Role.VIEWER)
def get_request_validators(
    actor: Actor, *, rest_api_id: str, position: str | None = None, limit: int | None = None
) -> Page[RequestValidator]:
    rows = find_rest_api(rest_api_id).request_validators.all()
    return page(rows, order="id", position=position, limit=limit)


@verb(needs=Role.DEVELOPER)
def update_request_validator(
    actor: Actor, *, rest_api_id: str, request_validator_id: str, patch_operations: Patches = None
) -> RequestValidator:
    api = hold_rest_api(rest_api_id)
    validator = find_request_validator(api, request_validator_id)
    patch.apply(patch.read(patch_operations, shape="updateRequestValidatorInput"), _rules(validator))
    _check_name(api, validator)
    _put(validator)
    log_patch(actor, "UpdateRequestValidator", _path(validator), patch_operations)
    return validator


def _rules(validator: RequestValidator) -> list[patch.Rule]:
    """Source: API reference, "Patch operations", UpdateRequestValidator."""

    def flag(path: str, field: str) -> patch.Rule:
        return patch.Rule(path, patches.REPLACE, patches.put(validator, field, patches.boolean))

    return [
        patch.Rule("/name", patches.REPLACE, patches.put(validator, "name")),
        flag("/validateRequestBody", "validate_request_body"),
        flag("/validateRequestParameters", "validate_request_parameters"),
    ]


@verb(needs=Role.DEVELOPER)
def delete_request_validator(actor: Actor, *, rest_api_id: str, request_validator_id: str) -> None:
    api = hold_rest_api(rest_api_id)
    validator = find_request_validator(api, request_validator_id)
    refuse_if_named(api, Q(request_validator_id=validator.pk), f"request validator '{validator.name}'")
    path = _path(validator)
    validator.delete()
    log(actor, "DeleteRequestValidator", path, {"name": validator.name})
