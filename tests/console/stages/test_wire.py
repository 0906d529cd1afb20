"""Deployments and stages through boto3, as a caller of AWS knows them."""

import datetime as dt
from typing import Any

import pytest
from botocore.exceptions import ClientError

from console.core.actor import Role
from console.stages.models import Stage
from tests.console.stages.boto import client
from tests.console.stages.drawn import pets, rest_api

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def aws(live_server: Any) -> Any:
    return client(live_server.url)


def status(answer: dict[str, Any]) -> int:
    return answer.pop("ResponseMetadata")["HTTPStatusCode"]


def refused(call: Any, **given: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as error:
        call(**given)
    answer = error.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def test_an_api_is_deployed_read_moved_and_deleted(aws: Any) -> None:
    api = pets().pk
    made = aws.create_deployment(restApiId=api, stageName="dev", description="first", variables={"host": "a"})
    assert status(made) == 201
    assert made.keys() == {"id", "description", "createdDate"} and isinstance(made["createdDate"], dt.datetime)

    second = aws.create_deployment(restApiId=api)["id"]
    listed = aws.get_deployments(restApiId=api)
    assert [one["id"] for one in listed["items"]] == [made["id"], second]
    embedded = aws.get_deployment(restApiId=api, deploymentId=second, embed=["apisummary"])
    assert embedded["apiSummary"] == {"/pets": {"GET": {"authorizationType": "NONE", "apiKeyRequired": False}}}

    moved = aws.update_stage(
        restApiId=api,
        stageName="dev",
        patchOperations=[
            {"op": "replace", "path": "/deploymentId", "value": second},
            {"op": "replace", "path": "/*/*/throttling/rateLimit", "value": "12.5"},
        ],
    )
    assert status(moved) == 200 and moved["deploymentId"] == second
    assert moved["methodSettings"]["*/*"]["throttlingRateLimit"] == 12.5

    described = aws.update_deployment(
        restApiId=api,
        deploymentId=second,
        patchOperations=[{"op": "replace", "path": "/description", "value": "second"}],
    )
    assert described["description"] == "second"
    assert status(aws.delete_deployment(restApiId=api, deploymentId=made["id"])) == 202
    assert refused(aws.delete_deployment, restApiId=api, deploymentId=second) == (
        400,
        "BadRequestException",
        "Active stages pointing to this deployment must be moved or deleted",
    )


def test_a_stage_is_made_read_flushed_and_deleted(aws: Any) -> None:
    api = pets().pk
    deployment = aws.create_deployment(restApiId=api)["id"]
    made = aws.create_stage(
        restApiId=api,
        stageName="prod",
        deploymentId=deployment,
        cacheClusterEnabled=True,
        cacheClusterSize="0.5",
        variables={"host": "a"},
        canarySettings={"percentTraffic": 10.0},
        tags={"team": "pets"},
    )
    assert status(made) == 201
    read = aws.get_stage(restApiId=api, stageName="prod")
    assert status(read) == 200 and read == made
    created = read.pop("createdDate")
    assert read.pop("lastUpdatedDate") >= created
    assert read == {
        "deploymentId": deployment,
        "stageName": "prod",
        "cacheClusterEnabled": True,
        "cacheClusterSize": "0.5",
        "cacheClusterStatus": "AVAILABLE",
        "methodSettings": {},
        "variables": {"host": "a"},
        "canarySettings": {
            "percentTraffic": 10.0,
            "deploymentId": deployment,
            "stageVariableOverrides": {},
            "useStageCache": False,
        },
        "tracingEnabled": False,
        "tags": {"team": "pets"},
    }
    assert [stage["stageName"] for stage in aws.get_stages(restApiId=api, deploymentId=deployment)["item"]] == ["prod"]
    assert aws.get_stages(restApiId=api, deploymentId="nosuch")["item"] == []
    assert status(aws.flush_stage_cache(restApiId=api, stageName="prod")) == 202
    assert status(aws.flush_stage_authorizers_cache(restApiId=api, stageName="prod")) == 202
    row = Stage.objects.get()
    assert (row.cache_generation, row.authorizers_cache_generation) == (1, 1)
    assert status(aws.delete_stage(restApiId=api, stageName="prod")) == 202
    assert refused(aws.get_stage, restApiId=api, stageName="prod") == (
        404,
        "NotFoundException",
        "Invalid stage identifier specified",
    )


def test_a_stage_without_a_cache_says_so(aws: Any) -> None:
    api = pets().pk
    aws.create_deployment(restApiId=api, stageName="dev")
    stage = aws.get_stage(restApiId=api, stageName="dev")
    assert (stage["cacheClusterEnabled"], stage["cacheClusterStatus"]) == (False, "NOT_AVAILABLE")


def test_refusals_are_aws_s(aws: Any) -> None:
    empty, api = rest_api().pk, pets().pk
    deployment = aws.create_deployment(restApiId=api, stageName="dev")["id"]
    assert refused(aws.create_deployment, restApiId=empty) == (
        400,
        "BadRequestException",
        "The REST API doesn't contain any methods",
    )
    assert refused(aws.create_deployment, restApiId="nosuch")[:2] == (404, "NotFoundException")
    assert refused(aws.create_stage, restApiId=api, stageName="dev", deploymentId=deployment) == (
        409,
        "ConflictException",
        "Stage already exists",
    )
    operation = {"op": "replace", "path": "/stageName", "value": "prod"}
    code, kind, text = refused(aws.update_stage, restApiId=api, stageName="dev", patchOperations=[operation])
    assert (code, kind) == (400, "BadRequestException") and text.startswith("Invalid patch path '/stageName'")


def test_who_draws_is_denied(live_server: Any) -> None:
    code, kind, _ = refused(client(live_server.url, Role.DEVELOPER).create_deployment, restApiId=pets().pk)
    assert (code, kind) == (403, "AccessDeniedException")
