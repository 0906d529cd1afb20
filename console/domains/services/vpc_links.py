"""VPC links: what lies behind a private integration's connectionId."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from console.accounts.services import record
from console.apis.services.patches import REPLACE, put
from console.core import arns, patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, NotFound
from console.core.limits import refuse_more
from console.core.paging import Page, page
from console.core.patch import Rule
from console.core.tags import checked
from console.core.verbs import verb
from console.domains.models import VpcLink

_NETWORK_LOAD_BALANCER = re.compile(r"arn:aws[\w-]*:elasticloadbalancing:[\w-]+:\d{12}:loadbalancer/net/[^/\s]+/\w+")


@verb(needs=Role.DEPLOYER)
def create_vpc_link(
    actor: Actor,
    *,
    name: str,
    target_arns: Sequence[str],
    description: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> VpcLink:
    """A link of AWS's takes minutes to come; this one is there, or has failed, at once."""
    if len(target_arns) > 1:
        raise BadRequest("More than one target arn specified for vpc link.", field="targetArns")
    if not target_arns:
        raise BadRequest("No target arn specified for vpc link.", field="targetArns")
    malformed = not _NETWORK_LOAD_BALANCER.fullmatch(target_arns[0])
    link = VpcLink(
        name=_name(name),
        description=description or "",
        target_arns=list(target_arns),
        status="FAILED" if malformed else "AVAILABLE",
        status_message="NLB ARN is malformed." if malformed else "",
        tags=checked(tags),
    )
    refuse_more("vpc_links", VpcLink.objects.all(), "VPC links")
    link.put()
    record(actor, "CreateVpcLink", arn(link), {"name": link.name, "targetArns": link.target_arns})
    return link


def _name(name: str) -> str:
    if not name.strip():
        raise BadRequest("VPC link name cannot be blank", field="name")
    return name


def arn(link: VpcLink) -> str:
    return arns.apigateway(f"/vpclinks/{link.pk}")


def find_vpc_link(vpc_link_id: str, *, lock: bool = False) -> VpcLink:
    rows = VpcLink.objects.select_for_update() if lock else VpcLink.objects.all()
    link = rows.filter(pk=vpc_link_id).first()
    if link is None:
        raise NotFound("Invalid Vpc Link identifier specified", field="vpcLinkId")
    return link


@verb(needs=Role.VIEWER)
def get_vpc_link(actor: Actor, *, vpc_link_id: str) -> VpcLink:
    return find_vpc_link(vpc_link_id)


@verb(needs=Role.VIEWER)
def get_vpc_links(actor: Actor, *, position: str | None = None, limit: int | None = None) -> Page[VpcLink]:
    return page(VpcLink.objects.all(), order="id", position=position, limit=limit)


@verb(needs=Role.DEPLOYER)
def update_vpc_link(
    actor: Actor, *, vpc_link_id: str, patch_operations: Iterable[Mapping[str, Any]] | None = None
) -> VpcLink:
    """Source: API reference, "Patch operations", UpdateVpcLink."""
    link = find_vpc_link(vpc_link_id, lock=True)
    operations = patch.read(patch_operations, shape="updateVpcLinkInput")
    rules = [Rule("/name", REPLACE, put(link, "name")), Rule("/description", REPLACE, put(link, "description"))]
    patch.apply(operations, rules)
    _name(link.name)
    link.put(fields=["name", "description"])
    record(actor, "UpdateVpcLink", arn(link), {operation.path: operation.value for operation in operations})
    return link


@verb(needs=Role.DEPLOYER)
def delete_vpc_link(actor: Actor, *, vpc_link_id: str) -> None:
    """Nothing that is deployed can use one yet, so none is kept for that."""
    link = find_vpc_link(vpc_link_id, lock=True)
    record(actor, "DeleteVpcLink", arn(link), {"name": link.name})
    link.delete()
