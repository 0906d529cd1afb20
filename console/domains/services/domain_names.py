"""Domain names: made, read, deleted."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from console.accounts.services import record
from console.core import ids
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, NotFound
from console.core.gateway import gateway_domain
from console.core.limits import refuse_more
from console.core.paging import Page, page
from console.core.permission import require_each
from console.core.seal import seal
from console.core.tags import checked
from console.core.verbs import verb
from console.domains import checks
from console.domains.models import DomainName, domain_name_key


@verb(needs=Role.DEPLOYER)
def create_domain_name(
    actor: Actor,
    *,
    domain_name: str,
    certificate_name: str | None = None,
    certificate_body: str | None = None,
    certificate_private_key: str | None = None,
    certificate_chain: str | None = None,
    certificate_arn: str | None = None,
    regional_certificate_name: str | None = None,
    regional_certificate_arn: str | None = None,
    endpoint_configuration: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    security_policy: str | None = None,
    endpoint_access_mode: str | None = None,
    mutual_tls_authentication: Mapping[str, str] | None = None,
    ownership_verification_certificate_arn: str | None = None,
    policy: str | None = None,
    routing_mode: str | None = None,
) -> DomainName:
    row = DomainName(
        domain_name=domain_name,
        certificate_name=certificate_name or "",
        certificate_arn=certificate_arn or "",
        regional_certificate_name=regional_certificate_name or "",
        regional_certificate_arn=regional_certificate_arn or "",
        endpoint_access_mode=endpoint_access_mode or "",
        mutual_tls_authentication=mutual_tls(mutual_tls_authentication),
        ownership_verification_certificate_arn=ownership_verification_certificate_arn or "",
        policy=policy or "",
        tags=checked(tags),
    )
    row.security_policy = security_policy or row.security_policy
    row.routing_mode = routing_mode or row.routing_mode
    _place(row, endpoint_configuration or {})
    _take_upload(row, certificate_body, certificate_chain, certificate_private_key)
    name_endpoints(row)
    _refuse_taken(row)
    row.put()
    record(actor, "CreateDomainName", row.arn, {"endpointConfiguration": {"types": row.endpoint_types}})
    return row


def mutual_tls(given: Mapping[str, str] | None) -> dict[str, str] | None:
    """Without a truststore there is none: that is how it is switched off. What is empty is left out."""
    found = {key: value for key, value in (given or {}).items() if value}
    return found if found.get("truststoreUri") else None


def _place(row: DomainName, given: Mapping[str, Any]) -> None:
    row.endpoint_types = list(given.get("types") or row.endpoint_types)
    if len(row.endpoint_types) > 1:
        raise BadRequest("Cannot create a domain name with multiple Endpoint Types", field="endpointConfiguration")
    private = row.endpoint_types == ["PRIVATE"]
    row.ip_address_type = given.get("ipAddressType") or ("dualstack" if private else "ipv4")
    row.domain_name_id = ids.api_id() if private else ""
    row.pk = domain_name_key(row.domain_name, row.domain_name_id)


def _take_upload(row: DomainName, body: str | None, chain: str | None, private_key: str | None) -> None:
    if body or private_key or chain:
        checks.key_pair(body or "", chain or "", private_key or "")
        row.certificate_pem = "\n".join(part.strip() for part in (body, chain) if part) + "\n"
        row.private_key_sealed = seal(private_key or "")
    note_upload(row)


def note_upload(row: DomainName) -> None:
    """The date is that of the certificate of an edge-optimized or private endpoint."""
    has_one = row.certificate_name or row.certificate_arn or row.certificate_pem
    row.certificate_upload_date = timezone.now() if has_one else None


def name_endpoints(row: DomainName) -> None:
    """The names that a CNAME record points at: below this gateway's domain, as AWS's are below its own."""
    types, domain = row.endpoint_types, gateway_domain()
    if "REGIONAL" not in types:
        row.regional_domain_name = ""
    elif not row.regional_domain_name:
        row.regional_domain_name = f"d-{ids.api_id()}.execute-api.{domain}"
    if "EDGE" not in types:
        row.distribution_domain_name = ""
    elif not row.distribution_domain_name:
        row.distribution_domain_name = f"d{ids.api_id()}.cloudfront.{domain}"


def _refuse_taken(row: DomainName) -> None:
    if row.is_private:
        refuse_more("private_domain_names", DomainName.objects.private(), "private domain names")
        return
    refuse_more("domain_names", DomainName.objects.public(), "domain names")
    if DomainName.objects.filter(pk=row.pk).exists():
        raise BadRequest("The domain name you provided already exists.", field="domainName")


def find_domain_name(domain_name: str, domain_name_id: str | None = None, *, lock: bool = False) -> DomainName:
    """A private one is found with its id alone, as on AWS."""
    rows = DomainName.objects.select_for_update() if lock else DomainName.objects.all()
    row = rows.named(domain_name, domain_name_id or "").first()
    if row is None:
        raise NotFound("Invalid domain name identifier specified", field="domainName")
    return row


@verb(needs=Role.VIEWER)
def get_domain_name(actor: Actor, *, domain_name: str, domain_name_id: str | None = None) -> DomainName:
    return find_domain_name(domain_name, domain_name_id)


@verb(needs=Role.VIEWER)
def get_domain_names(
    actor: Actor, *, position: str | None = None, limit: int | None = None, resource_owner: str | None = None
) -> Page[DomainName]:
    """One control plane is one account: others own nothing here."""
    rows = DomainName.objects.none() if resource_owner == "OTHER_ACCOUNTS" else DomainName.objects.all()
    return page(rows, order="id", position=position, limit=limit)


@verb(needs=Role.DEPLOYER)
def delete_domain_name(actor: Actor, *, domain_name: str, domain_name_id: str | None = None) -> None:
    """Its mappings and access associations go with it."""
    row = find_domain_name(domain_name, domain_name_id, lock=True)
    mapped = row.base_path_mappings.values_list("rest_api", flat=True)
    require_each(actor, Role.DEPLOYER, "DeleteDomainName", mapped)
    record(actor, "DeleteDomainName", row.arn)
    row.delete()
