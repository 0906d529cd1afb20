"""Source of the paths: AWS's API reference, "Patch operations", UpdateStage."""

from typing import Any

import pytest

from console.apis.models import DocumentationVersion
from console.core.faults import BadRequest, ValidationFault
from console.stages.models import Stage
from console.stages.services import history, update_stage
from tests.console.stages.drawn import DEPLOYER, deploy, pets

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    api = pets()
    DocumentationVersion(rest_api=api, version="v2").put()
    deploy(api, variables={"host": "a", "port": "1"})
    return Stage.objects.get()


def patch(stage: Stage, *operations: dict[str, Any]) -> Stage:
    update_stage(
        DEPLOYER, rest_api_id=stage.rest_api_id, stage_name=stage.stage_name, patch_operations=list(operations)
    )
    return Stage.objects.get(pk=stage.pk)


def replace(path: str, value: str) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


@pytest.mark.parametrize(
    ("path", "value", "field", "result"),
    [
        ("/description", "better", "description", "better"),
        ("/cacheClusterEnabled", "true", "cache_cluster_enabled", True),
        ("/cacheClusterSize", "6.1", "cache_cluster_size", "6.1"),
        ("/tracingEnabled", "true", "tracing_enabled", True),
        ("/clientCertificateId", "abc123", "client_certificate_id", "abc123"),
        ("/documentationVersion", "v2", "documentation_version", "v2"),
        ("/variables/host", "b", "variables", {"host": "b", "port": "1"}),
        ("/variables/new", "c", "variables", {"host": "a", "port": "1", "new": "c"}),
        (
            "/accessLogSettings/format",
            "$context.requestId $context.status",
            "access_log_settings",
            {"format": "$context.requestId $context.status"},
        ),
        (
            "/accessLogSettings/destinationArn",
            "arn:aws:logs:us-east-1:000000000000:log-group:x",
            "access_log_settings",
            {"destinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:x"},
        ),
    ],
)
def test_replace_sets_one_thing(stage: Stage, path: str, value: str, field: str, result: object) -> None:
    assert getattr(patch(stage, replace(path, value)), field) == result


@pytest.mark.parametrize(
    ("path", "member", "value", "result"),
    [
        ("metrics/enabled", "metricsEnabled", "true", True),
        ("logging/loglevel", "loggingLevel", "INFO", "INFO"),
        ("logging/dataTrace", "dataTraceEnabled", "true", True),
        ("throttling/burstLimit", "throttlingBurstLimit", "20", 20),
        ("throttling/rateLimit", "throttlingRateLimit", "10.5", 10.5),
        ("throttling/rateLimit", "throttlingRateLimit", "-1", -1.0),
        ("caching/enabled", "cachingEnabled", "true", True),
        ("caching/ttlInSeconds", "cacheTtlInSeconds", "0", 0),
        ("caching/dataEncrypted", "cacheDataEncrypted", "true", True),
        ("caching/requireAuthorizationForCacheControl", "requireAuthorizationForCacheControl", "false", False),
        (
            "caching/unauthorizedCacheControlHeaderStrategy",
            "unauthorizedCacheControlHeaderStrategy",
            "FAIL_WITH_403",
            "FAIL_WITH_403",
        ),
    ],
)
@pytest.mark.parametrize("key", ["*/*", "~1pets/GET", "pets/GET", "~1/POST", "pets/{id}/GET"])
def test_the_first_write_of_a_method_setting_makes_a_whole_block(
    stage: Stage, key: str, path: str, member: str, value: str, result: object
) -> None:
    whole = {
        "metricsEnabled": False,
        "loggingLevel": "OFF",
        "dataTraceEnabled": False,
        "throttlingBurstLimit": 5000,
        "throttlingRateLimit": 10000.0,
        "cachingEnabled": False,
        "cacheTtlInSeconds": 300,
        "cacheDataEncrypted": False,
        "requireAuthorizationForCacheControl": True,
        "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
    }
    assert patch(stage, replace(f"/{key}/{path}", value)).method_settings == {key: {**whole, member: result}}


