"""Stages: made, read, deleted."""

from collections.abc import Mapping
from typing import Any

from console.accounts.services import record
from console.apis.models import RestApi
from console.apis.services.drafts import find_rest_api
from console.apis.services.limits import check_limit
from console.core.actor import Actor, Role
from console.core.faults import Conflict
from console.core.tags import checked
from console.core.verbs import verb
from console.stages.models import Deployment, Stage
from console.stages.services import rules
from console.stages.services.rows import (
    deployment_to_serve,
    documentation_version_to_publish,
    find_stage,
    lock_rest_api,
    note,
    stage_arn,
    write,
)

DEFAULT_CACHE_CLUSTER_SIZE = "0.5"


@verb(needs=Role.DEPLOYER)
def create_stage(
    actor: Actor,
    *,
    rest_api_id: str,
    stage_name: str,
    deployment_id: str,
    description: str | None = None,
    cache_cluster_enabled: bool | None = None,
    cache_cluster_size: str | None = None,
    variables: Mapping[str, str] | None = None,
    documentation_version: str | None = None,
    canary_settings: Mapping[str, Any] | None = None,
    tracing_enabled: bool | None = None,
    tags: Mapping[str, str] | None = None,
) -> Stage:
    rest_api = lock_rest_api(rest_api_id)
    stage = new_stage(rest_api, deployment_to_serve(rest_api_id, deployment_id), stage_name)
    configure(
        stage,
        description=description,
        variables=variables,
        cache_cluster_enabled=cache_cluster_enabled,
        cache_cluster_size=cache_cluster_size,
        tracing_enabled=tracing_enabled,
    )
    stage.documentation_version = documentation_version_to_publish(rest_api_id, documentation_version or "")
    stage.tags = checked(tags)
    if canary_settings is not None:
        stage.canary_settings = _canary(stage, canary_settings)
    write(stage)
    note(actor, stage, "CREATED")
    record(actor, "CreateStage", stage_arn(stage), {"deploymentId": deployment_id})
    return stage


def _canary(stage: Stage, given: Mapping[str, Any]) -> dict[str, Any]:
    deployment = deployment_to_serve(stage.rest_api_id, given.get("deploymentId") or stage.deployment_id)
    return rules.canary(given, deployment.pk)


def new_stage(rest_api: RestApi, deployment: Deployment, stage_name: str) -> Stage:
    """Not yet written. The API is locked by the caller, so no other stage can take the name or the last place."""
    rules.stage_name(stage_name)
    if Stage.objects.filter(rest_api=rest_api, stage_name=stage_name).exists():
        raise Conflict("Stage already exists", field="stageName")
    check_limit("Stages", Stage.objects.filter(rest_api=rest_api).count() + 1)
    return Stage(rest_api=rest_api, stage_name=stage_name, deployment=deployment)


def configure(
    stage: Stage,
    *,
    description: str | None = None,
    variables: Mapping[str, str] | None = None,
    cache_cluster_enabled: bool | None = None,
    cache_cluster_size: str | None = None,
    tracing_enabled: bool | None = None,
) -> None:
    """Set what is given. Variables are added to those that the stage has: what a URI needs does not vanish."""
    if description is not None:
        stage.description = description
    if variables is not None:
        stage.variables = rules.variables({**stage.variables, **variables})
    if cache_cluster_size is not None:
        stage.cache_cluster_size = rules.cache_cluster_size(cache_cluster_size)
    if cache_cluster_enabled is not None:
        enable_cache_cluster(stage, cache_cluster_enabled)
    if tracing_enabled is not None:
        stage.tracing_enabled = tracing_enabled


def enable_cache_cluster(stage: Stage, enabled: bool) -> None:
    stage.cache_cluster_enabled = enabled
    if enabled and not stage.cache_cluster_size:
        stage.cache_cluster_size = DEFAULT_CACHE_CLUSTER_SIZE


@verb(needs=Role.VIEWER)
def get_stage(actor: Actor, *, rest_api_id: str, stage_name: str) -> Stage:
    return find_stage(rest_api_id, stage_name)


@verb(needs=Role.VIEWER)
def get_stages(actor: Actor, *, rest_api_id: str, deployment_id: str | None = None) -> list[Stage]:
    find_rest_api(rest_api_id)
    rows = Stage.objects.select_related("deployment").filter(rest_api_id=rest_api_id)
    if deployment_id is not None:
        rows = rows.filter(deployment_id=deployment_id)
    return list(rows.order_by("stage_name"))


@verb(needs=Role.DEPLOYER)
def delete_stage(actor: Actor, *, rest_api_id: str, stage_name: str) -> None:
    stage = find_stage(rest_api_id, stage_name, lock=True)
    record(actor, "DeleteStage", stage_arn(stage), {"deploymentId": stage.deployment_id})
    stage.generation = 0  # a stage that is gone has none
    note(actor, stage, "DELETED", previous=stage.deployment_id)  # before the database notes it itself
    stage.delete()
