"""TestInvokeAuthorizer through a real node and a Lambda API on loopback. Source: botocore, TestInvokeAuthorizer."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.accounts.models import AuditEntry
from console.apis.models import Authorizer
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied, BadRequest, NotFound, ServiceUnavailable
from console.publishing import services
from tests.console.publishing.nodes import report_for_an_hour
from tests.console.stages import drawn
from tests.console.stages.boto import client
from tests.console.stages.drawn import DEVELOPER
from tests.dataplane.authorizers.functions import FUNCTION, URI, policy
from tests.dataplane.authorizers.served import Served
from tests.dataplane.aws.lambdas import Lambdas
from tests.dataplane.aws.verifying import KEY, SECRET
from tests.dataplane.node.running import RunningNode


def blueprint(event: Any) -> Any:
    """The developer guide's example of a token-based function."""
    match event["authorizationToken"]:
        case "allow" | "deny" as said:
            found = policy(said.capitalize(), event["methodArn"])
            return {"principalId": "user", "policyDocument": found, "context": {"n": 1}}
        case _:
            raise PermissionError("Unauthorized")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Served(Lambdas({FUNCTION: blueprint})) as backend:
        environment = {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_ENDPOINT_URL_LAMBDA": backend.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        node = RunningNode(Path(tmp_path_factory.mktemp("node")), "http://127.0.0.1:9", **environment)
        yield f"http://127.0.0.1:{node.ports[1]}"
        node.kill()


@pytest.fixture
def alive(running: str, settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> str:
    """The node has reported to this console."""
    report_for_an_hour(monkeypatch, settings, running)
    return running


@pytest.fixture
def authorizer(db: None) -> Authorizer:
    """Of an API that is not finished."""
    row = Authorizer(
        rest_api=drawn.rest_api(),
        name="guard",
        type="TOKEN",
        auth_type="custom",
        authorizer_uri=URI.replace("authorize/", "${stageVariables.name}/"),
        identity_source="method.request.header.Auth",
        authorizer_result_ttl_in_seconds=300,
    )
    row.put()
    return row


def invoke(row: Authorizer, token: str = "allow", actor: Actor = DEVELOPER, **given: Any) -> Any:
    given = {"headers": {"Auth": token}, "stage_variables": {"name": "authorize"}, **given}
    return services.test_invoke_authorizer(actor, rest_api_id=row.rest_api_id, authorizer_id=row.pk, **given)


class TestWithANode:
    def test_the_draft_is_asked_and_nothing_is_deployed(self, alive: str, authorizer: Authorizer) -> None:
        result = invoke(authorizer)
        assert (result.client_status, result.principal_id) == (0, "user"), result.log
        assert json.loads(result.policy)["Statement"][0]["Effect"] == "Allow"
        assert result.log.endswith("Successfully completed authorizer execution\n")
        assert not authorizer.rest_api.deployments.exists()

    def test_each_token_has_its_status(self, alive: str, authorizer: Authorizer) -> None:
        assert [invoke(authorizer, token).client_status for token in ("allow", "deny", "other", "")] == [
            0,
            403,
            401,
            401,
        ]

    def test_who_tested_whom_is_written_down_and_with_which_token_is_not(
        self, alive: str, authorizer: Authorizer
    ) -> None:
        invoke(authorizer, "secret")
        entry = AuditEntry.objects.get(operation="TestInvokeAuthorizer")
        assert entry.subject.endswith(f"/restapis/{authorizer.rest_api_id}/authorizers/{authorizer.pk}")
        assert "secret" not in json.dumps(entry.changes)

    def test_stage_variables_keep_their_rules(self, alive: str, authorizer: Authorizer) -> None:
        with pytest.raises(BadRequest) as refused:
            invoke(authorizer, stage_variables={"a b": "c"})
        assert refused.value.field == "stageVariables/a b"

    @pytest.mark.django_db(transaction=True)
    def test_boto3_gets_awss_fields(self, live_server: Any, alive: str, authorizer: Authorizer) -> None:
        boto = client(live_server.url, Role.DEVELOPER)
        asked = {
            "restApiId": authorizer.rest_api_id,
            "authorizerId": authorizer.pk,
            "multiValueHeaders": {"Auth": ["allow"]},
            "pathWithQueryString": "/pets?q=1",
            "body": "{}",
            "stageVariables": {"name": "authorize"},
            "additionalContext": {"httpMethod": "GET"},
        }
        answer = boto.test_invoke_authorizer(**asked)
        assert (answer["clientStatus"], answer["principalId"]) == (0, "user")
        assert json.loads(answer["policy"])["Version"] == "2012-10-17"
        assert answer["authorization"] == {"n": ["1"]}
        assert isinstance(answer["latency"], int)
        assert "Starting authorizer" in answer["log"]
        refused = boto.test_invoke_authorizer(**{**asked, "multiValueHeaders": {}})
        assert refused["clientStatus"] == 401
        assert not {"principalId", "policy", "claims"} & refused.keys()


def test_without_a_node_it_is_503_and_says_what_to_do(authorizer: Authorizer) -> None:
    with pytest.raises(ServiceUnavailable, match="No node of the gateway is alive"):
        invoke(authorizer)


def test_what_is_not_there_is_404(authorizer: Authorizer) -> None:
    with pytest.raises(NotFound, match="Invalid Authorizer identifier specified"):
        services.test_invoke_authorizer(DEVELOPER, rest_api_id=authorizer.rest_api_id, authorizer_id="none")
    with pytest.raises(NotFound, match="Invalid API identifier specified"):
        services.test_invoke_authorizer(DEVELOPER, rest_api_id="none", authorizer_id=authorizer.pk)


def test_a_viewer_may_not(authorizer: Authorizer) -> None:
    with pytest.raises(AccessDenied):
        invoke(authorizer, actor=Actor(name="vic", role=Role.VIEWER))
