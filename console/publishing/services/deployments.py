"""CreateDeployment: what is drawn becomes a document, and a stage serves it."""

from collections.abc import Mapping
from typing import Any

from console.accounts.services import record
from console.apis.models import RestApi
from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from console.core.verbs import verb
from console.publishing import builder
from console.stages.models import Deployment, Document, Stage
from console.stages.services import rules
from console.stages.services.rows import deployment_arn, lock_rest_api, note, point, write
from console.stages.services.stages import configure, new_stage
from dataplane import snapshot


@verb(needs=Role.DEPLOYER)
def create_deployment(
    actor: Actor,
    *,
    rest_api_id: str,
    stage_name: str | None = None,
    stage_description: str | None = None,
    description: str | None = None,
    cache_cluster_enabled: bool | None = None,
    cache_cluster_size: str | None = None,
    variables: Mapping[str, str] | None = None,
    canary_settings: Mapping[str, Any] | None = None,
    tracing_enabled: bool | None = None,
) -> Deployment:
    # Every drawing verb writes this row, so one under way is wholly in the document or wholly out of it.
    lock_rest_api(rest_api_id)
    deployment = _freeze(actor, RestApi.objects.drawn().get(pk=rest_api_id), description or "")
    if stage_name:
        stage, is_new = _stage(deployment, stage_name, canary_settings)
        configure(
            stage,
            description=stage_description,
            variables=variables,
            cache_cluster_enabled=cache_cluster_enabled,
            cache_cluster_size=cache_cluster_size,
            tracing_enabled=tracing_enabled,
        )
        _serve(actor, stage, deployment, is_new, canary_settings)
    changes = {"digest": deployment.document_id, "stageName": stage_name or "", "description": deployment.description}
    record(actor, "CreateDeployment", deployment_arn(deployment), changes)
    return deployment


def _freeze(actor: Actor, rest_api: RestApi, description: str) -> Deployment:
    body = snapshot.encode(builder.api_document(rest_api))
    digest = snapshot.digest(body)
    row = Document(digest=digest, schema_version=snapshot.SCHEMA_VERSION, body=body)
    Document.objects.bulk_create([row], ignore_conflicts=True)  # the same drawing was frozen before, or is just now
    deployment = Deployment(
        rest_api=rest_api,
        document_id=digest,
        description=description,
        created_by=actor.name,
        disable_execute_api_endpoint=rest_api.disable_execute_api_endpoint,
    )
    deployment.put()
    return deployment


def _stage(deployment: Deployment, stage_name: str, canary: Mapping[str, Any] | None) -> tuple[Stage, bool]:
    """The stage, and whether it is a new one."""
    stage = Stage.objects.select_for_update().filter(rest_api=deployment.rest_api, stage_name=stage_name).first()
    if stage is not None:
        return stage, False
    if canary is not None:
        raise BadRequest(
            "Invalid canarySettings specified: a canary is deployed on an existing stage", field="canarySettings"
        )
    return new_stage(deployment.rest_api, deployment, stage_name), True


def _serve(actor: Actor, stage: Stage, deployment: Deployment, is_new: bool, canary: Mapping[str, Any] | None) -> None:
    if canary is not None:
        stage.canary_settings = rules.canary(canary, deployment.pk)
        write(stage)
        note(actor, stage, "UPDATED", message=f"canary: deployment {deployment.pk}")
        return
    previous = point(stage, deployment)
    write(stage)
    if is_new:
        note(actor, stage, "CREATED", message=deployment.description)
    else:
        note(actor, stage, "DEPLOYED", previous=previous, message=deployment.description)
