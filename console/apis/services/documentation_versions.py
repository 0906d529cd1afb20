"""Documentation versions: documentation parts as they were once, and the stages that publish them."""

from console.apis.models import DocumentationVersion, RestApi
from console.apis.services import patches
from console.apis.services.documentation_parts import said_location
from console.apis.services.drafts import conflict, find_rest_api, hold_rest_api, log, log_patch
from console.apis.services.patches import Patches
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import Conflict, NotFound
from console.core.paging import Page, page
from console.core.verbs import verb


@verb(needs=Role.DEVELOPER)
def create_documentation_version(
    actor: Actor, *, rest_api_id: str, documentation_version: str, stage_name: str = "", description: str = ""
) -> DocumentationVersion:
    """`stage_name`: the stage that publishes it from now on."""
    api = hold_rest_api(rest_api_id)
    row = DocumentationVersion(
        rest_api=api, version=documentation_version, description=description, parts=_snapshot(api)
    )
    if api.documentation_versions.filter(version=documentation_version).exists():
        raise Conflict(_taken(row), field="documentationVersion")
    with conflict(_taken(row)):
        row.put()
    if stage_name and not api.stages.filter(stage_name=stage_name).update(documentation_version=row.version):
        raise NotFound("Invalid stage identifier specified", field="stageName")
    log(actor, "CreateDocumentationVersion", _path(row), {"stageName": stage_name or None, "parts": len(row.parts)})
    return row


def _taken(row: DocumentationVersion) -> str:
    return f"Documentation version already exists for this REST API: {row.version}"


def _snapshot(api: RestApi) -> list[dict[str, object]]:
    parts = api.documentation_parts.order_by("type", "path", "method", "status_code", "name")
    return [{"location": said_location(part), "properties": part.properties} for part in parts]


def _path(row: DocumentationVersion) -> str:
    return f"/restapis/{row.rest_api_id}/documentation/versions/{row.version}"


def _find(api: RestApi, version: str) -> DocumentationVersion:
    row = api.documentation_versions.filter(version=version).defer("parts").first()
    if row is None:
        raise NotFound("Invalid Documentation version specified", field="documentationVersion")
    return row


@verb(needs=Role.VIEWER)
def get_documentation_version(actor: Actor, *, rest_api_id: str, documentation_version: str) -> DocumentationVersion:
    return _find(find_rest_api(rest_api_id), documentation_version)


@verb(needs=Role.VIEWER)
def get_documentation_versions(
    actor: Actor, *, rest_api_id: str, position: str | None = None, limit: int | None = None
) -> Page[DocumentationVersion]:
    rows = find_rest_api(rest_api_id).documentation_versions.defer("parts")
    return page(rows, order="version", position=position, limit=limit)


@verb(needs=Role.DEVELOPER)
def update_documentation_version(
    actor: Actor, *, rest_api_id: str, documentation_version: str, patch_operations: Patches = None
) -> DocumentationVersion:
    """What it froze stays as it is."""
    row = _find(hold_rest_api(rest_api_id), documentation_version)
    rules = [patch.Rule("/description", patches.REPLACE, patches.put(row, "description"))]
    patch.apply(patch.read(patch_operations, shape="updateDocumentationVersionInput"), rules)
    row.put(fields=["description"])
    log_patch(actor, "UpdateDocumentationVersion", _path(row), patch_operations)
    return row


@verb(needs=Role.DEVELOPER)
def delete_documentation_version(actor: Actor, *, rest_api_id: str, documentation_version: str) -> None:
    api = hold_rest_api(rest_api_id)
    row = _find(api, documentation_version)
    stage = api.stages.filter(documentation_version=row.version).order_by("stage_name").first()
    if stage is not None:
        raise Conflict(
            f"Cannot delete documentation version '{row.version}', is referenced in stage: {stage.stage_name}"
        )
    path = _path(row)
    row.delete()
    log(actor, "DeleteDocumentationVersion", path)
