"""Client certificates: made here, self-signed, as AWS makes them: RSA of 2048 bits, for a year."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.utils import timezone

from console.accounts.services import record
from console.apis.services.patches import REPLACE, put
from console.core import arns, patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, NotFound
from console.core.limits import refuse_more
from console.core.paging import Page, page
from console.core.patch import Rule
from console.core.permission import sees
from console.core.seal import seal
from console.core.tags import checked
from console.core.verbs import verb
from console.domains.models import ClientCertificate
from console.stages.models import Stage

VALID = dt.timedelta(days=365)
KEY_BITS = 2048


@verb(needs=Role.DEPLOYER)
def generate_client_certificate(
    actor: Actor, *, description: str | None = None, tags: Mapping[str, str] | None = None
) -> ClientCertificate:
    row = _generated()
    row.description = description or ""
    row.tags = checked(tags)
    refuse_more("client_certificates", ClientCertificate.objects.all(), "client certificates")
    row.put()
    record(actor, "GenerateClientCertificate", arn(row), {"expirationDate": row.expiration_date.isoformat()})
    return row


def _generated() -> ClientCertificate:
    now = timezone.now().replace(microsecond=0)  # X.509 counts seconds
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    certificate = _signed(key, now)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return ClientCertificate(
        pem_encoded_certificate=certificate.public_bytes(serialization.Encoding.PEM).decode(),
        private_key_sealed=seal(pem.decode()),
        created_date=now,
        expiration_date=now + VALID,
    )


def _signed(key: rsa.RSAPrivateKey, now: dt.datetime) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Stagedoor"),
            x509.NameAttribute(NameOID.COMMON_NAME, "ApiGateway"),
        ]
    )
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + VALID)
    return (
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def arn(row: ClientCertificate) -> str:
    return arns.apigateway(f"/clientcertificates/{row.pk}")


def find_client_certificate(client_certificate_id: str, *, lock: bool = False) -> ClientCertificate:
    rows = ClientCertificate.objects.select_for_update() if lock else ClientCertificate.objects.all()
    row = rows.filter(pk=client_certificate_id).first()
    if row is None:
        raise NotFound("Invalid client certificate identifier specified", field="clientCertificateId")
    return row


@verb(needs=Role.VIEWER)
def get_client_certificate(actor: Actor, *, client_certificate_id: str) -> ClientCertificate:
    return find_client_certificate(client_certificate_id)


@verb(needs=Role.VIEWER)
def get_client_certificates(
    actor: Actor, *, position: str | None = None, limit: int | None = None
) -> Page[ClientCertificate]:
    return page(ClientCertificate.objects.all(), order="id", position=position, limit=limit)


@verb(needs=Role.DEPLOYER)
def update_client_certificate(
    actor: Actor, *, client_certificate_id: str, patch_operations: Iterable[Mapping[str, Any]] | None = None
) -> ClientCertificate:
    """Source: API reference, "Patch operations", UpdateClientCertificate."""
    row = find_client_certificate(client_certificate_id, lock=True)
    operations = patch.read(patch_operations, shape="updateClientCertificateInput")
    patch.apply(operations, [Rule("/description", REPLACE, put(row, "description"))])
    row.put(fields=["description"])
    record(actor, "UpdateClientCertificate", arn(row), {"description": row.description})
    return row


@verb(needs=Role.DEPLOYER)
def delete_client_certificate(actor: Actor, *, client_certificate_id: str) -> None:
    row = find_client_certificate(client_certificate_id, lock=True)
    used = Stage.objects.filter(client_certificate_id=row.pk).values_list("rest_api_id", "stage_name")
    if used:
        stages = ", ".join(sorted(f"{api}:{name}" if sees(actor, api) else "…" for api, name in used))
        raise BadRequest(
            f"Cannot delete client certificate {row.pk}. It is used by the stages [{stages}]",
            field="clientCertificateId",
        )
    record(actor, "DeleteClientCertificate", arn(row), {"description": row.description})
    row.delete()
