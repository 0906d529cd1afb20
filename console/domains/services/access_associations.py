"""Domain name access associations: which VPC endpoints may call a private domain name."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.db.models import QuerySet

from console.accounts.services import record
from console.apis.services.drafts import conflict
from console.core import arns
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict, NotFound
from console.core.limits import refuse_more
from console.core.paging import Page, page
from console.core.tags import checked
from console.core.verbs import verb
from console.domains import checks
from console.domains.models import DomainName, DomainNameAccessAssociation

_VPC_ENDPOINT = re.compile(r"vpce-[0-9a-z]{1,32}")
_TAKEN = "The domain name access association already exists"


@verb(needs=Role.DEPLOYER)
def create_domain_name_access_association(
    actor: Actor,
    *,
    domain_name_arn: str,
    access_association_source_type: str,
    access_association_source: str,
    tags: Mapping[str, str] | None = None,
) -> DomainNameAccessAssociation:
    checks.one_of("AccessAssociationSourceType", "accessAssociationSourceType", access_association_source_type)
    if not _VPC_ENDPOINT.fullmatch(access_association_source):
        raise BadRequest(
            f"Invalid VPC endpoint identifier specified: {access_association_source}", field="accessAssociationSource"
        )
    domain = _private_domain(domain_name_arn)
    row = DomainNameAccessAssociation(
        id=_arn(domain, access_association_source),
        domain_name=domain,
        access_association_source_type=access_association_source_type,
        access_association_source=access_association_source,
        tags=checked(tags),
    )
    rows = DomainNameAccessAssociation.objects
    refuse_more("domain_name_access_associations", rows.all(), "domain name access associations")
    if rows.filter(pk=row.pk).exists():
        raise Conflict(_TAKEN, field="accessAssociationSource")
    with conflict(_TAKEN):
        row.put()
    record(actor, "CreateDomainNameAccessAssociation", row.pk, {"domainNameArn": domain.arn})
    return row


def _private_domain(arn: str) -> DomainName:
    key = arn.partition(":/domainnames/")[2]
    domain = DomainName.objects.private().select_for_update().filter(pk=key).first()
    if domain is None or domain.arn != arn:
        raise BadRequest("Invalid domain name identifier specified", field="domainNameArn")
    return domain


def _arn(domain: DomainName, source: str) -> str:
    """`...:/domainnameaccessassociations/domainname/private.example.com+abcd1234/vpcesource/vpce-abcd1234efg`."""
    path = f"/domainnameaccessassociations/domainname/{domain.pk}/vpcesource/{source}"
    return arns.apigateway(path, account=settings.ACCOUNT_ID)


def find_access_association(arn: str, *, lock: bool = False) -> DomainNameAccessAssociation:
    rows: QuerySet[DomainNameAccessAssociation] = DomainNameAccessAssociation.objects.select_related("domain_name")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=arn).first()
    if row is None:
        raise NotFound(
            "Invalid domain name access association identifier specified", field="domainNameAccessAssociationArn"
        )
    return row


@verb(needs=Role.VIEWER)
def get_domain_name_access_associations(
    actor: Actor, *, position: str | None = None, limit: int | None = None, resource_owner: str | None = None
) -> Page[DomainNameAccessAssociation]:
    """One control plane is one account: others own nothing here."""
    rows: QuerySet[DomainNameAccessAssociation] = DomainNameAccessAssociation.objects.select_related("domain_name")
    if resource_owner == "OTHER_ACCOUNTS":
        rows = rows.none()
    return page(rows, order="id", position=position, limit=limit)


@verb(needs=Role.DEPLOYER)
def delete_domain_name_access_association(actor: Actor, *, domain_name_access_association_arn: str) -> None:
    row = find_access_association(domain_name_access_association_arn, lock=True)
    record(actor, "DeleteDomainNameAccessAssociation", row.pk)
    row.delete()


@verb(needs=Role.DEPLOYER)
def reject_domain_name_access_association(
    actor: Actor, *, domain_name_access_association_arn: str, domain_name_arn: str
) -> None:
    """The owner of the domain name ends what the owner of the VPC endpoint began."""
    row = find_access_association(domain_name_access_association_arn, lock=True)
    if row.domain_name.arn != domain_name_arn:
        raise BadRequest("Invalid domain name identifier specified", field="domainNameArn")
    record(actor, "RejectDomainNameAccessAssociation", row.pk, {"domainNameArn": domain_name_arn})
    row.delete()
