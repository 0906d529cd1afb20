"""Documentation parts: what is said of an API's places."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet

from console.apis import checks, openapi
from console.apis.drawing import DocumentationPartDraft
from console.apis.models import DocumentationPart, Method, RestApi
from console.apis.services import patches
from console.apis.services.drafts import conflict, find_rest_api, hold_rest_api, log, log_patch
from console.apis.services.limits import check_limit
from console.apis.services.patches import Patches
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict, NotFound
from console.core.paging import Page, page
from console.core.verbs import verb

_BATCH = 500
_PARAMETERS = {"path": "PATH_PARAMETER", "querystring": "QUERY_PARAMETER", "header": "REQUEST_HEADER"}


@dataclass(frozen=True, slots=True)
class ImportedDocumentation:
    ids: list[str]
    warnings: list[str]


@verb(needs=Role.DEVELOPER)
def create_documentation_part(
    actor: Actor, *, rest_api_id: str, location: Mapping[str, str | None], properties: str
) -> DocumentationPart:
    api = hold_rest_api(rest_api_id)
    part = DocumentationPart(rest_api=api, properties=properties, **checks.location(location))
    if any(other.location == part.location for other in _with_location(api, part)):
        raise Conflict(_taken(part), field="location")
    check_limit("Documentation Parts", api.documentation_parts.count() + 1)
    with conflict(_taken(part)):
        part.put()
    log(actor, "CreateDocumentationPart", _path(part), {"location": said_location(part)})
    return part


def _with_location(api: RestApi, part: DocumentationPart) -> "QuerySet[DocumentationPart]":
    return api.documentation_parts.filter(type=part.type, path=part.path, name=part.name)


def said_location(part: DocumentationPart) -> dict[str, str]:
    """A location in AWS's members: `{"type": "METHOD", "path": "/", "method": "GET"}`."""
    members = {member: getattr(part, column) for member, column in checks.MEMBERS.items()}
    return {"type": part.type, **{member: value for member, value in members.items() if value}}


def _taken(part: DocumentationPart) -> str:
    said = ", ".join(f"{member} '{value}'" for member, value in said_location(part).items())
    return f"Documentation part already exists for the specified location: {said}."


def _path(part: DocumentationPart) -> str:
    return f"/restapis/{part.rest_api_id}/documentation/parts/{part.pk}"


def _find(api: RestApi, documentation_part_id: str) -> DocumentationPart:
    part = api.documentation_parts.filter(pk=documentation_part_id).first()
    if part is None:
        raise NotFound("Invalid Documentation part identifier specified", field="documentationPartId")
    return part


@verb(needs=Role.VIEWER)
def get_documentation_part(actor: Actor, *, rest_api_id: str, documentation_part_id: str) -> DocumentationPart:
    return _find(find_rest_api(rest_api_id), documentation_part_id)


@verb(needs=Role.VIEWER)
def get_documentation_parts(
    actor: Actor,
    *,
    rest_api_id: str,
    type: str | None = None,
    name_query: str | None = None,
    path: str | None = None,
    position: str | None = None,
    limit: int | None = None,
    location_status: str = "DOCUMENTED",
) -> Page[DocumentationPart]:
    """`location_status` UNDOCUMENTED: the places of which nothing is said, all at once, as parts without an id."""
    api = find_rest_api(rest_api_id)
    wanted: dict[str, str] = {"type": type or "", "name__icontains": name_query or "", "path": path or ""}
    wanted = {look_up: value for look_up, value in wanted.items() if value}
    if location_status != "UNDOCUMENTED":
        return page(api.documentation_parts.filter(**wanted), order="id", position=position, limit=limit)
    name = wanted.get("name__icontains", "").lower()
    found = [part for part in _undocumented(api) if type in (None, part.type) and path in (None, part.path)]
    return Page([part for part in found if name in part.name.lower()])


def _undocumented(api: RestApi) -> list[DocumentationPart]:
    said = {part.location for part in api.documentation_parts.all()}
    drawn = RestApi.objects.drawn().get(pk=api.pk)
    parts = (DocumentationPart(pk="", rest_api=api, **checks.location(place)) for place in _places(drawn))
    return [part for part in parts if part.location not in said]


