"""Sources: developer guide, "Promote a canary release" and "Turn off a canary release"; behaviours 98."""

import pytest

from console.accounts.models import AuditEntry
from console.core.faults import AccessDenied, BadRequest
from console.stages.models import Stage
from console.stages.services import history, promote_canary, remove_canary, update_stage
from tests.console.stages.drawn import DEPLOYER, DEVELOPER, deploy, pets

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    api = pets()
    deploy(api, variables={"host": "a", "port": "1"})
    deploy(api, status=201, canary_settings={"percentTraffic": 10.0, "stageVariableOverrides": {"host": "b"}})
    return Stage.objects.get()


def address(stage: Stage, **changed: str) -> dict[str, str]:
    assert stage.canary_settings is not None
    deployment_id = stage.canary_settings["deploymentId"]
    return {"rest_api_id": stage.rest_api_id, "stage_name": "dev", "deployment_id": deployment_id, **changed}


def test_a_promotion_serves_the_canarys_deployment_and_variables_to_everybody(stage: Stage) -> None:
    promote_canary(DEPLOYER, **address(stage))
    after = Stage.objects.get()
    assert after.deployment_id == address(stage)["deployment_id"]
    assert after.variables == {"host": "b", "port": "1"}
    assert after.canary_settings is None


def test_a_removal_leaves_the_stage_as_it_was_without_the_canary(stage: Stage) -> None:
    remove_canary(DEPLOYER, **address(stage))
    after = Stage.objects.get()
    assert (after.deployment_id, after.variables) == (stage.deployment_id, {"host": "a", "port": "1"})
    assert after.canary_settings is None


@pytest.mark.parametrize("end", [promote_canary, remove_canary])
def test_only_the_canary_that_was_looked_at_ends(stage: Stage, end) -> None:
    with pytest.raises(BadRequest, match=r"serves deployment \w+ by now"):
        end(DEPLOYER, **address(stage, deployment_id="another"))
    assert Stage.objects.get().canary_settings == stage.canary_settings


@pytest.mark.parametrize("end", [promote_canary, remove_canary])
def test_it_ends_once(stage: Stage, end) -> None:
    end(DEPLOYER, **address(stage))
    with pytest.raises(BadRequest, match="has no canary"):
        end(DEPLOYER, **address(stage))


@pytest.mark.parametrize("end", [promote_canary, remove_canary])
def test_it_takes_a_deployer(stage: Stage, end) -> None:
    with pytest.raises(AccessDenied):
        end(DEVELOPER, **address(stage))


def test_it_is_recorded_as_the_update_that_it_is(stage: Stage) -> None:
    promote_canary(DEPLOYER, **address(stage))
    assert AuditEntry.objects.order_by("-pk")[0].operation == "UpdateStage"


def told(stage: Stage) -> list[str]:
    return [event.canary for event in history(stage.rest_api_id, "dev")]


def test_history_tells_what_became_of_the_canary(stage: Stage) -> None:
    more = {"op": "replace", "path": "/canarySettings/percentTraffic", "value": "50"}
    update_stage(DEPLOYER, rest_api_id=stage.rest_api_id, stage_name="dev", patch_operations=[more])
    remove_canary(DEPLOYER, **address(stage))
    deploy(stage.rest_api, canary_settings={"percentTraffic": 1.0})
    promote_canary(DEPLOYER, **address(Stage.objects.get()))
    assert told(stage) == ["promoted", "deployed", "removed", "changed", "deployed", ""]


def test_what_people_write_is_no_canary(stage: Stage) -> None:
    deploy(stage.rest_api, description="/canarySettings")
    deploy(stage.rest_api, description="canary: the bird")
    variable = {"op": "replace", "path": "/variables/a", "value": "b"}
    update_stage(DEPLOYER, rest_api_id=stage.rest_api_id, stage_name="dev", patch_operations=[variable])
    assert told(stage)[:3] == ["", "", ""]
