"""UpdateDomainName: AWS's table of patch paths. Source: API reference, "Patch operations", UpdateDomainName."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from console.accounts.services import record
from console.apis.services.patches import ENTRY, ITEM, REPLACE, put, text, valued_item
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from console.core.patch import Handler, PatchOperation, Rule
from console.core.verbs import verb
from console.domains.models import DomainName
from console.domains.services.domain_names import find_domain_name, mutual_tls, name_endpoints, note_upload

_EDGE_CERTIFICATE = {"/certificateName": "certificate_name", "/certificateArn": "certificate_arn"}
_CERTIFICATES = {
    **_EDGE_CERTIFICATE,
    "/regionalCertificateName": "regional_certificate_name",
    "/regionalCertificateArn": "regional_certificate_arn",
}
_REPLACED = {
    "/endpointConfiguration/ipAddressType": "ip_address_type",
    "/endpointAccessMode": "endpoint_access_mode",
    "/managementPolicy": "management_policy",
    "/policy": "policy",
    "/routingMode": "routing_mode",
    "/securityPolicy": "security_policy",
}
_TYPES = "/endpointConfiguration/types"


@verb(needs=Role.DEPLOYER)
def update_domain_name(
    actor: Actor,
    *,
    domain_name: str,
    domain_name_id: str | None = None,
    patch_operations: Iterable[Mapping[str, Any]] | None = None,
) -> DomainName:
    row = find_domain_name(domain_name, domain_name_id, lock=True)
    operations = patch.read(patch_operations, shape="updateDomainNameInput")
    _refuse_add_with_remove(operations)
    patch.apply(operations, _rules(row))
    row.mutual_tls_authentication = mutual_tls(row.mutual_tls_authentication)
    if any(operation.path in _EDGE_CERTIFICATE for operation in operations):
        note_upload(row)
    _refuse_other_privacy(row)
    name_endpoints(row)
    row.put()
    record(actor, "UpdateDomainName", row.arn, {operation.path: operation.value for operation in operations})
    return row


def _rules(row: DomainName) -> list[Rule]:
    truststore = "/mutualTlsAuthentication/truststore"
    ownership = put(row, "ownership_verification_certificate_arn")
    return [
        *(Rule(path, ENTRY, put(row, field)) for path, field in _CERTIFICATES.items()),
        *(Rule(path, REPLACE, put(row, field)) for path, field in _REPLACED.items()),
        Rule(_TYPES, ITEM, valued_item(row.endpoint_types)),
        Rule(f"{_TYPES}/{{name}}", REPLACE, _endpoint_type(row)),
        Rule(f"{truststore}Uri", ENTRY, _mutual_tls(row, "truststoreUri")),
        Rule(f"{truststore}Version", ENTRY, _mutual_tls(row, "truststoreVersion")),
        Rule("/ownershipVerificationCertificateArn", ENTRY, ownership),
    ]


def _endpoint_type(row: DomainName) -> Handler:
    """The segment is the type to be replaced, or its index: Terraform says `/endpointConfiguration/types/0`."""

    def handle(operation: PatchOperation, name: str) -> None:
        if name not in (*row.endpoint_types, "0"):
            raise BadRequest(f"Invalid endpoint type specified: {name}", field=operation.path)
        row.endpoint_types = [text(operation)]

    return handle


def _mutual_tls(row: DomainName, member: str) -> Handler:
    def handle(operation: PatchOperation) -> None:
        value = "" if operation.op == "remove" else text(operation)
        row.mutual_tls_authentication = {**(row.mutual_tls_authentication or {}), member: value}

    return handle


def _refuse_add_with_remove(operations: Sequence[PatchOperation]) -> None:
    ops = {operation.op for operation in operations if operation.path in (*_CERTIFICATES, _TYPES)}
    if {"add", "remove"} <= ops:
        raise BadRequest("The operations add and remove cannot be included in the same request", field="op")


def _refuse_other_privacy(row: DomainName) -> None:
    if ("PRIVATE" in row.endpoint_types) != row.is_private:
        raise BadRequest(
            "Cannot update a domain name between private and public endpoint types", field="endpointConfiguration"
        )