def _places(drawn: RestApi) -> Iterator[dict[str, str]]:
    yield {"type": "API"}
    for authorizer in drawn.authorizers.all():
        yield {"type": "AUTHORIZER", "name": authorizer.name}
    for model in drawn.models.all():
        yield {"type": "MODEL", "name": model.name}
    for resource in drawn.resources.all():
        yield {"type": "RESOURCE", "path": resource.path}
        for method in resource.methods.all():
            yield from _places_of(method, {"path": resource.path, "method": method.http_method})


def _places_of(method: Method, where: dict[str, str]) -> Iterator[dict[str, str]]:
    yield {"type": "METHOD", **where}
    for parameter in sorted(method.request_parameters):
        _, _, place, name = parameter.split(".", 3)
        yield {"type": _PARAMETERS[place], **where, "name": name}
    if method.request_models:
        yield {"type": "REQUEST_BODY", **where}
    for response in method.responses.all():
        here = {**where, "statusCode": response.status_code}
        yield {"type": "RESPONSE", **here}
        for parameter in sorted(response.response_parameters):
            yield {"type": "RESPONSE_HEADER", **here, "name": parameter.split(".", 3)[3]}
        if response.response_models:
            yield {"type": "RESPONSE_BODY", **here}


@verb(needs=Role.DEVELOPER)
def update_documentation_part(
    actor: Actor, *, rest_api_id: str, documentation_part_id: str, patch_operations: Patches = None
) -> DocumentationPart:
    part = _find(hold_rest_api(rest_api_id), documentation_part_id)
    rules = [patch.Rule("/properties", patches.REPLACE, patches.put(part, "properties"))]
    patch.apply(patch.read(patch_operations, shape="updateDocumentationPartInput"), rules)
    part.put()
    log_patch(actor, "UpdateDocumentationPart", _path(part), patch_operations)
    return part


@verb(needs=Role.DEVELOPER)
def delete_documentation_part(actor: Actor, *, rest_api_id: str, documentation_part_id: str) -> None:
    part = _find(hold_rest_api(rest_api_id), documentation_part_id)
    path = _path(part)
    part.delete()
    log(actor, "DeleteDocumentationPart", path, {"location": said_location(part)})


@verb(needs=Role.DEVELOPER)
def import_documentation_parts(
    actor: Actor, *, rest_api_id: str, body: bytes, mode: str = "merge", fail_on_warnings: bool = False
) -> ImportedDocumentation:
    """Of a document only what it documents is read."""
    openapi.check_mode(mode)
    drafts, warnings = openapi.read_documentation(body, rest_api_id=find_rest_api(rest_api_id).pk)
    if fail_on_warnings and warnings:
        raise BadRequest(openapi.told("Warnings found during import:", warnings), field="body")
    api = hold_rest_api(rest_api_id)
    parts = write_parts(api, drafts, overwrite=mode == "overwrite")
    path = f"/restapis/{api.pk}/documentation/parts"
    log(actor, "ImportDocumentationParts", path, {"mode": mode, "parts": len(parts)})
    return ImportedDocumentation([part.pk for part in parts], warnings)


def write_parts(
    api: RestApi, drafts: Iterable[DocumentationPartDraft], *, overwrite: bool = False
) -> list[DocumentationPart]:
    """A merge adds to what is said of a place, attribute by attribute; overwriting leaves nothing else."""
    parts = [DocumentationPart(rest_api=api, **asdict(draft)) for draft in drafts]
    there = {part.location: part for part in api.documentation_parts.all()}
    for part in parts:
        before = there.get(part.location)
        if before is not None:
            part.pk = before.pk
            part.properties = part.properties if overwrite else _merged(before.properties, part.properties)
    replaced = api.documentation_parts.all()
    if not overwrite:
        replaced = replaced.filter(pk__in=[part.pk for part in parts])
        check_limit("Documentation Parts", len(there.keys() | {part.location for part in parts}))
    else:
        check_limit("Documentation Parts", len(parts))
    replaced.delete()
    return DocumentationPart.objects.bulk_create(parts, batch_size=_BATCH)


def _merged(before: str, now: str) -> str:
    old: dict[str, Any] = json.loads(before)
    new: dict[str, Any] = json.loads(now)
    return now if old.keys() <= new.keys() else json.dumps({**old, **new})
