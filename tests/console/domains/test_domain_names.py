import json
import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from console.accounts.models import AuditEntry
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied, BadRequest, LimitExceeded, NotFound
from console.core.seal import unseal
from console.domains.models import DomainName
from console.domains.services import (
    create_domain_name,
    delete_domain_name,
    generate_client_certificate,
    get_domain_name,
    get_domain_names,
    update_domain_name,
)
from tests.console.domains.named import CERTIFICATE, domain, named
from tests.console.stages.drawn import DEPLOYER, DEVELOPER

pytestmark = pytest.mark.django_db

VIEWER = Actor(name="vera", role=Role.VIEWER)
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})


def patch(row: DomainName, *operations: tuple[str, str, str | None]) -> DomainName:
    wire = [{"op": op, "path": path, "value": value} for op, path, value in operations]
    update_domain_name(DEPLOYER, **named(row), patch_operations=wire)
    return DomainName.objects.get(pk=row.pk)


def test_without_an_endpoint_type_a_domain_name_is_edge_optimized() -> None:
    made = create_domain_name(DEPLOYER, domain_name="api.example.com", certificate_arn=CERTIFICATE)
    assert (made.endpoint_types, made.ip_address_type, made.security_policy) == (["EDGE"], "ipv4", "TLS_1_2")
    assert re.fullmatch(r"d[a-z0-9]+\.cloudfront\.localhost", made.distribution_domain_name)
    assert made.regional_domain_name == "" and made.certificate_upload_date is not None
    assert made.routing_mode == "BASE_PATH_MAPPING_ONLY"


def test_a_regional_one_has_a_name_below_this_gateway(settings) -> None:
    settings.GATEWAY_URL = "https://gateway.example.net:8443"
    made = domain(regional_certificate_arn=CERTIFICATE)
    assert re.fullmatch(r"d-[a-z0-9]{10}\.execute-api\.gateway\.example\.net", made.regional_domain_name)
    assert made.distribution_domain_name == "" and made.certificate_upload_date is None
    assert made.arn == "arn:aws:apigateway:us-east-1::/domainnames/api.example.com"


def test_private_ones_of_one_name_are_told_apart_by_id() -> None:
    first, second = (domain("private.example.com", "PRIVATE") for _ in range(2))
    assert first.domain_name_id != second.domain_name_id and first.ip_address_type == "dualstack"
    assert get_domain_name(VIEWER, **named(second)) == second
    assert first.arn == (
        f"arn:aws:apigateway:us-east-1:000000000000:/domainnames/private.example.com+{first.domain_name_id}"
    )
    with pytest.raises(NotFound, match="Invalid domain name identifier specified"):
        get_domain_name(VIEWER, domain_name="private.example.com")


def test_a_public_name_is_there_once() -> None:
    domain()
    with pytest.raises(BadRequest, match=r"The domain name you provided already exists\."):
        domain(kind="EDGE")


@pytest.mark.parametrize("name", ["", "API.example.com", "api..example.com", "-a.com", "a*.com", "a.com/x", "é.com"])
def test_what_is_no_domain_name_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match="Invalid domain name specified"):
        domain(name)


def test_a_wildcard_is_a_domain_name() -> None:
    assert domain("*.example.com").domain_name == "*.example.com"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"endpoint_configuration": {"types": ["EDGE", "REGIONAL"]}}, "multiple Endpoint Types"),
        ({"endpoint_configuration": {"types": ["PRIVATE"], "ipAddressType": "ipv4"}}, "Only dualstack"),
        ({"certificate_arn": "mine"}, "Invalid certificate ARN: mine"),
        ({"regional_certificate_arn": "mine"}, "Invalid certificate ARN: mine"),
        ({"policy": POLICY}, "only for private custom domain names"),
        ({"endpoint_configuration": {"types": ["PRIVATE"]}, "policy": "[]"}, "Invalid policy document"),
        ({"endpoint_access_mode": "STRICT"}, "needs a security policy that starts with SecurityPolicy_"),
        ({"security_policy": "SSL_3"}, "Invalid securityPolicy specified"),
        ({"mutual_tls_authentication": {"truststoreUri": "s3://trust/store.pem"}}, "only for regional"),
        (
            {
                "endpoint_configuration": {"types": ["REGIONAL"]},
                "mutual_tls_authentication": {"truststoreUri": "http://[trust"},
            },
            "Invalid truststore URI",
        ),
    ],
)
def test_what_a_domain_name_may_not_be_is_refused(given: dict[str, Any], text: str) -> None:
    with pytest.raises(BadRequest, match=text):
        create_domain_name(DEPLOYER, domain_name="api.example.com", **given)
    assert not DomainName.objects.exists()


