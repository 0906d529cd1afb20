import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.db import connection
from django.utils import timezone

from console.accounts.models import AuditEntry
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied, BadRequest, LimitExceeded, NotFound
from console.core.seal import unseal
from console.domains.models import ClientCertificate
from console.domains.services import (
    delete_client_certificate,
    generate_client_certificate,
    get_client_certificate,
    get_client_certificates,
    update_client_certificate,
)
from console.stages.services import update_stage
from tests.console.stages.drawn import DEPLOYER, DEVELOPER, deploy, pets

pytestmark = pytest.mark.django_db

VIEWER = Actor(name="vera", role=Role.VIEWER)


def test_a_certificate_is_really_made_and_signs_itself() -> None:
    made = generate_client_certificate(DEPLOYER, description="for the backend", tags={"team": "pets"})
    certificate = x509.load_pem_x509_certificate(made.pem_encoded_certificate.encode())
    certificate.verify_directly_issued_by(certificate)
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey) and public.key_size == 2048
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert (made.description, made.tags, len(made.pk)) == ("for the backend", {"team": "pets"}, 6)


def test_a_certificate_is_valid_for_a_year_from_now() -> None:
    made = generate_client_certificate(DEPLOYER)
    certificate = x509.load_pem_x509_certificate(made.pem_encoded_certificate.encode())
    assert certificate.not_valid_after_utc == made.expiration_date == made.created_date + dt.timedelta(days=365)
    assert dt.timedelta() <= timezone.now() - certificate.not_valid_before_utc < dt.timedelta(minutes=1)


def test_the_private_key_is_sealed_and_is_the_certificate_s() -> None:
    made = generate_client_certificate(DEPLOYER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT private_key_sealed FROM domains_clientcertificate")
        sealed = bytes(cursor.fetchone()[0])
    assert b"PRIVATE KEY" not in sealed
    key = load_pem_private_key(unseal(sealed).encode(), None)
    signature = key.sign(b"hello", padding.PKCS1v15(), SHA256())
    certificate = x509.load_pem_x509_certificate(made.pem_encoded_certificate.encode())
    certificate.public_key().verify(signature, b"hello", padding.PKCS1v15(), SHA256())
    assert "PRIVATE KEY" not in str(list(AuditEntry.objects.values()))


def test_a_description_is_all_that_can_be_patched() -> None:
    made = generate_client_certificate(DEPLOYER)
    operation = {"op": "replace", "path": "/description", "value": "new"}
    update_client_certificate(DEPLOYER, client_certificate_id=made.pk, patch_operations=[operation])
    assert get_client_certificate(VIEWER, client_certificate_id=made.pk).description == "new"
    with pytest.raises(BadRequest, match=r"Must be one of: \[replace\]"):
        update_client_certificate(
            DEPLOYER, client_certificate_id=made.pk, patch_operations=[{"op": "add", "path": "/description"}]
        )


def test_a_certificate_that_a_stage_shows_is_not_deleted() -> None:
    api = pets()
    deploy(api)
    made = generate_client_certificate(DEPLOYER)

    def show(certificate: str) -> None:
        operation = {"op": "replace", "path": "/clientCertificateId", "value": certificate}
        update_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", patch_operations=[operation])

    show(made.pk)
    with pytest.raises(BadRequest, match=f"used by the stages \\[{api.pk}:dev\\]"):
        delete_client_certificate(DEPLOYER, client_certificate_id=made.pk)
    show("")
    delete_client_certificate(DEPLOYER, client_certificate_id=made.pk)
    with pytest.raises(NotFound, match="Invalid client certificate identifier specified"):
        get_client_certificate(VIEWER, client_certificate_id=made.pk)


def test_certificates_are_listed_in_one_query(django_assert_num_queries) -> None:
    made = sorted(generate_client_certificate(DEPLOYER).pk for _ in range(3))
    first = get_client_certificates(VIEWER, limit=2)
    with django_assert_num_queries(3):  # with the savepoint's two
        second = get_client_certificates(VIEWER, position=first.position)
    assert [row.pk for row in (*first.items, *second.items)] == made


def test_there_is_a_limit(settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "client_certificates": 1}
    generate_client_certificate(DEPLOYER)
    with pytest.raises(LimitExceeded, match="Maximum number of client certificates for this account has been reached"):
        generate_client_certificate(DEPLOYER)
    assert ClientCertificate.objects.count() == 1


def test_who_draws_makes_none() -> None:
    with pytest.raises(AccessDenied):
        generate_client_certificate(DEVELOPER)


def test_each_change_is_recorded() -> None:
    made = generate_client_certificate(DEPLOYER)
    update_client_certificate(DEPLOYER, client_certificate_id=made.pk)
    delete_client_certificate(DEPLOYER, client_certificate_id=made.pk)
    found = AuditEntry.objects.order_by("pk").values_list("operation", "subject")
    arn = f"arn:aws:apigateway:us-east-1::/clientcertificates/{made.pk}"
    operations = ("GenerateClientCertificate", "UpdateClientCertificate", "DeleteClientCertificate")
    assert list(found) == [(operation, arn) for operation in operations]