@pytest.mark.parametrize("key", ["~1pets/ANY", "~1pets/*", "~1pets/BREW", "~1pets~1{id}/get"])
def test_settings_are_of_one_verb_or_of_all_methods(stage: Stage, key: str) -> None:
    """As refused by AWS: github.com/serverless-heaven/serverless-aws-alias, issue 80."""
    path = f"/{key}/logging/loglevel"
    with pytest.raises(BadRequest) as refused:
        patch(stage, replace(path, "INFO"))
    assert (refused.value.message, refused.value.field) == (f"Invalid method setting path: {path}", path)


def test_two_spellings_of_a_path_are_one_method_setting(stage: Stage) -> None:
    settings = patch(
        stage, replace("/pets/GET/metrics/enabled", "true"), replace("/~1pets/GET/logging/loglevel", "ERROR")
    ).method_settings
    assert list(settings) == ["pets/GET"]
    assert (settings["pets/GET"]["metricsEnabled"], settings["pets/GET"]["loggingLevel"]) == (True, "ERROR")


def test_method_settings_can_be_removed(stage: Stage) -> None:
    patch(stage, replace("/*/*/metrics/enabled", "true"), replace("/~1pets/GET/metrics/enabled", "true"))
    assert list(patch(stage, {"op": "remove", "path": "/~1pets/GET"}).method_settings) == ["*/*"]


def test_what_is_there_is_removed_however_it_is_spelled_and_what_is_no_method_setting_is_refused(stage: Stage) -> None:
    patch(stage, replace("/pets/{id}/GET/metrics/enabled", "true"))
    assert patch(stage, {"op": "remove", "path": "/~1pets~1{id}/GET"}).method_settings == {}
    assert patch(stage, {"op": "remove", "path": "/~1pets~1{id}/GET"}).method_settings == {}
    with pytest.raises(BadRequest, match="Invalid method setting path: /pets/nothing"):
        patch(stage, {"op": "remove", "path": "/pets/nothing"})


def test_the_first_write_of_a_canary_makes_one_on_what_is_served(stage: Stage) -> None:
    assert patch(stage, replace("/canarySettings/percentTraffic", "25")).canary_settings == {
        "deploymentId": stage.deployment_id,
        "percentTraffic": 25.0,
        "stageVariableOverrides": {},
        "useStageCache": False,
    }


def test_a_canary_is_changed_member_by_member_and_removed(stage: Stage) -> None:
    other = deploy(stage.rest_api, None, status=201)
    changed = patch(
        stage,
        replace("/canarySettings/deploymentId", other.pk),
        replace("/canarySettings/useStageCache", "true"),
        replace("/canarySettings/stageVariableOverrides/host", "b"),
        {"op": "add", "path": "/canarySettings/stageVariableOverrides/new", "value": "c"},
        {"op": "remove", "path": "/canarySettings/stageVariableOverrides/new"},
    )
    assert changed.canary_settings == {
        "deploymentId": other.pk,
        "percentTraffic": 0.0,
        "stageVariableOverrides": {"host": "b"},
        "useStageCache": True,
    }
    assert patch(stage, {"op": "remove", "path": "/canarySettings"}).canary_settings is None


def test_a_canary_is_promoted_as_aws_documents_it(stage: Stage) -> None:
    canary = deploy(
        stage.rest_api,
        status=201,
        canary_settings={"percentTraffic": 10.0, "stageVariableOverrides": {"host": "b", "new": "c"}},
    )
    assert Stage.objects.get().deployment_id == stage.deployment_id
    promoted = patch(
        stage,
        {"op": "copy", "from": "/canarySettings/deploymentId", "path": "/deploymentId"},
        {"op": "copy", "from": "/canarySettings/stageVariableOverrides", "path": "/variables"},
        {"op": "remove", "path": "/canarySettings"},
    )
    assert promoted.deployment_id == canary.pk and promoted.canary_settings is None
    assert promoted.variables == {"host": "b", "port": "1", "new": "c"}
    event = history(stage.rest_api_id, "dev")[0]
    assert (event.kind, event.previous_deployment_id, event.digest) == (
        "DEPLOYED",
        stage.deployment_id,
        canary.document_id,
    )