def test_an_uploaded_certificate_is_kept_with_its_key_sealed() -> None:
    made = generate_client_certificate(DEPLOYER)
    pem, key = made.pem_encoded_certificate, unseal(made.private_key_sealed)
    row = domain(
        kind="EDGE", certificate_name="mine", certificate_body=pem, certificate_private_key=key, certificate_chain=pem
    )
    assert row.certificate_pem == pem + pem and row.certificate_upload_date is not None
    assert row.private_key_sealed is not None and unseal(row.private_key_sealed) == key
    assert "PRIVATE KEY" not in str(list(AuditEntry.objects.values()))


def test_an_uploaded_key_is_the_certificate_s() -> None:
    pem = generate_client_certificate(DEPLOYER).pem_encoded_certificate
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(*form).decode()
    for body, key, text in (
        (pem, other, "does not match the certificate"),
        (pem, "", "not an unencrypted PEM key"),
        ("", other, "not in PEM format"),
    ):
        with pytest.raises(BadRequest, match=text):
            domain(kind="EDGE", certificate_body=body, certificate_private_key=key)


def test_an_edge_name_becomes_regional_step_by_step() -> None:
    """As the developer guide migrates one: both types for a while, then the old one goes."""
    row = domain(kind="EDGE", certificate_arn=CERTIFICATE)
    row = patch(
        row, ("add", "/endpointConfiguration/types", "REGIONAL"), ("add", "/regionalCertificateArn", CERTIFICATE)
    )
    assert row.endpoint_types == ["EDGE", "REGIONAL"] and row.regional_domain_name and row.distribution_domain_name
    row = patch(row, ("remove", "/endpointConfiguration/types", "EDGE"), ("remove", "/certificateArn", None))
    assert row.endpoint_types == ["REGIONAL"] and row.regional_domain_name
    assert (row.distribution_domain_name, row.certificate_arn, row.certificate_upload_date) == ("", "", None)


@pytest.mark.parametrize("segment", ["0", "EDGE"])
def test_a_type_is_replaced_by_index_or_by_name(segment: str) -> None:
    row = patch(domain(kind="EDGE"), ("replace", f"/endpointConfiguration/types/{segment}", "REGIONAL"))
    assert row.endpoint_types == ["REGIONAL"] and row.regional_domain_name


def test_mutual_tls_comes_member_by_member_and_goes_with_its_truststore() -> None:
    path = "/mutualTlsAuthentication"
    row = patch(
        domain(),
        ("add", f"{path}/truststoreVersion", "v1"),
        ("replace", f"{path}/truststoreUri", "s3://trust/store.pem"),
    )
    assert row.mutual_tls_authentication == {"truststoreUri": "s3://trust/store.pem", "truststoreVersion": "v1"}
    assert patch(row, ("replace", f"{path}/truststoreUri", "")).mutual_tls_authentication is None


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("/certificateName", "mine", "certificate_name"),
        ("/regionalCertificateName", "mine", "regional_certificate_name"),
        ("/regionalCertificateArn", CERTIFICATE, "regional_certificate_arn"),
        ("/ownershipVerificationCertificateArn", CERTIFICATE, "ownership_verification_certificate_arn"),
        ("/securityPolicy", "TLS_1_0", "security_policy"),
        ("/routingMode", "ROUTING_RULE_ONLY", "routing_mode"),
        ("/endpointConfiguration/ipAddressType", "dualstack", "ip_address_type"),
    ],
)
def test_replace_sets_one_thing(path: str, value: str, field: str) -> None:
    assert getattr(patch(domain(), ("replace", path, value)), field) == value


