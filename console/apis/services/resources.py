"""The tree: resources made, moved, deleted."""

from collections.abc import Sequence

from django.db.models import F, Value
from django.db.models.functions import Concat, Length, Substr

from console.apis import checks
from console.apis.models import Resource, RestApi
from console.apis.services import patches
from console.apis.services.drafts import (
    conflict,
    find_resource,
    find_rest_api,
    hold_rest_api,
    log,
    log_patch,
    resource_path,
)
from console.apis.services.drawing import place
from console.apis.services.limits import check_limit
from console.apis.services.patches import Patches
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict
from console.core.paging import Page, page
from console.core.verbs import verb


@verb(needs=Role.DEVELOPER)
def create_resource(actor: Actor, *, rest_api_id: str, parent_id: str, path_part: str) -> Resource:
    api = hold_rest_api(rest_api_id)
    parent = find_resource(api, parent_id)
    checks.path_part(path_part)
    resource = Resource(rest_api=api, parent=parent, path_part=path_part, path=parent.path_below(path_part))
    _check_place(resource, parent)
    check_limit("Resources", api.resources.count() + 1)
    with conflict(_taken(path_part)):
        resource.put()
    log(actor, "CreateResource", resource_path(resource), {"path": resource.path})
    return resource


def _check_place(resource: Resource, parent: Resource) -> None:
    siblings = list(parent.children.exclude(pk=resource.pk))
    if any(sibling.path_part == resource.path_part for sibling in siblings):
        raise Conflict(_taken(resource.path_part), field="pathPart")
    place(resource.path_part, parent, siblings)


def _taken(part: str) -> str:
    return f"Another resource with the same parent already has this name: {part}"


@verb(needs=Role.VIEWER)
def get_resource(actor: Actor, *, rest_api_id: str, resource_id: str, embed: Sequence[str] = ()) -> Resource:
    return _embedding([find_resource(find_rest_api(rest_api_id), resource_id)], embed)[0]


@verb(needs=Role.VIEWER)
def get_resources(
    actor: Actor,
    *,
    rest_api_id: str,
    position: str | None = None,
    limit: int | None = None,
    embed: Sequence[str] = (),
) -> Page[Resource]:
    found = page(find_rest_api(rest_api_id).resources.all(), order="path", position=position, limit=limit)
    return Page(_embedding(found.items, embed), found.position)


def _embedding(resources: list[Resource], embed: Sequence[str]) -> list[Resource]:
    """AWS names the verbs always, and says the methods in full when `embed` has `methods`."""
    whole = "methods" in embed
    Resource.objects.fetch_methods(resources, whole=whole)
    for resource in resources:
        resource.embeds_methods = whole
    return resources


@verb(needs=Role.DEVELOPER)
def update_resource(actor: Actor, *, rest_api_id: str, resource_id: str, patch_operations: Patches = None) -> Resource:
    api = hold_rest_api(rest_api_id)
    resource = find_resource(api, resource_id)
    if resource.parent_id is None:
        raise BadRequest("Root resource cannot be updated", field="resourceId")
    patch.apply(patch.read(patch_operations, shape="updateResourceInput"), _rules(api, resource))
    _move(resource)
    log_patch(actor, "UpdateResource", resource_path(resource), patch_operations)
    return _embedding([resource], ())[0]


def _rules(api: RestApi, resource: Resource) -> list[patch.Rule]:
    def parent(op: patch.PatchOperation) -> None:
        resource.parent = find_resource(api, op.value or "")

    return [
        patch.Rule("/pathPart", patches.REPLACE, patches.put(resource, "path_part")),
        patch.Rule("/parentId", patches.REPLACE, parent),
    ]


def _move(resource: Resource) -> None:
    """Write a resource whose part or parent was changed, and rewrite the paths of all that lies below it."""
    parent, old = resource.parent, resource.path
    assert parent is not None
    if parent.pk == resource.pk or parent.path.startswith(f"{old}/"):
        raise BadRequest("Resources cannot be cyclical.", field="/parentId")
    checks.path_part(resource.path_part)
    _check_place(resource, parent)
    if checks.is_greedy(resource.path_part) and resource.children.exists():
        raise BadRequest("A greedy path variable must be the last part of its path", field="/pathPart")
    resource.path = parent.path_below(resource.path_part)
    below = Resource.objects.filter(rest_api_id=resource.rest_api_id, path__startswith=f"{old}/")
    longest = max((len(path) for path in below.values_list("path", flat=True)), default=len(old))
    checks.path(resource.path + "/" * (longest - len(old)))
    with conflict(_taken(resource.path_part)):
        resource.put()
        rest = Substr(F("path"), Length(Value(old)) + 1)
        below.update(path=Concat(Value(resource.path), rest))


@verb(needs=Role.DEVELOPER)
def delete_resource(actor: Actor, *, rest_api_id: str, resource_id: str) -> None:
    """What lies below it goes too."""
    resource = find_resource(hold_rest_api(rest_api_id), resource_id)
    if resource.parent_id is None:
        raise BadRequest("Root resource cannot be deleted", field="resourceId")
    path = resource_path(resource)
    resource.delete()
    log(actor, "DeleteResource", path, {"path": resource.path})
