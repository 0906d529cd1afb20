"""Tags by ARN, of every kind of thing that AWS lets one tag. A new kind is one line of the table."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from console.access.services.api_keys import find_api_key
from console.access.services.usage_plans import find_usage_plan
from console.accounts.services import record
from console.apis.models import RestApi
from console.apis.services.drafts import find_rest_api
from console.core import arns
from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from console.core.permission import require
from console.core.tags import checked
from console.core.verbs import verb
from console.domains.models import DomainName, DomainNameAccessAssociation
from console.domains.services.access_associations import find_access_association
from console.domains.services.client_certificates import find_client_certificate
from console.domains.services.domain_names import find_domain_name
from console.domains.services.vpc_links import find_vpc_link
from console.stages.services.rows import find_stage, lock_rest_api


@dataclass(frozen=True, slots=True)
class Kind:
    """`path` is the ARN's, as a pattern; find(*its groups, lock=...) -> a row that has `tags`, or a fault."""

    path: str
    find: Callable[..., Any]
    of_api: bool = False  # then the first group is the API's id
    needs: Role = Role.DEPLOYER  # to tag it: what it takes to change the thing


def _rest_api(rest_api_id: str, *, lock: bool) -> RestApi:
    return lock_rest_api(rest_api_id) if lock else find_rest_api(rest_api_id)


def _domain_name(key: str, *, lock: bool) -> DomainName:
    name, _, domain_name_id = key.partition("+")
    return find_domain_name(name, domain_name_id, lock=lock)


def _access_association(path: str, *, lock: bool) -> DomainNameAccessAssociation:
    return find_access_association(arns.apigateway(path, account=settings.ACCOUNT_ID), lock=lock)


KINDS = (
    Kind(r"/restapis/([^/]+)", _rest_api, of_api=True, needs=Role.DEVELOPER),
    Kind(r"/restapis/([^/]+)/stages/([^/]+)", find_stage, of_api=True),
    Kind(r"/apikeys/([^/]+)", find_api_key),
    Kind(r"/usageplans/([^/]+)", find_usage_plan),
    Kind(r"/clientcertificates/([^/]+)", find_client_certificate),
    Kind(r"/domainnames/([^/]+)", _domain_name),
    Kind(r"/vpclinks/([^/]+)", find_vpc_link),
    Kind(r"(/domainnameaccessassociations/domainname/[^/]+/vpcesource/[^/]+)", _access_association),
)
# Clients sign for the region that they are set to, and write it into ARNs; here is one region, whatever its name.
_ARN = re.compile(r"arn:aws[\w-]*:apigateway:[a-z0-9-]+:(?P<account>\d{12})?:(?P<path>/.*)")


@verb(needs=Role.NONE)
def get_tags(
    actor: Actor, *, resource_arn: str, position: str | None = None, limit: int | None = None
) -> dict[str, str]:
    """All of them at once: AWS does not support `position` and `limit` here either."""
    kind, groups = _kind(resource_arn)
    require(actor, Role.VIEWER, "GetTags", on=groups[0] if kind.of_api else None)
    return dict(kind.find(*groups, lock=False).tags)


@verb(needs=Role.NONE)
def tag_resource(actor: Actor, *, resource_arn: str, tags: Mapping[str, str]) -> None:
    row = _held(actor, resource_arn, "TagResource")
    row.tags = checked({**row.tags, **checked(tags)})
    row.put(fields=["tags"])
    record(actor, "TagResource", resource_arn, {"tags": dict(tags)})


@verb(needs=Role.NONE)
def untag_resource(actor: Actor, *, resource_arn: str, tag_keys: Iterable[str]) -> None:
    """A key that is not there is no mistake."""
    row, keys = _held(actor, resource_arn, "UntagResource"), set(tag_keys)
    row.tags = {key: value for key, value in row.tags.items() if key not in keys}
    row.put(fields=["tags"])
    record(actor, "UntagResource", resource_arn, {"tagKeys": sorted(keys)})


def _kind(arn: str) -> tuple[Kind, tuple[str, ...]]:
    match = _ARN.fullmatch(arn)
    if match and match["account"] in (None, settings.ACCOUNT_ID):
        for kind in KINDS:
            path = re.fullmatch(kind.path, match["path"])
            if path:
                return kind, path.groups()
    raise BadRequest(f"Invalid resource ARN specified: {arn}", field="resourceArn")


def _held(actor: Actor, arn: str, operation: str) -> Any:
    """The row, locked until the transaction ends."""
    kind, groups = _kind(arn)
    require(actor, kind.needs, operation, on=groups[0] if kind.of_api else None)
    return kind.find(*groups, lock=True)
