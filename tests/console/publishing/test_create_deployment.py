import pytest

from console.accounts.models import AuditEntry
from console.apis.models import Integration, RestApi
from console.core.faults import AccessDenied, BadRequest, NotFound
from console.publishing.services import create_deployment
from console.stages.models import Deployment, Document, Stage
from console.stages.services import history
from dataplane import snapshot
from tests.console.stages.drawn import DEPLOYER, DEVELOPER, deploy, method, pets, resource, rest_api

LAMBDA = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:000000000000:function:f/invocations"
)
pytestmark = pytest.mark.django_db


def test_what_is_drawn_is_frozen_under_the_digest_of_its_bytes() -> None:
    api = pets()
    deployment = deploy(api, None, description="first")
    row = Document.objects.get()
    document = snapshot.decode_document(bytes(row.body), row.digest)
    assert row.digest == deployment.document_id and row.schema_version == snapshot.SCHEMA_VERSION
    assert document.api_id == api.pk and [r.path for r in document.resources] == ["/", "/pets"]
    assert (deployment.description, deployment.created_by) == ("first", "dora")
    entry = AuditEntry.objects.get(operation="CreateDeployment")
    assert entry.subject.endswith(f"/restapis/{api.pk}/deployments/{deployment.pk}")


def test_the_same_drawing_is_kept_once_and_deployed_as_often_as_asked() -> None:
    api = pets()
    first, second = deploy(api, None), deploy(api, None)
    assert first.pk != second.pk and first.document_id == second.document_id
    assert Document.objects.count() == 1 and Deployment.objects.count() == 2


def test_without_a_stage_nothing_is_served() -> None:
    deploy(pets(), None)
    assert not Stage.objects.exists()


def test_a_stage_that_is_not_there_is_made() -> None:
    api = pets()
    deployment = deploy(
        api,
        stage_description="for us",
        description="first",
        variables={"host": "a"},
        cache_cluster_enabled=True,
        cache_cluster_size="1.6",
        tracing_enabled=True,
    )
    stage = Stage.objects.get()
    assert (stage.deployment, stage.description, stage.variables) == (deployment, "for us", {"host": "a"})
    assert (stage.cache_cluster_enabled, stage.cache_cluster_size, stage.tracing_enabled) == (True, "1.6", True)
    event = history(api.pk, "dev").get()
    assert (event.kind, event.message, event.digest) == ("CREATED", "first", deployment.document_id)
    assert event.generation == stage.generation > 0


def test_a_stage_that_is_there_is_moved_and_keeps_what_was_not_given() -> None:
    api = pets()
    first = deploy(api, stage_description="for us", variables={"host": "a", "port": "1"})
    second = deploy(api, status=201, description="second", variables={"host": "b"})
    stage = Stage.objects.get()
    assert (stage.deployment, stage.description) == (second, "for us")
    assert stage.variables == {"host": "b", "port": "1"}
    event = history(api.pk, "dev")[0]
    assert (event.kind, event.previous_deployment_id, event.message) == ("DEPLOYED", first.pk, "second")


def test_a_canary_takes_the_deployment_and_the_stage_stays() -> None:
    api = pets()
    first = deploy(api)
    canary = deploy(api, status=201, canary_settings={"percentTraffic": 10.0, "stageVariableOverrides": {"x": "y"}})
    stage = Stage.objects.get()
    assert stage.deployment == first
    assert stage.canary_settings == {
        "deploymentId": canary.pk,
        "percentTraffic": 10.0,
        "stageVariableOverrides": {"x": "y"},
        "useStageCache": False,
    }


def test_a_canary_needs_a_stage() -> None:
    api = pets()
    with pytest.raises(BadRequest, match="existing stage"):
        deploy(api, canary_settings={"percentTraffic": 10.0})
    assert not Deployment.objects.exists() and not Stage.objects.exists()


def test_an_api_without_methods_is_refused_and_nothing_stays() -> None:
    with pytest.raises(BadRequest, match="The REST API doesn't contain any methods"):
        deploy(rest_api())
    assert not Deployment.objects.exists() and not Document.objects.exists()


def test_a_method_without_integration_is_refused_and_named() -> None:
    api = pets()
    method(resource(api, "toys"), "POST")
    with pytest.raises(BadRequest, match="No integration defined for method") as refused:
        deploy(api)
    assert refused.value.field == "POST /toys"


@pytest.mark.parametrize(
    ("drawn", "reason"),
    [
        (
            {"type": "AWS_PROXY", "http_method": "POST", "uri": LAMBDA, "credentials": "arn:aws:iam::*:user/*"},
            "Integrations with the caller's credentials are not served: nobody but the caller has them (GET /pets)",
        ),
        (
            {"type": "AWS_PROXY", "http_method": "POST", "uri": LAMBDA, "credentials": "somebody"},
            "Invalid ARN specified in the request (GET /pets)",
        ),
        (
            {"type": "AWS", "http_method": "POST", "uri": "arn:aws:apigateway:us-east-1:sqs:queue"},
            "AWS ARN for integration must contain path or action (GET /pets)",
        ),
        (
            {"type": "HTTP_PROXY", "http_method": "GET", "uri": "http://inside", "connection_type": "VPC_LINK"},
            "Integrations through a VPC link are not served by this version (GET /pets)",
        ),
    ],
)
def test_what_no_node_could_serve_is_refused_before_it_is_frozen(drawn: dict[str, str], reason: str) -> None:
    api = pets()
    Integration.objects.filter(method__resource__rest_api=api).update(**drawn)
    with pytest.raises(BadRequest) as refused:
        deploy(api)
    assert (refused.value.message, refused.value.field) == (reason, "GET /pets")
    assert not Document.objects.exists()


def test_a_bad_stage_name_is_refused_and_nothing_stays() -> None:
    with pytest.raises(BadRequest, match="Stage name only allows"):
        deploy(pets(), "a b")
    assert not Deployment.objects.exists()


def test_an_unknown_api_is_not_found() -> None:
    with pytest.raises(NotFound, match="Invalid API identifier specified 000000000000:nosuch"):
        create_deployment(DEPLOYER, rest_api_id="nosuch")


def test_who_draws_may_not_deploy() -> None:
    with pytest.raises(AccessDenied, match="CreateDeployment"):
        create_deployment(DEVELOPER, rest_api_id=pets().pk, stage_name="dev")


def test_the_default_endpoint_is_switched_off_by_deploying_and_not_by_drawing() -> None:
    """Developer guide, "Disable the default endpoint for REST APIs": it takes a deployment."""
    api = pets()
    deploy(api)
    RestApi.objects.filter(pk=api.pk).update(disable_execute_api_endpoint=True)
    assert Stage.objects.get().deployment.disable_execute_api_endpoint is False
    deploy(api)
    assert Stage.objects.get().deployment.disable_execute_api_endpoint is True
