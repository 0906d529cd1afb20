from collections.abc import Callable
from typing import Any

import pytest

from console.access.services import create_api_key, create_usage_plan
from console.accounts.models import AuditEntry
from console.core import arns
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied, BadRequest, LimitExceeded, NotFound
from console.domains.services import (
    create_domain_name_access_association,
    create_vpc_link,
    generate_client_certificate,
)
from console.stages.models import Stage
from console.stages.services import create_stage
from console.tags.services import KINDS, get_tags, tag_resource, untag_resource
from tests.console.domains.named import domain
from tests.console.domains.test_vpc_links import TARGET
from tests.console.stages.drawn import DEPLOYER, DEVELOPER, deploy, pets, rest_api

pytestmark = pytest.mark.django_db

VIEWER = Actor(name="vera", role=Role.VIEWER)


def stage() -> str:
    api = pets()
    deploy(api)
    return arns.apigateway(f"/restapis/{api.pk}/stages/dev")


def access_association() -> str:
    return create_domain_name_access_association(
        DEPLOYER,
        domain_name_arn=domain("private.example.com", "PRIVATE").arn,
        access_association_source_type="VPCE",
        access_association_source="vpce-a",
    ).pk


TAGGED: list[Callable[[], str]] = [
    lambda: arns.apigateway(f"/restapis/{rest_api().pk}"),
    stage,
    lambda: arns.apigateway(f"/apikeys/{create_api_key(DEPLOYER).pk}"),
    lambda: arns.apigateway(f"/usageplans/{create_usage_plan(DEPLOYER, name='gold').pk}"),
    lambda: arns.apigateway(f"/clientcertificates/{generate_client_certificate(DEPLOYER).pk}"),
    lambda: domain().arn,
    lambda: arns.apigateway(f"/vpclinks/{create_vpc_link(DEPLOYER, name='pets', target_arns=[TARGET]).pk}"),
    access_association,
]


def tags(arn: str) -> dict[str, str]:
    return get_tags(VIEWER, resource_arn=arn)


@pytest.mark.parametrize("made", TAGGED)
def test_each_kind_is_tagged_and_untagged(made: Callable[[], str]) -> None:
    arn = made()
    assert tags(arn) == {}
    tag_resource(DEPLOYER, resource_arn=arn, tags={"team": "pets", "cost": "low"})
    tag_resource(DEPLOYER, resource_arn=arn, tags={"cost": "high"})
    assert tags(arn) == {"team": "pets", "cost": "high"}
    untag_resource(DEPLOYER, resource_arn=arn, tag_keys=["cost", "nosuch"])
    assert tags(arn) == {"team": "pets"}


def test_a_private_domain_name_is_tagged_by_its_own_arn() -> None:
    arn = domain("private.example.com", "PRIVATE").arn
    tag_resource(DEPLOYER, resource_arn=arn, tags={"team": "pets"})
    assert tags(arn) == {"team": "pets"}


def test_every_kind_is_tried_here() -> None:
    assert len(TAGGED) == len(KINDS)


def test_any_region_is_this_one() -> None:
    """Terraform builds ARNs of the region that its provider is set to."""
    arn = domain().arn.replace("us-east-1", "eu-west-1")
    tag_resource(DEPLOYER, resource_arn=arn, tags={"a": "b"})
    assert tags(arn) == {"a": "b"}


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "pets",
        "arn:aws:s3:::bucket",
        "arn:aws:apigateway:us-east-1::/",
        "arn:aws:apigateway:us-east-1::/restapis",
        "arn:aws:apigateway:us-east-1::/restapis/a/resources/b",
        "arn:aws:apigateway:us-east-1:999999999999:/restapis/abc",
    ],
)
def test_what_is_no_arn_of_a_taggable_kind_is_refused(arn: str) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: tags(arn),
        lambda: tag_resource(DEPLOYER, resource_arn=arn, tags={"a": "b"}),
        lambda: untag_resource(DEPLOYER, resource_arn=arn, tag_keys=["a"]),
    ]
    for call in calls:
        with pytest.raises(BadRequest, match="Invalid resource ARN specified"):
            call()


@pytest.mark.parametrize(
    "path",
    [
        "/restapis/nosuch",
        "/restapis/nosuch/stages/dev",
        "/apikeys/nosuch",
        "/usageplans/nosuch",
        "/clientcertificates/nosuch",
        "/domainnames/nosuch",
        "/domainnames/nosuch+id",
        "/vpclinks/nosuch",
        "/domainnameaccessassociations/domainname/a+b/vpcesource/c",
    ],
)
def test_what_is_not_there_is_not_found(path: str) -> None:
    arn = arns.apigateway(path)
    with pytest.raises(NotFound, match=r"Invalid .* specified"):
        tags(arn)
    with pytest.raises(NotFound):
        tag_resource(DEPLOYER, resource_arn=arn, tags={"a": "b"})


def test_what_no_tag_may_be_is_refused_and_nothing_of_it_stays() -> None:
    arn = domain(tags={"kept": "1"}).arn
    with pytest.raises(BadRequest, match="Invalid tag key specified: aws:x"):
        tag_resource(DEPLOYER, resource_arn=arn, tags={"a": "b", "aws:x": "y"})
    with pytest.raises(LimitExceeded):
        tag_resource(DEPLOYER, resource_arn=arn, tags={str(number): "" for number in range(50)})
    assert tags(arn) == {"kept": "1"}


def test_tags_that_come_with_a_new_thing_are_checked_too() -> None:
    wrong = {"a*b": ""}
    api = pets()
    deployment = deploy(api, None).pk
    calls: list[Callable[[], Any]] = [
        lambda: create_stage(DEPLOYER, rest_api_id=api.pk, stage_name="s", deployment_id=deployment, tags=wrong),
        lambda: create_api_key(DEPLOYER, tags=wrong),
        lambda: create_usage_plan(DEPLOYER, name="gold", tags=wrong),
        lambda: generate_client_certificate(DEPLOYER, tags=wrong),
        lambda: domain(tags=wrong),
        lambda: create_vpc_link(DEPLOYER, name="pets", target_arns=[TARGET], tags=wrong),
    ]
    for call in calls:
        with pytest.raises(BadRequest, match="Invalid tag key specified: a"):
            call()


def test_whoever_may_change_a_thing_may_tag_it() -> None:
    api = rest_api()
    tag_resource(DEVELOPER, resource_arn=arns.apigateway(f"/restapis/{api.pk}"), tags={"a": "b"})
    arn = domain().arn
    for verb in (
        lambda: tag_resource(DEVELOPER, resource_arn=arn, tags={"a": "b"}),
        lambda: untag_resource(DEVELOPER, resource_arn=arn, tag_keys=["a"]),
    ):
        with pytest.raises(AccessDenied, match=r"is not authorized to perform: (Tag|Untag)Resource"):
            verb()


def test_tags_are_recorded() -> None:
    arn = domain().arn
    tag_resource(DEPLOYER, resource_arn=arn, tags={"a": "b"})
    untag_resource(DEPLOYER, resource_arn=arn, tag_keys=["a"])
    found = AuditEntry.objects.filter(subject=arn).order_by("pk").values_list("operation", "changes")
    assert list(found)[1:] == [("TagResource", {"tags": {"a": "b"}}), ("UntagResource", {"tagKeys": ["a"]})]


def test_a_tag_leaves_a_stage_s_dates_alone() -> None:
    arn = stage()
    before = Stage.objects.get().last_updated_date
    tag_resource(DEPLOYER, resource_arn=arn, tags={"a": "b"})
    assert Stage.objects.get().last_updated_date == before
