"""Deployments: what was frozen. They are made in the room that publishes."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils import timezone

from console.accounts.services import record
from console.apis.services.drafts import find_rest_api
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from console.core.paging import Page, page
from console.core.verbs import verb
from console.stages.models import Deployment, Document, Stage
from console.stages.services import values
from console.stages.services.rows import deployment_arn, find_deployment


@verb(needs=Role.VIEWER)
def get_deployment(
    actor: Actor, *, rest_api_id: str, deployment_id: str, embed: Iterable[str] | None = None
) -> Deployment:
    deployment = find_deployment(rest_api_id, deployment_id)
    if "apisummary" in (embed or ()):
        deployment.api_summary = _summary(deployment)
    return deployment


def _summary(deployment: Deployment) -> dict[str, dict[str, dict[str, Any]]]:
    """AWS's `apiSummary`, read from the document: {"/pets": {"GET": {"authorizationType", "apiKeyRequired"}}}."""
    body = Document.objects.values_list("body", flat=True).get(pk=deployment.document_id)
    return {
        resource["path"]: {
            method["httpMethod"]: {
                "authorizationType": method.get("authorizationType", "NONE"),
                "apiKeyRequired": method.get("apiKeyRequired", False),
            }
            for method in resource["methods"]
        }
        for resource in json.loads(bytes(body)).get("resources", ())
        if resource.get("methods")
    }


@verb(needs=Role.VIEWER)
def get_deployments(
    actor: Actor, *, rest_api_id: str, position: str | None = None, limit: int | None = None
) -> Page[Deployment]:
    find_rest_api(rest_api_id)
    # One API's deployments are made one after the other, so the time of each is its own.
    return page(Deployment.objects.of(rest_api_id).listed(), order="created_date", position=position, limit=limit)


@verb(needs=Role.DEPLOYER)
def update_deployment(
    actor: Actor,
    *,
    rest_api_id: str,
    deployment_id: str,
    patch_operations: Iterable[Mapping[str, Any]] | None = None,
) -> Deployment:
    deployment = find_deployment(rest_api_id, deployment_id, lock=True)
    operations = patch.read(patch_operations, shape="updateDeploymentInput")

    def describe(operation: patch.PatchOperation) -> None:
        deployment.description = values.text(operation)

    patch.apply(operations, [patch.Rule("/description", ("replace",), describe)])
    deployment.put(fields=["description"])
    record(actor, "UpdateDeployment", deployment_arn(deployment), {"description": deployment.description})
    return deployment


@verb(needs=Role.DEPLOYER)
def delete_deployment(actor: Actor, *, rest_api_id: str, deployment_id: str) -> None:
    """From AWS's lists: the row and its document stay, and a stage can be rolled back to them."""
    deployment = find_deployment(rest_api_id, deployment_id, lock=True)
    serving = Q(deployment=deployment) | Q(canary_settings__deploymentId=deployment.pk)
    if Stage.objects.filter(serving, rest_api_id=rest_api_id).exists():
        raise BadRequest("Active stages pointing to this deployment must be moved or deleted", field="deploymentId")
    deployment.deleted_date = timezone.now()
    deployment.put(fields=["deleted_date"])
    record(actor, "DeleteDeployment", deployment_arn(deployment))
