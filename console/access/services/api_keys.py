"""API keys. A value is kept sealed, found by its digest, and shown to those who may deploy."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from console.access.models import ApiKey
from console.accounts.services import record
from console.apis.services.drafts import conflict
from console.apis.services.patches import boolean, put, text
from console.core import arns, ids, patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict, NotFound
from console.core.limits import refuse_more
from console.core.paging import Page, page
from console.core.patch import PatchOperation, Rule
from console.core.permission import require, require_each, sees
from console.core.seal import seal, unseal
from console.core.tags import checked
from console.core.verbs import verb
from console.stages.services.rows import find_stage

MIN_VALUE, MAX_VALUE = 20, 128


@verb(needs=Role.DEPLOYER)
def create_api_key(
    actor: Actor,
    *,
    name: str | None = None,
    description: str | None = None,
    enabled: bool | None = None,
    generate_distinct_id: bool | None = None,  # AWS deprecated it: an id is always distinct from the value
    value: str | None = None,
    stage_keys: Iterable[Mapping[str, str]] | None = None,
    customer_id: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> ApiKey:
    key = new_api_key(_checked(value) if value else ids.secret())
    key.name, key.description, key.customer_id = name or "", description or "", customer_id or ""
    key.enabled = bool(enabled)
    named = [(one.get("restApiId", ""), one.get("stageName", "")) for one in stage_keys or ()]
    require_each(actor, Role.DEPLOYER, "CreateApiKey", [rest_api_id for rest_api_id, _ in named])
    key.stage_keys = [_stage_key(*one) for one in named]
    key.tags = checked(tags)
    if ApiKey.objects.filter(value_digest=key.value_digest).exists():
        raise _taken()
    add(key)
    record(actor, "CreateApiKey", arn(key), {"name": key.name, "enabled": key.enabled})
    return key


def new_api_key(value: str) -> ApiKey:
    """Not yet written."""
    key = ApiKey(value_sealed=seal(value), value_digest=digest(value))
    key.value = value
    return key


def add(key: ApiKey) -> None:
    """Raises LimitExceeded, or Conflict where another key has the value by now."""
    refuse_more("api_keys", ApiKey.objects.all(), "API keys")
    with conflict(_taken().message):
        key.put()


def digest(value: str) -> str:
    """What nodes know of a key. Unsalted, since they look it up; a value of 20 characters and more is not guessed."""
    return hashlib.sha256(value.encode()).hexdigest()


def arn(key: ApiKey) -> str:
    return arns.apigateway(f"/apikeys/{key.pk}")


def _checked(value: str) -> str:
    if len(value) < MIN_VALUE:
        raise BadRequest(f"API Key value should be at least {MIN_VALUE} characters", field="value")
    if len(value) > MAX_VALUE:
        raise BadRequest(f"API Key value should be at most {MAX_VALUE} characters", field="value")
    return value


def _taken() -> Conflict:
    return Conflict("API Key already exists", field="value")


def _stage_key(rest_api_id: str, stage_name: str) -> str:
    stage = find_stage(rest_api_id, stage_name)
    return f"{stage.rest_api_id}/{stage.stage_name}"


def find_api_key(key_id: str, *, lock: bool = False) -> ApiKey:
    rows = ApiKey.objects.select_for_update() if lock else ApiKey.objects.all()
    key = rows.filter(pk=key_id).first()
    if key is None:
        raise NotFound("Invalid API Key identifier specified", field="apiKey")
    return key


@verb(needs=Role.VIEWER)
def get_api_key(actor: Actor, *, api_key: str, include_value: bool | None = None) -> ApiKey:
    key = find_api_key(api_key)
    if include_value:
        _show(actor, [key])
    return _seen(actor, key)


@verb(needs=Role.VIEWER)
def get_api_keys(
    actor: Actor,
    *,
    position: str | None = None,
    limit: int | None = None,
    name_query: str | None = None,
    customer_id: str | None = None,
    include_values: bool | None = None,
) -> Page[ApiKey]:
    """`name_query` is how a name begins."""
    rows = ApiKey.objects.filter(name__startswith=name_query or "")
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    found = page(rows, order="id", position=position, limit=limit)
    if include_values:
        _show(actor, found.items)
    return Page([_seen(actor, key) for key in found.items], found.position)


def _seen(actor: Actor, key: ApiKey) -> ApiKey:
    """With the stages of APIs that the actor may see; to be said, and not to be written any more."""
    key.stage_keys = [one for one in key.stage_keys if sees(actor, one.partition("/")[0])]
    return key


def may_see_values(actor: Actor) -> bool:
    return actor.role >= Role.DEPLOYER


def _show(actor: Actor, keys: Iterable[ApiKey]) -> None:
    require(actor, Role.DEPLOYER, "GetApiKey with its value")
    for key in keys:
        key.value = unseal(key.value_sealed)


@verb(needs=Role.DEPLOYER)
def update_api_key(
    actor: Actor, *, api_key: str, patch_operations: Iterable[Mapping[str, Any]] | None = None
) -> ApiKey:
    key = find_api_key(api_key, lock=True)
    operations = patch.read(patch_operations, shape="updateApiKeyInput")
    patch.apply(operations, _rules(actor, key))
    key.last_updated_date = timezone.now()
    key.put()
    record(actor, "UpdateApiKey", arn(key), {operation.path: operation.value for operation in operations})
    return _seen(actor, key)


def _rules(actor: Actor, key: ApiKey) -> list[Rule]:
    """Source: API reference, "Patch operations", UpdateApiKey."""

    def stages(operation: PatchOperation) -> None:
        given = text(operation)
        rest_api_id, _, stage_name = given.partition("/")
        require(actor, Role.DEPLOYER, "UpdateApiKey", on=rest_api_id)
        others = [one for one in key.stage_keys if one != given]
        key.stage_keys = others if operation.op == "remove" else [*others, _stage_key(rest_api_id, stage_name)]

    return [
        Rule("/name", ("add", "replace"), put(key, "name")),
        Rule("/description", ("add", "replace", "remove"), put(key, "description")),
        Rule("/customerId", ("add", "replace", "remove"), put(key, "customer_id")),
        Rule("/enabled", ("replace",), put(key, "enabled", boolean)),
        Rule("/stages", ("add", "remove"), stages),
    ]


@verb(needs=Role.DEPLOYER)
def delete_api_key(actor: Actor, *, api_key: str) -> None:
    key = find_api_key(api_key, lock=True)
    record(actor, "DeleteApiKey", arn(key), {"name": key.name})
    key.delete()