def test_a_variable_a_log_and_all_variables_can_be_removed(stage: Stage) -> None:
    assert patch(stage, {"op": "remove", "path": "/variables/host"}).variables == {"port": "1"}
    assert patch(stage, {"op": "remove", "path": "/variables"}).variables == {}
    patch(stage, replace("/accessLogSettings/format", "$context.requestId"))
    assert patch(stage, {"op": "remove", "path": "/accessLogSettings"}).access_log_settings is None


def test_history_says_which_paths_changed(stage: Stage) -> None:
    changed = patch(stage, replace("/description", "better"), replace("/variables/host", "b"))
    event = history(stage.rest_api_id, "dev")[0]
    assert (event.kind, event.message) == ("UPDATED", "/description, /variables/host")
    assert event.generation == changed.generation


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (replace("/nosuch", "x"), "Invalid patch path '/nosuch'"),
        ({"op": "remove", "path": "/deploymentId"}, r"Must be one of: \[replace, copy\]"),
        (replace("/deploymentId", "nosuch"), "Invalid deployment identifier specified"),
        (replace("/canarySettings/deploymentId", "nosuch"), "Invalid deployment identifier specified"),
        (replace("/canarySettings/percentTraffic", "101"), "between 0.0 and 100.0"),
        (replace("/canarySettings/percentTraffic", "nan"), "Must be a number"),
        (replace("/tracingEnabled", "yes"), "Invalid boolean value"),
        (replace("/cacheClusterSize", "7"), "Invalid cache cluster size"),
        (replace("/variables/a-b", "x"), "Invalid stage variable name"),
        (replace("/variables/a", "x y"), "Invalid stage variable value"),
        (replace("/accessLogSettings/format", "plain"), "requestId"),
        (replace("/accessLogSettings/format", "$context.requestId\n$context.status"), "must be single line"),
        (replace("/accessLogSettings/destinationArn", "pets"), "Invalid ARN"),
        (
            replace("/accessLogSettings/destinationArn", "arn:aws:firehose:us-east-1:000000000000:deliverystream/pets"),
            "Invalid ARN",
        ),
        (replace("/accessLogSettings/format", "$context.requestId" + "x" * 3072), "at most 3 KB"),
        (replace("/*/*/logging/loglevel", "DEBUG"), "OFF, ERROR, INFO"),
        (replace("/*/*/caching/ttlInSeconds", "3601"), "from 0 to 3600"),
        (replace("/*/*/throttling/rateLimit", "-2"), "not below -1"),
        (replace("/pets/FETCH/metrics/enabled", "true"), "Invalid method setting path"),
        (
            {"op": "copy", "from": "/description", "path": "/deploymentId"},
            r"Must be one of: \[/canarySettings/deploymentId\]",
        ),
        ({"op": "copy", "from": "/canarySettings/deploymentId", "path": "/deploymentId"}, "no canarySettings"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_of_it_stays(stage: Stage, operation: dict[str, Any], text: str) -> None:
    with pytest.raises(BadRequest, match=text):
        patch(stage, replace("/description", "half done"), operation)
    assert Stage.objects.get().description == ""
    assert history(stage.rest_api_id, "dev").count() == 1


def test_an_operation_that_no_patch_knows_is_a_validation_error(stage: Stage) -> None:
    with pytest.raises(ValidationFault, match=r"updateStageInput\.patchOperations\.1\.member\.op"):
        patch(stage, {"op": "put", "path": "/description", "value": "x"})


def test_a_stage_publishes_documentation_that_is_there(stage: Stage) -> None:
    with pytest.raises(BadRequest, match="Invalid documentation version specified"):
        patch(stage, replace("/documentationVersion", "v3"))
    assert patch(stage, {"op": "remove", "path": "/documentationVersion"}).documentation_version == ""
