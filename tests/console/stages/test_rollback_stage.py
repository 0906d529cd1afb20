import pytest

from console.accounts.models import AuditEntry
from console.core.faults import AccessDenied, BadRequest
from console.stages.models import Deployment, Stage
from console.stages.services import (
    create_stage,
    delete_deployment,
    delete_stage,
    get_deployments,
    history,
    rollback_stage,
    update_stage,
)
from tests.console.stages.drawn import DEPLOYER, DEVELOPER, deploy, pets

pytestmark = pytest.mark.django_db


def back(api, deployment_id: str | None = None) -> str:
    return rollback_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", deployment_id=deployment_id).deployment_id


def test_a_stage_returns_to_what_it_served_before() -> None:
    api = pets()
    first, second = deploy(api), deploy(api, status=201)
    assert back(api) == first.pk == Stage.objects.get().deployment_id
    event = history(api.pk, "dev")[0]
    assert (event.kind, event.deployment_id, event.previous_deployment_id, event.digest) == (
        "ROLLED_BACK",
        first.pk,
        second.pk,
        first.document_id,
    )
    assert event.generation == Stage.objects.get().generation
    assert AuditEntry.objects.filter(operation="RollbackStage", actor_name="dora").count() == 1


def test_a_second_rollback_goes_further_back_and_not_forth() -> None:
    api = pets()
    first, second, _ = deploy(api), deploy(api, status=201), deploy(api, status=202)
    assert [back(api), back(api)] == [second.pk, first.pk]
    with pytest.raises(BadRequest, match="served nothing before"):
        back(api)


def test_a_deployment_after_a_rollback_returns_to_what_was_rolled_back_to() -> None:
    api = pets()
    first, _ = deploy(api), deploy(api, status=201)
    back(api)
    deploy(api, status=202)
    assert back(api) == first.pk


def test_a_stage_that_was_moved_by_patch_returns_too() -> None:
    api = pets()
    first, second = deploy(api), deploy(api, None, status=201)
    operation = {"op": "replace", "path": "/deploymentId", "value": second.pk}
    update_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", patch_operations=[operation])
    assert back(api) == first.pk


def test_any_deployment_of_the_api_can_be_named() -> None:
    api = pets()
    first = deploy(api)
    for status in (201, 202):
        deploy(api, status=status)
    assert back(api, first.pk) == first.pk


def test_what_a_tool_deleted_after_replacing_it_can_be_returned_to_and_is_listed_again() -> None:
    """Terraform replaces a deployment and deletes the old one at once."""
    api = pets()
    first = deploy(api)
    deploy(api, status=201)
    delete_deployment(DEPLOYER, rest_api_id=api.pk, deployment_id=first.pk)
    assert back(api) == first.pk
    assert first in get_deployments(DEPLOYER, rest_api_id=api.pk).items
    assert Deployment.objects.get(pk=first.pk).deleted_date is None


def test_a_new_stage_does_not_return_to_what_its_namesake_served() -> None:
    api = pets()
    deploy(api)
    second = deploy(api, status=201)
    delete_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    create_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", deployment_id=second.pk)
    with pytest.raises(BadRequest, match="served nothing before"):
        back(api)


def test_what_is_served_already_another_apis_or_unknown_is_refused() -> None:
    api = pets()
    served, elsewhere = deploy(api), deploy(pets())
    with pytest.raises(BadRequest, match="already serves"):
        back(api, served.pk)
    for deployment_id in (elsewhere.pk, "nosuch"):
        with pytest.raises(BadRequest, match="Invalid deployment identifier specified"):
            back(api, deployment_id)


def test_who_draws_may_not_roll_back() -> None:
    api = pets()
    deploy(api)
    with pytest.raises(AccessDenied):
        rollback_stage(DEVELOPER, rest_api_id=api.pk, stage_name="dev")
