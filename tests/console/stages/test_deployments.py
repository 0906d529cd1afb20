import pytest

from console.accounts.models import AuditEntry
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied, BadRequest, NotFound
from console.stages.models import Deployment
from console.stages.services import (
    delete_deployment,
    delete_stage,
    get_deployment,
    get_deployments,
    update_deployment,
    update_stage,
)
from tests.console.stages.drawn import DEPLOYER, DEVELOPER, deploy, method, mock, pets, resource

pytestmark = pytest.mark.django_db


def test_a_deployment_is_found_in_its_api_only() -> None:
    api, other = pets(), pets()
    deployment = deploy(api)
    assert get_deployment(DEPLOYER, rest_api_id=api.pk, deployment_id=deployment.pk) == deployment
    with pytest.raises(NotFound, match="Invalid Deployment identifier specified"):
        get_deployment(DEPLOYER, rest_api_id=other.pk, deployment_id=deployment.pk)


def test_an_unknown_api_is_said_to_be_that() -> None:
    with pytest.raises(NotFound, match="Invalid API identifier specified 000000000000:nosuch"):
        get_deployments(DEPLOYER, rest_api_id="nosuch")


def test_apisummary_is_embedded_on_request() -> None:
    api = pets()
    mock(method(resource(api, "toys"), "POST", api_key_required=True, authorization_type="AWS_IAM"))
    deployment = deploy(api)
    plain = get_deployment(DEPLOYER, rest_api_id=api.pk, deployment_id=deployment.pk)
    embedded = get_deployment(DEPLOYER, rest_api_id=api.pk, deployment_id=deployment.pk, embed=["apisummary"])
    assert plain.api_summary is None
    assert embedded.api_summary == {
        "/pets": {"GET": {"authorizationType": "NONE", "apiKeyRequired": False}},
        "/toys": {"POST": {"authorizationType": "AWS_IAM", "apiKeyRequired": True}},
    }


def test_deployments_are_paged_in_the_order_they_were_made() -> None:
    api = pets()
    made = [deploy(api).pk for _ in range(3)]
    first = get_deployments(DEPLOYER, rest_api_id=api.pk, limit=2)
    second = get_deployments(DEPLOYER, rest_api_id=api.pk, limit=2, position=first.position)
    assert [row.pk for row in (*first.items, *second.items)] == made
    assert second.position is None


def test_only_the_description_can_be_patched() -> None:
    api = pets()
    given = {"rest_api_id": api.pk, "deployment_id": deploy(api).pk}
    operation = {"op": "replace", "path": "/description", "value": "better"}
    assert update_deployment(DEPLOYER, **given, patch_operations=[operation]).description == "better"
    assert Deployment.objects.get(pk=given["deployment_id"]).description == "better"
    with pytest.raises(BadRequest, match="Invalid patch path"):
        update_deployment(DEPLOYER, **given, patch_operations=[{**operation, "path": "/createdDate"}])


def test_a_deployment_that_a_stage_serves_is_not_deleted() -> None:
    api = pets()
    deployment = deploy(api)
    with pytest.raises(BadRequest, match="Active stages pointing to this deployment must be moved or deleted"):
        delete_deployment(DEPLOYER, rest_api_id=api.pk, deployment_id=deployment.pk)


def test_a_deployment_that_a_canary_serves_is_not_deleted() -> None:
    api = pets()
    deploy(api)
    canary = deploy(api, status=201, canary_settings={"percentTraffic": 10.0})
    with pytest.raises(BadRequest, match="Active stages"):
        delete_deployment(DEPLOYER, rest_api_id=api.pk, deployment_id=canary.pk)


def test_a_deleted_deployment_is_listed_no_more_and_stays() -> None:
    api = pets()
    deployment = deploy(api)
    delete_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    delete_deployment(DEPLOYER, rest_api_id=api.pk, deployment_id=deployment.pk)
    assert get_deployments(DEPLOYER, rest_api_id=api.pk).items == []
    with pytest.raises(NotFound):
        get_deployment(DEPLOYER, rest_api_id=api.pk, deployment_id=deployment.pk)
    assert Deployment.objects.get(pk=deployment.pk).deleted_date is not None
    assert AuditEntry.objects.filter(operation="DeleteDeployment", actor_name="dora").count() == 1


def test_no_stage_moves_to_a_deleted_deployment_or_to_one_of_another_api() -> None:
    api = pets()
    gone, elsewhere = deploy(api), deploy(pets())
    deploy(api, status=201)
    delete_deployment(DEPLOYER, rest_api_id=api.pk, deployment_id=gone.pk)
    for deployment in (gone, elsewhere):
        operation = {"op": "replace", "path": "/deploymentId", "value": deployment.pk}
        with pytest.raises(BadRequest, match="Invalid deployment identifier specified"):
            update_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", patch_operations=[operation])


def test_who_draws_may_look_and_not_delete() -> None:
    api = pets()
    deployment = deploy(api, None)
    assert get_deployments(Actor("vera", Role.VIEWER), rest_api_id=api.pk).items == [deployment]
    with pytest.raises(AccessDenied, match="DeleteDeployment"):
        delete_deployment(DEVELOPER, rest_api_id=api.pk, deployment_id=deployment.pk)
