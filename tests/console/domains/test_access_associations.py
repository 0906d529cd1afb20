import pytest

from console.accounts.models import AuditEntry
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Conflict, LimitExceeded, NotFound
from console.domains.models import DomainName, DomainNameAccessAssociation
from console.domains.services import (
    create_domain_name_access_association,
    delete_domain_name,
    delete_domain_name_access_association,
    get_domain_name_access_associations,
    reject_domain_name_access_association,
)
from tests.console.domains.named import domain, named
from tests.console.stages.drawn import DEPLOYER

pytestmark = pytest.mark.django_db

VIEWER = Actor(name="vera", role=Role.VIEWER)


def private() -> DomainName:
    return domain("private.example.com", "PRIVATE")


def associate(arn: str, source: str = "vpce-0abc1234") -> DomainNameAccessAssociation:
    return create_domain_name_access_association(
        DEPLOYER, domain_name_arn=arn, access_association_source_type="VPCE", access_association_source=source
    )


def test_an_endpoint_is_associated_with_a_private_domain_name() -> None:
    row = private()
    made = associate(row.arn)
    assert made.pk == (
        "arn:aws:apigateway:us-east-1:000000000000:/domainnameaccessassociations/domainname/"
        f"private.example.com+{row.domain_name_id}/vpcesource/vpce-0abc1234"
    )
    entry = AuditEntry.objects.latest("pk")
    assert (entry.operation, entry.subject) == ("CreateDomainNameAccessAssociation", made.pk)


def test_an_association_is_there_once() -> None:
    row = private()
    associate(row.arn)
    with pytest.raises(Conflict, match="already exists"):
        associate(row.arn)
    associate(row.arn, "vpce-other")


def test_a_public_or_unknown_domain_name_has_none() -> None:
    for arn in (domain().arn, "nosuch", private().arn.replace("us-east-1", "eu-west-1")):
        with pytest.raises(BadRequest, match="Invalid domain name identifier specified"):
            associate(arn)


def test_a_source_is_a_vpc_endpoint() -> None:
    with pytest.raises(BadRequest, match="Invalid VPC endpoint identifier specified: vpc-1"):
        associate(private().arn, "vpc-1")


def test_associations_are_listed_in_one_query_and_others_own_none(django_assert_num_queries) -> None:
    row = private()
    for source in ("vpce-b", "vpce-a"):
        associate(row.arn, source)
    with django_assert_num_queries(3):  # with the savepoint's two
        found = get_domain_name_access_associations(VIEWER).items
        assert {one.domain_name.arn for one in found} == {row.arn}
    assert [one.access_association_source for one in found] == ["vpce-a", "vpce-b"]
    assert get_domain_name_access_associations(VIEWER, resource_owner="OTHER_ACCOUNTS").items == []


def test_an_association_is_deleted_by_its_arn() -> None:
    arn = associate(private().arn).pk
    delete_domain_name_access_association(DEPLOYER, domain_name_access_association_arn=arn)
    with pytest.raises(NotFound, match="Invalid domain name access association identifier specified"):
        delete_domain_name_access_association(DEPLOYER, domain_name_access_association_arn=arn)


def test_an_association_is_rejected_by_the_domain_name_s_owner() -> None:
    row = private()
    given = {"domain_name_access_association_arn": associate(row.arn).pk}
    with pytest.raises(BadRequest, match="Invalid domain name identifier specified"):
        reject_domain_name_access_association(DEPLOYER, **given, domain_name_arn=domain().arn)
    reject_domain_name_access_association(DEPLOYER, **given, domain_name_arn=row.arn)
    assert not DomainNameAccessAssociation.objects.exists()


def test_associations_go_with_their_domain_name() -> None:
    row = private()
    associate(row.arn)
    delete_domain_name(DEPLOYER, **named(row))
    assert not DomainNameAccessAssociation.objects.exists()


def test_there_is_a_limit(settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "domain_name_access_associations": 1}
    row = private()
    associate(row.arn)
    with pytest.raises(LimitExceeded, match="domain name access associations for this account"):
        associate(row.arn, "vpce-b")
