"""What a stage served, and the way back."""

from django.db.models import QuerySet

from console.accounts.services import record
from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from console.core.verbs import verb
from console.stages.models import Deployment, Stage, StageEvent
from console.stages.services.rows import find_stage, note, point, stage_arn, write


def history(rest_api_id: str, stage_name: str) -> "QuerySet[StageEvent]":
    """Newest first; what an earlier stage of the same name did is part of it."""
    return StageEvent.objects.of(rest_api_id, stage_name)


@verb(needs=Role.DEPLOYER)
def rollback_stage(actor: Actor, *, rest_api_id: str, stage_name: str, deployment_id: str | None = None) -> Stage:
    """Serve `deployment_id` again, or the one that the stage served before the present one.

    A deployment that AWS's lists no longer show can be returned to (tools that replace a deployment delete the old one
    at once); it is listed again.
    """
    stage = find_stage(rest_api_id, stage_name, lock=True)
    target = _to_return_to(stage, deployment_id or deployment_before(stage))
    if target.pk == stage.deployment_id:
        raise BadRequest(f"Stage {stage_name} already serves deployment {target.pk}", field="deploymentId")
    if target.deleted_date is not None:
        target.deleted_date = None
        target.put(fields=["deleted_date"])
    previous = point(stage, target)
    write(stage)
    note(actor, stage, "ROLLED_BACK", previous=previous)
    record(actor, "RollbackStage", stage_arn(stage), {"deploymentId": target.pk, "previousDeploymentId": previous})
    return stage


def deployment_before(stage: Stage) -> str:
    """What the stage served when the present deployment was put on it: a second rollback goes further back.

    Raises BadRequest when it served nothing before.
    """
    arrivals = history(stage.rest_api_id, stage.stage_name).filter(deployment_id=stage.deployment_id)
    arrived = arrivals.filter(kind__in=("CREATED", "DEPLOYED")).first() or arrivals.filter(kind="ROLLED_BACK").first()
    if arrived is None or not arrived.previous_deployment_id:
        raise BadRequest(f"Stage {stage.stage_name} served nothing before its deployment", field="stageName")
    return arrived.previous_deployment_id


def _to_return_to(stage: Stage, deployment_id: str) -> Deployment:
    rows = Deployment.objects.of(stage.rest_api_id).select_for_update(no_key=True)
    deployment = rows.filter(pk=deployment_id).first()
    if deployment is None:
        raise BadRequest("Invalid deployment identifier specified", field="deploymentId")
    return deployment
