"""Deployments, stages, what may be flushed, and tags."""

from tests.parity.stories.drawn import arn, deploy, patch
from tests.parity.walk import Call, Story


def an_api_is_deployed(call: Call) -> None:
    drawn, first = deploy(call)
    api = {"restApiId": drawn.api}
    second = call("CreateDeployment", **api, description="second")["id"]
    call("GetDeployment", **api, deploymentId=second, embed=["apisummary"])
    call("GetDeployments", **api)
    call(
        "UpdateDeployment", **api, deploymentId=second, patchOperations=patch(("replace", "/description", "the second"))
    )
    call("DeleteDeployment", **api, deploymentId=second)
    call("GetStages", **api, deploymentId=first)


def a_stage_is_kept(call: Call) -> None:
    drawn, deployment = deploy(call)
    at = {"restApiId": drawn.api, "stageName": "prod"}
    call("CreateStage", **at, deploymentId=deployment, variables={"color": "red"}, tags={"env": "prod"})
    call("GetStage", **at)
    canary = call("CreateDeployment", restApiId=drawn.api)["id"]
    changed = patch(
        ("replace", "/variables/color", "blue"),
        ("replace", "/~1pets/GET/throttling/burstLimit", "10"),
        ("replace", "/*/*/logging/loglevel", "INFO"),
        ("replace", "/canarySettings/deploymentId", canary),
        ("replace", "/canarySettings/percentTraffic", "10.5"),
    )
    call("UpdateStage", **at, patchOperations=changed)
    promoted = patch(("copy", "/deploymentId", "/canarySettings/deploymentId"), ("remove", "/canarySettings"))
    call("UpdateStage", **at, patchOperations=promoted)
    call("FlushStageCache", **at)
    call("FlushStageAuthorizersCache", **at)
    call("DeleteStage", **at)


def things_are_tagged(call: Call) -> None:
    drawn, _ = deploy(call)
    for path in (f"/restapis/{drawn.api}", f"/restapis/{drawn.api}/stages/dev"):
        call("TagResource", resourceArn=arn(path), tags={"team": "pets", "env": "dev"})
        call("UntagResource", resourceArn=arn(path), tagKeys=["team"])
        call("GetTags", resourceArn=arn(path))


STORIES: list[Story] = [an_api_is_deployed, a_stage_is_kept, things_are_tagged]
