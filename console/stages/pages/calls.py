"""What these pages do, as other tools would say it."""

from typing import Any

from console.core.calls import Call, Raw, hcl, label
from console.stages.models import Stage


def _stage(stage: Stage) -> dict[str, str]:
    return {"restApiId": stage.rest_api_id, "stageName": stage.stage_name}


def rollback_stage(stage: Stage, deployment_id: str) -> Call:
    """AWS has no rollback of its own: the stage is pointed at the deployment that it served before."""
    operations = [{"op": "replace", "path": "/deploymentId", "value": deployment_id}]
    return Call("UpdateStage", {**_stage(stage), "patchOperations": operations}, stage_hcl(stage, deployment_id))


def flush_stage_cache(stage: Stage) -> Call:
    reason = "# Flushing a cache is an act, not a state: Terraform has no resource for it."
    return Call("FlushStageCache", dict(_stage(stage)), reason)


def update_stage(stage: Stage) -> Call:
    operations = [
        {"op": "replace", "path": f"/variables/{name}", "value": value} for name, value in stage.variables.items()
    ] or [{"op": "replace", "path": "/description", "value": stage.description}]
    return Call("UpdateStage", {**_stage(stage), "patchOperations": operations}, stage_hcl(stage, stage.deployment_id))


def delete_stage(stage: Stage) -> Call:
    return Call("DeleteStage", dict(_stage(stage)))


def stage_hcl(stage: Stage, deployment_id: str) -> str:
    attributes: dict[str, Any] = {
        "rest_api_id": Raw(f"aws_api_gateway_rest_api.{label(stage.rest_api.name)}.id"),
        "stage_name": stage.stage_name,
        "deployment_id": deployment_id,
        "description": stage.description,
        "variables": stage.variables,
    }
    return hcl("aws_api_gateway_stage", label(stage.stage_name), attributes)
