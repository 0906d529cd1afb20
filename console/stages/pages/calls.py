"""What these pages do, as other tools would say it."""

from collections.abc import Mapping
from typing import Any

from botocore import xform_name

from console.core.calls import Block, Call, Raw, hcl, label
from console.stages.models import Stage
from console.stages.services import MethodSettings, method_settings
from console.stages.services.canaries import PROMOTION, REMOVAL


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
    """What the settings are, as if they were set now."""
    logs = stage.access_log_settings or {}
    said = {
        "/description": stage.description,
        **{f"/variables/{name}": value for name, value in stage.variables.items()},
        "/cacheClusterEnabled": "true" if stage.cache_cluster_enabled else "",
        "/cacheClusterSize": stage.cache_cluster_size if stage.cache_cluster_enabled else "",
        **{f"/accessLogSettings/{member}": value for member, value in logs.items()},
    }
    operations = [_replace(path, value) for path, value in said.items() if value]
    return _update(stage, *(operations or [_replace("/description", "")]))


def set_canary(stage: Stage) -> Call:
    """The canary that the stage has, as if it were set now."""
    canary = stage.canary_settings or {}
    overrides = canary["stageVariableOverrides"].items()
    return _update(
        stage,
        _replace("/canarySettings/deploymentId", canary["deploymentId"]),
        _replace("/canarySettings/percentTraffic", f"{canary['percentTraffic']:g}"),
        _replace("/canarySettings/useStageCache", "true" if canary["useStageCache"] else "false"),
        *(_replace(f"/canarySettings/stageVariableOverrides/{name}", value) for name, value in overrides),
    )


def promote_canary(stage: Stage) -> Call:
    return Call("UpdateStage", {**_stage(stage), "patchOperations": list(PROMOTION)})


def remove_canary(stage: Stage) -> Call:
    return Call("UpdateStage", {**_stage(stage), "patchOperations": list(REMOVAL)})


def _replace(path: str, value: str) -> dict[str, str]:
    return {"op": "replace", "path": path, "value": value}


def _update(stage: Stage, *operations: dict[str, str]) -> Call:
    params = {**_stage(stage), "patchOperations": list(operations)}
    return Call("UpdateStage", params, stage_hcl(stage, stage.deployment_id))


def set_method_settings(stage: Stage, row: MethodSettings) -> Call:
    """What counts for a method, or for all, as if it were set now."""
    wanted = {member: row.values[member] for member in method_settings.DEFAULTS}
    operations = method_settings.operations({}, row.resource_path, row.http_method, {}, wanted)
    method = f"{row.resource_path.removeprefix('/') or '~1'}/{row.http_method}"  # the root has no other name
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
        "cache_cluster_enabled": stage.cache_cluster_enabled or None,
        "cache_cluster_size": stage.cache_cluster_size if stage.cache_cluster_enabled else None,
        "access_log_settings": _block(stage.access_log_settings),
        "canary_settings": _block(stage.canary_settings),
    }
    return hcl("aws_api_gateway_stage", label(stage.stage_name), attributes)


def _block(members: Mapping[str, Any] | None) -> Block:
    return Block({xform_name(member): value for member, value in (members or {}).items()})
