import pytest

from console.accounts.models import AuditEntry
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied, BadRequest, LimitExceeded, NotFound
from console.domains.models import VpcLink
from console.domains.services import create_vpc_link, delete_vpc_link, get_vpc_link, get_vpc_links, update_vpc_link
from tests.console.stages.drawn import DEPLOYER, DEVELOPER

pytestmark = pytest.mark.django_db

VIEWER = Actor(name="vera", role=Role.VIEWER)
TARGET = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/pets/50dc6c495c0c9188"


def link(name: str = "pets", target: str = TARGET, **given: object) -> VpcLink:
    return create_vpc_link(DEPLOYER, name=name, target_arns=[target], **given)


def test_a_link_is_available_at_once() -> None:
    made = link(description="to the pets", tags={"team": "pets"})
    found = get_vpc_link(VIEWER, vpc_link_id=made.pk)
    assert (found.status, found.status_message, found.target_arns) == ("AVAILABLE", "", [TARGET])
    assert (found.description, found.tags) == ("to the pets", {"team": "pets"})


def test_a_target_that_is_no_network_load_balancer_fails_the_link() -> None:
    """As AWS's users quote it: the link is made, and its status says what is wrong."""
    made = link(target=TARGET.replace("/net/", "/app/"))
    assert (made.status, made.status_message) == ("FAILED", "NLB ARN is malformed.")


@pytest.mark.parametrize(
    ("targets", "text"), [([TARGET, TARGET], "More than one target arn specified for vpc link"), ([], "No target arn")]
)
def test_a_link_has_one_target(targets: list[str], text: str) -> None:
    with pytest.raises(BadRequest, match=text):
        create_vpc_link(DEPLOYER, name="pets", target_arns=targets)


def test_name_and_description_are_replaced_and_targets_are_not() -> None:
    made = link()
    wire = [{"op": "replace", "path": f"/{name}", "value": "new"} for name in ("name", "description")]
    found = update_vpc_link(DEPLOYER, vpc_link_id=made.pk, patch_operations=wire)
    assert (found.name, found.description) == ("new", "new")
    with pytest.raises(BadRequest, match="Invalid patch path '/targetArns'"):
        update_vpc_link(DEPLOYER, vpc_link_id=made.pk, patch_operations=[{"op": "add", "path": "/targetArns"}])


def test_a_link_has_a_name() -> None:
    with pytest.raises(BadRequest, match="cannot be blank"):
        link(" ")
    wire = [{"op": "replace", "path": "/name", "value": ""}]
    with pytest.raises(BadRequest, match="cannot be blank"):
        update_vpc_link(DEPLOYER, vpc_link_id=link().pk, patch_operations=wire)


def test_links_are_listed_in_one_query(django_assert_num_queries) -> None:
    made = sorted(link().pk for _ in range(3))
    first = get_vpc_links(VIEWER, limit=2)
    with django_assert_num_queries(3):  # with the savepoint's two
        second = get_vpc_links(VIEWER, position=first.position)
    assert [row.pk for row in (*first.items, *second.items)] == made


def test_a_link_is_deleted() -> None:
    made = link()
    delete_vpc_link(DEPLOYER, vpc_link_id=made.pk)
    with pytest.raises(NotFound, match="Invalid Vpc Link identifier specified"):
        get_vpc_link(VIEWER, vpc_link_id=made.pk)
    found = AuditEntry.objects.order_by("pk").values_list("operation", "subject")
    arn = f"arn:aws:apigateway:us-east-1::/vpclinks/{made.pk}"
    assert list(found) == [("CreateVpcLink", arn), ("DeleteVpcLink", arn)]


def test_there_is_a_limit(settings) -> None:
    settings.LIMITS = {**settings.LIMITS, "vpc_links": 1}
    link()
    with pytest.raises(LimitExceeded, match="VPC links for this account has been reached"):
        link()


def test_who_draws_makes_none() -> None:
    with pytest.raises(AccessDenied):
        create_vpc_link(DEVELOPER, name="pets", target_arns=[TARGET])
