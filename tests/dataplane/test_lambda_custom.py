"""AWS in front of a Lambda function. Source: developer guide, "Handle Lambda errors in API Gateway", "Set up
asynchronous invocation of the backend Lambda function"; behaviours 58, 59, 79."""

import json
from typing import Any

import pytest

from dataplane.snapshot import IntegrationResponse
from tests.dataplane.aws.lambdas import Lambdas
from tests.dataplane.aws.node import Node
from tests.dataplane.aws.verifying import signed_for
from tests.dataplane.execution import API, House, Message
from tests.dataplane.functions import ARN, URI, custom, with_function

DEFAULT = IntegrationResponse(status_code="200")
ERROR = b'{"message":"Internal server error"}'


def failing(message: str) -> Any:
    def fail(event: Any) -> Any:
        raise ValueError(message)

    return fail


def asked(node: Node, handler: Any, *responses: IntegrationResponse) -> Message:
    replies: list[Message] = []

    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(custom(responses=responses))
        replies.append(await house.call("GET", "/dev/a"))

    with_function(node, handler, scenario)
    return replies[0]


def test_a_function_gets_what_the_template_makes_and_the_response_template_sees_what_it_returned(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        responses = (
            IntegrationResponse(
                status_code="201",
                response_parameters={
                    "method.response.header.X-Version": "integration.response.header.X-Amz-Executed-Version",
                    "method.response.header.X-Id": "integration.response.body.id",
                },
                response_templates={"application/json": '{"made": $input.json("$.id")}'},
            ),
        )
        templates = {"application/json": '{"pet": $input.json("$.name"), "who": "$input.params("who")"}'}
        house.deploy(custom(request_templates=templates, responses=responses))
        reply = await house.call("POST", "/dev/a?who=ada", body=b'{"name": "Rex"}')
        assert (reply.status, reply.body) == (201, b'{"made": 7}')
        assert (reply.header("X-Version"), reply.header("X-Id")) == ("$LATEST", "7")
        assert (reply.header("X-Amzn-Trace-Id") or "").startswith("Root=1-")
        assert lambdas.events == [{"pet": "Rex", "who": "ada"}]

    with_function(node, lambda event: {"id": 7}, scenario)


def test_only_what_is_mapped_is_sent_and_it_is_signed(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        mapping = {
            "integration.request.header.X-Who": "method.request.header.X-User",
            "integration.request.header.Referer": "'https://example.com'",
            "integration.request.header.X-Amz-Date": "'20200101T000000Z'",
            "integration.request.header.X-Amz-Client-Context": "'e30='",
        }
        house.deploy(custom(request_parameters=mapping))
        await house.call("POST", "/dev/a", {"X-User": "ada", "X-Secret": "s", "User-Agent": "me"}, b"{}")
        [sent] = house.backend.seen
        assert signed_for(sent) == "lambda/us-east-1"
        names = ("Accept", "User-Agent", "X-Who", "X-Amz-Client-Context", "X-Secret", "Referer")
        assert [sent.header(name) for name in names] == [
            *("application/json", f"AmazonAPIGateway_{API}", "ada", "e30="),
            *(None, None),
        ]
        assert sent.header("X-Amzn-Apigateway-Api-Id") is None
        assert len(sent.all("X-Amz-Date")) == 1

    with_function(node, lambda event: None, scenario)


def test_a_mapped_header_makes_an_invocation_asynchronous(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        mapping = {"integration.request.header.X-Amz-Invocation-Type": "method.request.header.InvocationType"}
        house.deploy(custom(request_parameters=mapping))
        later = await house.call("POST", "/dev/a", {"InvocationType": "Event"}, b'{"n": 1}')
        assert (later.status, later.body) == (200, b"")
        now = await house.call("POST", "/dev/a", {"InvocationType": "RequestResponse"}, b'{"n": 2}')
        assert (now.status, now.body) == (200, b'"done"')
        assert lambdas.events == [{"n": 1}, {"n": 2}]

    with_function(node, lambda event: "done", scenario)


@pytest.mark.parametrize(
    ("handler", "patterns", "status"),
    [
        (lambda event: 1, {"200": "", "400": r"(\n|.)+"}, 200),
        (lambda event: 1, {"200": "", "400": ".*"}, 400),
        (failing("Malformed input ..."), {"200": "", "400": "Malformed.*"}, 400),
        (failing("Malformed input ..."), {"200": "", "400": "Malformed"}, 200),
        (failing("two\nlines"), {"200": "", "500": r"(\n|.)+"}, 500),
        (failing("other"), {"200": "", "400": "Malformed.*"}, 200),
        (failing(""), {"200": "", "500": r"(\n|.)+"}, 200),
        (lambda event: {"errorMessage": "Malformed"}, {"200": "", "400": "Malformed"}, 200),
    ],
)
def test_patterns_are_about_the_message_of_an_error(
    node: Node, handler: Any, patterns: dict[str, str], status: int
) -> None:
    responses = [IntegrationResponse(status_code=code, selection_pattern=text) for code, text in patterns.items()]
    assert asked(node, handler, *responses).status == status


def test_an_error_that_nothing_matches_is_a_configuration_error(node: Node) -> None:
    reply = asked(node, failing("x"), IntegrationResponse(status_code="400", selection_pattern="y"))
    assert (reply.status, reply.body) == (500, ERROR)


def test_an_error_passes_as_it_is_or_by_template(node: Node) -> None:
    passed = asked(node, failing("no such pet"), DEFAULT)
    assert json.loads(passed.body) == {"errorMessage": "no such pet", "errorType": "ValueError", "stackTrace": []}
    template = {"application/json": '{"message": $input.json("$.errorMessage")}'}
    made = asked(node, failing("no such pet"), IntegrationResponse(status_code="200", response_templates=template))
    assert made.body == b'{"message": "no such pet"}'


def test_headers_are_mapped_from_within_a_custom_error(node: Node) -> None:
    """ "API Gateway deserializes the integration.response.body parameter when performing header mappings"."""
    error = {"errorType": "InternalServerError", "httpStatus": 500, "trace": {"function": "abc()"}}
    prefix = "integration.response.body.errorMessage"
    mapped = IntegrationResponse(
        status_code="500",
        selection_pattern=".*InternalServerError.*",
        response_parameters={
            "method.response.header.error_type": f"{prefix}.errorType",
            "method.response.header.error_status": f"{prefix}.httpStatus",
            "method.response.header.error_trace": f"{prefix}.trace",
        },
    )
    reply = asked(node, failing(json.dumps(error)), mapped)
    names = ("error_type", "error_status", "error_trace")
    assert [reply.header(name) for name in names] == ["InternalServerError", "500", '{"function":"abc()"}']
    assert json.loads(json.loads(reply.body)["errorMessage"]) == error


def test_a_body_that_is_no_json_is_the_clients_mistake(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(custom())
        reply = await house.call("POST", "/dev/a", {"Content-Type": "text/plain"}, b"name=Rex")
        assert reply.status == 400
        assert json.loads(reply.body)["message"].startswith("Could not parse request body into json: ")

    with_function(node, lambda event: None, scenario)


def test_a_path_parameter_may_name_the_function(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        mapping = {"integration.request.path.fn": "method.request.path.fn"}
        house.deploy(custom("/{fn}", uri=URI.replace(ARN, "{fn}"), request_parameters=mapping))
        assert (await house.call("POST", "/dev/pets", body=b"{}")).body == b'"pets"'
        assert (await house.call("POST", "/dev/toys", body=b"{}")).status == 500

    with_function(node, lambda event: "pets", scenario, "pets")
