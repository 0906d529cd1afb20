"""Base path mappings: below which path of a domain name an API's stage answers."""

from collections.abc import Iterable, Mapping
from typing import Any

from console.accounts.services import record
from console.apis.models import RestApi
from console.apis.services.drafts import conflict
from console.apis.services.patches import REPLACE, text
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict, NotFound
from console.core.limits import refuse_more
from console.core.paging import Page, page
from console.core.patch import Handler, PatchOperation, Rule
from console.core.permission import require, require_each, seen
from console.core.verbs import verb
from console.domains import checks
from console.domains.models import BasePathMapping, DomainName
from console.domains.services.domain_names import find_domain_name
from console.stages.models import Stage

# Terraform and the API reference spell these two differently.
_PATHS = {
    "/basePath": "base_path",
    "/basepath": "base_path",
    "/restapiId": "rest_api_id",
    "/restApiId": "rest_api_id",
    "/stage": "stage",
}
_TAKEN = "Base path already exists for this domain name"


@verb(needs=Role.DEPLOYER)
def create_base_path_mapping(
    actor: Actor,
    *,
    domain_name: str,
    rest_api_id: str,
    domain_name_id: str | None = None,
    base_path: str | None = None,
    stage: str | None = None,
) -> BasePathMapping:
    require(actor, Role.DEPLOYER, "CreateBasePathMapping")  # of the domain name too, which is the account's
    domain = find_domain_name(domain_name, domain_name_id, lock=True)
    mapping = BasePathMapping(domain_name=domain)
    _lead(mapping, base_path=base_path or "", rest_api_id=rest_api_id, stage=stage or "")
    refuse_more(
        "base_path_mappings_per_domain_name",
        domain.base_path_mappings.all(),
        "base path mappings",
        "this domain name",
    )
    _write(mapping)
    record(actor, "CreateBasePathMapping", arn(mapping), _said(mapping))
    return mapping


def _lead(mapping: BasePathMapping, *, base_path: str, rest_api_id: str, stage: str) -> None:
    mapping.base_path = checks.base_path(base_path)
    api = RestApi.objects.filter(pk=rest_api_id).first()
    if api is None:
        raise BadRequest("Invalid REST API identifier specified", field="restApiId")
    mapping.rest_api = api
    mapping.stage = _stage(api, stage)


def _stage(api: RestApi, stage_name: str) -> Stage | None:
    if stage_name in ("", checks.EMPTY_BASE_PATH):
        return None
    stage = Stage.objects.filter(rest_api=api, stage_name=stage_name).first()
    if stage is None:
        raise BadRequest("Invalid stage identifier specified", field="stage")
    return stage


def _write(mapping: BasePathMapping) -> None:
    """The domain's lock keeps others from the path meanwhile; the constraint stands behind it."""
    others = BasePathMapping.objects.filter(domain_name=mapping.domain_name, base_path=mapping.base_path)
    if others.exclude(pk=mapping.pk).exists():
        raise Conflict(_TAKEN, field="basePath")
    with conflict(_TAKEN):
        mapping.put()


def _said(mapping: BasePathMapping) -> dict[str, str]:
    stage = mapping.stage.stage_name if mapping.stage else ""
    return {"basePath": mapping.base_path, "restApiId": mapping.rest_api_id, "stage": stage}


def arn(mapping: BasePathMapping) -> str:
    return f"{mapping.domain_name.arn}/basepathmappings/{mapping.base_path}"


def _find(domain: DomainName, base_path: str) -> BasePathMapping:
    rows = domain.base_path_mappings.select_related("stage")
    mapping = rows.filter(base_path=base_path or checks.EMPTY_BASE_PATH).first()
    if mapping is None:
        raise NotFound("Invalid base path mapping identifier specified", field="basePath")
    mapping.domain_name = domain
    return mapping


@verb(needs=Role.VIEWER)
def get_base_path_mapping(
    actor: Actor, *, domain_name: str, base_path: str, domain_name_id: str | None = None
) -> BasePathMapping:
    mapping = _find(find_domain_name(domain_name, domain_name_id), base_path)
    require(actor, Role.VIEWER, "GetBasePathMapping", on=mapping.rest_api_id)
    return mapping


@verb(needs=Role.VIEWER)
def get_base_path_mappings(
    actor: Actor,
    *,
    domain_name: str,
    domain_name_id: str | None = None,
    position: str | None = None,
    limit: int | None = None,
) -> Page[BasePathMapping]:
    rows = find_domain_name(domain_name, domain_name_id).base_path_mappings.select_related("stage")
    return page(rows.filter(seen(actor, "rest_api")), order="base_path", position=position, limit=limit)


@verb(needs=Role.DEPLOYER)
def update_base_path_mapping(
    actor: Actor,
    *,
    domain_name: str,
    base_path: str,
    domain_name_id: str | None = None,
    patch_operations: Iterable[Mapping[str, Any]] | None = None,
) -> BasePathMapping:
    """Source: API reference, "Patch operations", UpdateBasePathMapping. An API and its stage may change together."""
    mapping = _find(find_domain_name(domain_name, domain_name_id, lock=True), base_path)
    before, wanted = arn(mapping), _wanted(mapping)
    operations = patch.read(patch_operations, shape="updateBasePathMappingInput")
    patch.apply(operations, [Rule(path, REPLACE, _set(wanted, name)) for path, name in _PATHS.items()])
    require_each(actor, Role.DEPLOYER, "UpdateBasePathMapping", [mapping.rest_api_id, wanted["rest_api_id"]])
    _lead(mapping, **wanted)
    _write(mapping)
    record(actor, "UpdateBasePathMapping", before, _said(mapping))
    return mapping


def _wanted(mapping: BasePathMapping) -> dict[str, str]:
    stage = mapping.stage.stage_name if mapping.stage else ""
    return {"base_path": mapping.base_path, "rest_api_id": mapping.rest_api_id, "stage": stage}


def _set(wanted: dict[str, str], name: str) -> Handler:
    def handle(operation: PatchOperation) -> None:
        wanted[name] = text(operation)

    return handle


@verb(needs=Role.DEPLOYER)
def delete_base_path_mapping(
    actor: Actor, *, domain_name: str, base_path: str, domain_name_id: str | None = None
) -> None:
    mapping = _find(find_domain_name(domain_name, domain_name_id, lock=True), base_path)
    require(actor, Role.DEPLOYER, "DeleteBasePathMapping", on=mapping.rest_api_id)
    record(actor, "DeleteBasePathMapping", arn(mapping), _said(mapping))
    mapping.delete()
