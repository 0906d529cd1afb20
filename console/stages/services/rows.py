"""Finding, pointing and noting: what the verbs of this room, and of those above it, share.

Locks are taken in one order, so that no two verbs wait for each other: the API, its stage, the deployment, and last
(by a trigger) the generation.
"""

from django.utils import timezone

from console.apis.models import DocumentationVersion, RestApi
from console.apis.services.drafts import find_rest_api
from console.core import arns
from console.core.actor import Actor
from console.core.faults import BadRequest, NotFound
from console.stages.models import Deployment, Stage, StageEvent


def lock_rest_api(rest_api_id: str) -> RestApi:
    """Whoever draws in the API, deploys it or deletes it waits until this transaction ends."""
    rows = RestApi.objects.select_for_update(no_key=True)
    return rows.filter(pk=rest_api_id).first() or find_rest_api(rest_api_id)


def find_stage(rest_api_id: str, stage_name: str, *, lock: bool = False) -> Stage:
    # A lock takes no join: who waited for it would not find a stage that was moved to another deployment meanwhile.
    rows = Stage.objects.select_for_update() if lock else Stage.objects.select_related("deployment")
    stage = rows.filter(rest_api_id=rest_api_id, stage_name=stage_name).first()
    if stage is None:
        find_rest_api(rest_api_id)
        raise NotFound("Invalid stage identifier specified", field="stageName")
    return stage


def find_deployment(rest_api_id: str, deployment_id: str, *, lock: bool = False) -> Deployment:
    rows = Deployment.objects.of(rest_api_id).listed()
    if lock:
        rows = rows.select_for_update(no_key=True)
    deployment = rows.filter(pk=deployment_id).first()
    if deployment is None:
        find_rest_api(rest_api_id)
        raise NotFound("Invalid Deployment identifier specified", field="deploymentId")
    return deployment


def deployment_to_serve(rest_api_id: str, deployment_id: str) -> Deployment:
    """Locked, so that it cannot be deleted before a stage points at it. Raises BadRequest for one of another API."""
    rows = Deployment.objects.of(rest_api_id).listed().select_for_update(no_key=True)
    deployment = rows.filter(pk=deployment_id).first()
    if deployment is None:
        raise BadRequest("Invalid deployment identifier specified", field="deploymentId")
    return deployment


def documentation_version_to_publish(rest_api_id: str, version: str) -> str:
    """Raises BadRequest for one that the API does not have."""
    if version and not DocumentationVersion.objects.filter(rest_api_id=rest_api_id, version=version).exists():
        raise BadRequest("Invalid documentation version specified", field="documentationVersion")
    return version


def point(stage: Stage, deployment: Deployment) -> str:
    """The stage serves the deployment once it is written. The id of the one that it served before."""
    previous: str = stage.deployment_id
    stage.deployment = deployment
    return previous


def write(stage: Stage) -> None:
    """Afterwards `stage.generation` is what a node must serve to serve this."""
    stage.last_updated_date = timezone.now()
    stage.put()
    stage.refresh_from_db(fields=["generation"])


def note(actor: Actor, stage: Stage, kind: str, *, previous: str = "", message: str = "") -> StageEvent:
    return StageEvent.objects.create(
        rest_api_id=stage.rest_api_id,
        stage_name=stage.stage_name,
        kind=kind,
        deployment_id=stage.deployment_id,
        previous_deployment_id=previous,
        digest=stage.deployment.document_id,
        generation=stage.generation,
        actor_name=actor.name,
        message=message,
    )


def stage_arn(stage: Stage) -> str:
    return arns.apigateway(f"/restapis/{stage.rest_api_id}/stages/{stage.stage_name}")


def deployment_arn(deployment: Deployment) -> str:
    return arns.apigateway(f"/restapis/{deployment.rest_api_id}/deployments/{deployment.pk}")
