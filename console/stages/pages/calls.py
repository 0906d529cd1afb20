"""What these pages do, as other tools would say it."""

from typing import Any

from botocore import xform_name

from console.core.calls import Block, Call, Raw, hcl, label
from console.stages.models import Stage
from console.stages.services import MethodSettings, method_settings


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


def set_method_settings(stage: Stage, row: MethodSettings) -> Call:
    """What counts for a method, or for all, as if it were set now."""
    wanted = {member: row.values[member] for member in method_settings.DEFAULTS}
    operations = method_settings.operations({}, row.resource_path, row.http_method, {}, wanted)
    method = f"{row.resource_path.removeprefix('/')}/{row.http_method}"
    attributes: dict[str, Any] = {
        "rest_api_id": _api(stage),
        "stage_name": Raw(f"aws_api_gateway_stage.{label(stage.stage_name)}.stage_name"),
        "method_path": method,
        "settings": Block({xform_name(member): value for member, value in wanted.items()}),
    }
    name = label(f"{stage.stage_name} {'all' if row.resource_path == '*' else method}")
    terraform = hcl("aws_api_gateway_method_settings", name, attributes)
    return Call("UpdateStage", {**_stage(stage), "patchOperations": operations}, terraform)


def _api(stage: Stage) -> Raw:
    return Raw(f"aws_api_gateway_rest_api.{label(stage.rest_api.name)}.id")


def delete_stage(stage: Stage) -> Call:
    return Call("DeleteStage", dict(_stage(stage)))


def stage_hcl(stage: Stage, deployment_id: str) -> str:
    attributes: dict[str, Any] = {
        "rest_api_id": _api(stage),
        "stage_name": stage.stage_name,
        "deployment_id": deployment_id,
        "description": stage.description,
        "variables": stage.variables,
    }
    return hcl("aws_api_gateway_stage", label(stage.stage_name), attributes)
