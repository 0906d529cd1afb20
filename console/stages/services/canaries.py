"""The two ways in which a canary ends. AWS has no operation for either: each is a call of UpdateStage.

Source: developer guide, "Promote a canary release" and "Turn off a canary release"; behaviours 98.
"""

from typing import Any

from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from console.core.verbs import verb
from console.stages.models import Stage
from console.stages.services.rows import find_stage
from console.stages.services.update import update_stage

REMOVAL: tuple[dict[str, Any], ...] = ({"op": "remove", "path": "/canarySettings"},)
PROMOTION: tuple[dict[str, Any], ...] = (
    {"op": "copy", "from": "/canarySettings/deploymentId", "path": "/deploymentId"},
    {"op": "copy", "from": "/canarySettings/stageVariableOverrides", "path": "/variables"},
    *REMOVAL,
)


@verb(needs=Role.DEPLOYER, operation="UpdateStage")
def promote_canary(actor: Actor, *, rest_api_id: str, stage_name: str, deployment_id: str) -> Stage:
    """The stage serves the canary's deployment, to everybody and with its overrides. Raises BadRequest where the canary
    is no longer the one that was looked at."""
    _require(rest_api_id, stage_name, deployment_id)
    return update_stage(actor, rest_api_id=rest_api_id, stage_name=stage_name, patch_operations=PROMOTION)


@verb(needs=Role.DEPLOYER, operation="UpdateStage")
def remove_canary(actor: Actor, *, rest_api_id: str, stage_name: str, deployment_id: str) -> Stage:
    """The stage's own deployment serves everybody again. Raises BadRequest, as `promote_canary`."""
    _require(rest_api_id, stage_name, deployment_id)
    return update_stage(actor, rest_api_id=rest_api_id, stage_name=stage_name, patch_operations=REMOVAL)


def _require(rest_api_id: str, stage_name: str, deployment_id: str) -> None:
    stage = find_stage(rest_api_id, stage_name, lock=True)
    if stage.canary_settings is None:
        raise BadRequest(f"Stage {stage_name} has no canary", field="canarySettings")
    serves = stage.canary_settings["deploymentId"]
    if serves != deployment_id:
        raise BadRequest(f"The canary of stage {stage_name} serves deployment {serves} by now", field="deploymentId")
