"""TestInvokeMethod through a real node. Source: botocore, TestInvokeMethod; behaviours 105."""

import datetime as dt
import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.utils import timezone

from console.accounts.models import AuditEntry
from console.apis.models import Integration, IntegrationResponse, Method
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied, BadRequest, NotFound, ServiceUnavailable, TooManyRequests
from console.core.waiting import a_place
from console.domains.services import generate_client_certificate
from console.publishing import services
from console.publishing.models import Node as NodeRow
from tests.console.publishing.nodes import Node, report_for_an_hour
from tests.console.stages import drawn
from tests.console.stages.boto import client
from tests.console.stages.drawn import DEVELOPER
from tests.dataplane.node.running import RunningNode

SAID = '{"id": "$input.params(\'id\')", "q": "$input.params(\'q\')", "v": "$stageVariables.color", "got": $input.body}'


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Any:
    node = RunningNode(Path(tmp_path_factory.mktemp("node")), "http://127.0.0.1:9")
    yield f"http://127.0.0.1:{node.ports[1]}"
    node.kill()


@pytest.fixture
def alive(running: str, settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> str:
    """The node has reported to this console."""
    report_for_an_hour(monkeypatch, settings, running)
    return running


@pytest.fixture
def method(db: None) -> Method:
    """POST /pets/{id}, which asks for a key and answers with what it got, beside a method that is not finished."""
    api = drawn.rest_api()
    pets = drawn.resource(api, "pets")
    drawn.method(pets, "GET")
    row = drawn.method(drawn.resource(api, "{id}", pets), "POST", api_key_required=True)
    integration = drawn.mock(row)
    integration.responses.all().delete()
    IntegrationResponse(integration=integration, status_code="200", response_templates={"application/json": SAID}).put()
    Integration.objects.filter(pk=integration.pk).update(passthrough_behavior="WHEN_NO_MATCH")
    return row


def where(method: Method, http_method: str = "") -> dict[str, str]:
    return {
        "rest_api_id": method.resource.rest_api_id,
        "resource_id": method.resource_id,
        "http_method": http_method or method.http_method,
    }


def invoke(method: Method, **given: Any) -> Any:
    return services.test_invoke_method(DEVELOPER, **where(method), **given)


class TestWithANode:
    def test_the_draft_is_run_and_nothing_is_deployed(self, alive: str, method: Method) -> None:
        result = invoke(
            method, path_with_query_string="/pets/7?q=x", body='{"a": 1}', stage_variables={"color": "blue"}
        )
        assert result.status == 200
        assert json.loads(result.body)["id"] == "7"
        assert json.loads(result.body)["q"] == "x"
        assert json.loads(result.body)["v"] == "blue"
        assert result.log.startswith("Execution log for request ")
        assert result.log.endswith("Method completed with status: 200\n")
        assert result.latency >= 0
        assert not method.resource.rest_api.deployments.exists()

    def test_each_step_is_told(self, alive: str, method: Method) -> None:
        steps = invoke(method, path_with_query_string="/pets/7").steps
        assert steps[0].name == "Method request"
        assert len(steps) > 2

    def test_a_path_that_is_not_the_resources_only_empties_its_parameters(self, alive: str, method: Method) -> None:
        for path in ("", "/elsewhere"):
            assert json.loads(invoke(method, path_with_query_string=path).body)["id"] == ""

    def test_any_is_tested_with_the_verb_that_is_asked_for(self, alive: str, method: Method) -> None:
        other = drawn.method(drawn.resource(method.resource.rest_api, "any"), "ANY")
        drawn.mock(other, 418)
        assert services.test_invoke_method(DEVELOPER, **where(other, "PUT")).status == 418

    def test_who_tested_what_is_written_down(self, alive: str, method: Method) -> None:
        invoke(method, body="secret")
        entry = AuditEntry.objects.get(operation="TestInvokeMethod")
        assert entry.subject.endswith(f"/resources/{method.resource_id}/methods/POST")
        assert "secret" not in json.dumps(entry.changes)

    def test_what_cannot_be_compiled_is_said(self, alive: str, method: Method) -> None:
        Integration.objects.filter(method=method).update(request_templates={"application/json": "#if("})
        with pytest.raises(BadRequest, match=r"POST /pets/\{id\}"):
            invoke(method)

    def test_a_node_that_is_gone_is_passed_over(self, alive: str, method: Method) -> None:
        Node(id="node-2").report(endpoint="http://127.0.0.1:9")  # the discard port, where nothing listens
        assert invoke(method).status == 200

    @pytest.mark.django_db(transaction=True)
    def test_boto3_gets_awss_fields(self, live_server: Any, alive: str, method: Method) -> None:
        boto = client(live_server.url, Role.DEVELOPER)
        answer = boto.test_invoke_method(
            restApiId=method.resource.rest_api_id,
            resourceId=method.resource_id,
            httpMethod="POST",
            pathWithQueryString="/pets/7?q=1",
            headers={"X-One": "1"},
            multiValueHeaders={"X-Two": ["2", "3"]},
            body="{}",
            stageVariables={"color": "red"},
        )
        assert (answer["status"], answer["headers"]["Content-Type"]) == (200, "application/json")
        assert answer["multiValueHeaders"]["Content-Type"] == ["application/json"]
        assert json.loads(answer["body"])["v"] == "red"
        assert "X-Two" in answer["log"]
        assert isinstance(answer["latency"], int)

    def test_a_token_that_is_another_is_told(self, alive: str, method: Method, settings: Any) -> None:
        settings.NODE_TOKEN = "another"
        with pytest.raises(ServiceUnavailable, match="it answers 401"):
            invoke(method)


@pytest.mark.django_db
class TestRefusals:
    def test_without_a_node_it_is_said(self, method: Method) -> None:
        with pytest.raises(ServiceUnavailable, match="No node of the gateway is alive"):
            invoke(method)

    def test_a_node_that_has_fallen_silent_is_not_asked(self, alive: str, method: Method) -> None:
        NodeRow.objects.update(seen_date=timezone.now() - dt.timedelta(hours=2))
        with pytest.raises(ServiceUnavailable, match="No node of the gateway is alive"):
            invoke(method)

    def test_a_method_without_an_integration(self, method: Method) -> None:
        with pytest.raises(BadRequest, match="No integration defined for method"):
            services.test_invoke_method(
                DEVELOPER,
                rest_api_id=method.resource.rest_api_id,
                resource_id=method.resource.parent_id,
                http_method="GET",
            )

    def test_what_is_not_there(self, method: Method) -> None:
        with pytest.raises(NotFound, match="Invalid Method identifier specified"):
            services.test_invoke_method(DEVELOPER, **where(method, "PATCH"))
        with pytest.raises(NotFound, match="Invalid Resource identifier specified"):
            services.test_invoke_method(DEVELOPER, **{**where(method), "resource_id": "zzzzzz"})
        with pytest.raises(NotFound, match="Invalid client certificate identifier specified"):
            invoke(method, client_certificate_id="abcdef")

    def test_a_certificate_that_backends_are_not_shown(self, method: Method) -> None:
        certificate = generate_client_certificate(Actor(name="dora", role=Role.DEPLOYER))
        with pytest.raises(BadRequest, match="not shown to backends by this version"):
            invoke(method, client_certificate_id=certificate.pk)

    def test_stage_variables_are_what_a_stage_would_take(self, method: Method) -> None:
        with pytest.raises(BadRequest, match="Invalid stage variable"):
            invoke(method, stage_variables={"a-b": "1"})

    def test_no_more_wait_at_once_than_leave_threads_for_the_pages(self, method: Method) -> None:
        with ExitStack() as held:
            with pytest.raises(TooManyRequests):
                while True:
                    held.enter_context(a_place())
            with pytest.raises(TooManyRequests, match="Too Many Requests"):
                invoke(method)
        assert not AuditEntry.objects.exists()

    def test_a_viewer_may_not(self, method: Method) -> None:
        with pytest.raises(AccessDenied, match="TestInvokeMethod"):
            services.test_invoke_method(Actor(name="vera", role=Role.VIEWER), **where(method))

    @pytest.mark.django_db(transaction=True)
    def test_boto3_is_told_that_no_node_is_there(self, live_server: Any, method: Method) -> None:
        boto = client(live_server.url, Role.DEVELOPER)
        with pytest.raises(ClientError) as error:
            boto.test_invoke_method(
                restApiId=method.resource.rest_api_id, resourceId=method.resource_id, httpMethod="POST"
            )
        assert error.value.response["Error"]["Code"] == "ServiceUnavailableException"