def test_an_access_mode_comes_with_a_security_policy_that_knows_it() -> None:
    row = patch(
        domain(),
        ("replace", "/endpointAccessMode", "STRICT"),
        ("replace", "/securityPolicy", "SecurityPolicy_TLS13_1_3_2025_09"),
    )
    assert row.endpoint_access_mode == "STRICT"


def test_policies_are_those_of_private_names() -> None:
    row = domain(kind="PRIVATE")
    row = patch(row, ("replace", "/policy", POLICY), ("replace", "/managementPolicy", POLICY))
    assert (row.policy, row.management_policy) == (POLICY, POLICY)


@pytest.mark.parametrize(
    ("operations", "text"),
    [
        ([("replace", "/domainName", "x.example.com")], "Invalid patch path '/domainName'"),
        ([("add", "/securityPolicy", "TLS_1_0")], r"Must be one of: \[replace\]"),
        ([("replace", "/securityPolicy", "SSL_3")], "Invalid securityPolicy specified"),
        ([("replace", "/endpointConfiguration/types/0", "PRIVATE")], "Only dualstack|between private and public"),
        ([("replace", "/endpointConfiguration/types/EDGE", "EDGE")], "Invalid endpoint type specified: EDGE"),
        ([("remove", "/endpointConfiguration/types", "REGIONAL")], "must have an endpoint type"),
        ([("replace", "/managementPolicy", POLICY)], "only for private"),
        (
            [("add", "/certificateName", "a"), ("remove", "/regionalCertificateName", None)],
            "cannot be included in the same request",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_of_it_stays(
    operations: list[tuple[str, str, str | None]], text: str
) -> None:
    row = domain()
    with pytest.raises(BadRequest, match=text):
        patch(row, ("replace", "/routingMode", "ROUTING_RULE_ONLY"), *operations)
    assert DomainName.objects.get().routing_mode == "BASE_PATH_MAPPING_ONLY"


def test_domain_names_are_listed_in_one_query_and_others_own_none(django_assert_num_queries) -> None:
    for name in ("c.example.com", "a.example.com", "b.example.com"):
        domain(name)
    first = get_domain_names(VIEWER, limit=2)
    with django_assert_num_queries(3):  # with the savepoint's two
        second = get_domain_names(VIEWER, position=first.position, resource_owner="SELF")
    assert [row.domain_name[0] for row in (*first.items, *second.items)] == ["a", "b", "c"]
    assert get_domain_names(VIEWER, resource_owner="OTHER_ACCOUNTS").items == []


def test_public_and_private_names_are_counted_apart(settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "domain_names": 1, "private_domain_names": 1}
    domain()
    domain(kind="PRIVATE")
    for kind in ("REGIONAL", "PRIVATE"):
        with pytest.raises(LimitExceeded, match="domain names for this account has been reached"):
            domain("more.example.com", kind)


def test_a_name_that_is_deleted_is_free_again() -> None:
    delete_domain_name(DEPLOYER, **named(domain()))
    with pytest.raises(NotFound):
        delete_domain_name(DEPLOYER, domain_name="api.example.com")
    row = domain()
    operations = AuditEntry.objects.order_by("pk").values_list("operation", flat=True)
    assert list(operations) == ["CreateDomainName", "DeleteDomainName", "CreateDomainName"]
    assert AuditEntry.objects.latest("pk").subject == row.arn


def test_who_draws_makes_none() -> None:
    with pytest.raises(AccessDenied):
        create_domain_name(DEVELOPER, domain_name="api.example.com")
