"""Running a drawn method with its log. Source: developer guide, "Use the API Gateway console to test a method"; 105."""

import asyncio
import re
from collections.abc import Coroutine
from typing import Any

import pytest
import uvloop
from msgspec.structs import replace

from dataplane.compiler import CompileError
from dataplane.draft import run
from dataplane.snapshot import (
    SCHEMA_VERSION,
    ApiDocument,
    DraftRequest,
    DraftResult,
    Integration,
    IntegrationResponse,
    Method,
    Model,
    RequestValidator,
    Resource,
)
from tests.dataplane.aws.lambdas import Lambdas
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import API, Backend, answer
from tests.dataplane.functions import ARN, URI
from tests.dataplane.sides import SECONDS

MOCK = Integration(
    type="MOCK",
    request_templates={"application/json": '{"statusCode": 200}'},
    responses=(
        IntegrationResponse(
            status_code="200",
            response_parameters={"method.response.header.X-A": "'b'"},
            response_templates={"application/json": '{"id": "$input.params(\'petId\')", "v": "$stageVariables.v"}'},
        ),
    ),
)


def drawn(integration: Integration, http_method: str = "GET", **method: Any) -> DraftRequest:
    unfinished = Method(http_method="GET", integration=Integration(type="HTTP", uri="", http_method=""))
    return DraftRequest(
        schema_version=SCHEMA_VERSION,
        document=ApiDocument(
            schema_version=SCHEMA_VERSION,
            api_id=API,
            name="drawn",
            resources=(
                Resource(id="other", path="/other", methods=(unfinished,)),
                Resource(
                    id="res123",
                    path="/pets/{petId}",
                    methods=(Method(http_method=http_method, integration=integration, **method),),
                ),
            ),
            models=(Model(name="Pet", schema='{"type": "object", "required": ["name"]}'),),
            request_validators=(RequestValidator(id="v1", validate_request_body=True),),
        ),
        resource_id="res123",
        http_method=http_method,
    )


def ran(request: DraftRequest, **changes: Any) -> DraftResult:
    return uvloop.run(run(replace(request, **changes)))


def lines(result: DraftResult) -> list[str]:
    """The log without its moments, each of which is of AWS's form."""
    first, *rest = result.log.rstrip("\n").split("\n")
    assert re.fullmatch(r"Execution log for request [0-9a-f-]{36}", first)
    moments = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4} : (.*)"
    found = [re.fullmatch(moments, line) for line in rest]
    return [match[1] for match in found if match]


def test_a_mock_answers_with_status_headers_body_and_log() -> None:
    result = ran(drawn(MOCK), path_with_query_string="/pets/7?a=1", stage_variables={"v": "x"})
    assert (result.status, result.body) == (200, '{"id": "7", "v": "x"}')
    assert result.headers["X-A"] == "b"
    assert result.multi_value_headers["Content-Type"] == ["application/json"]
    assert lines(result)[1:] == [
        "HTTP Method: GET, Resource Path: /pets/{petId}",
        "Method request path: {petId=7}",
        "Method request query string: {a=1}",
        "Method request headers: {}",
        "Method request body before transformations: ",
        'Method response body after transformations: {"id": "7", "v": "x"}',
        "Method response headers: {Content-Type=application/json, X-A=b}",
        "Successfully completed execution",
        "Method completed with status: 200",
    ]


def with_backend(scenario: Any) -> None:
    async def whole() -> None:
        backend = Backend()
        await backend.start()
        try:
            async with asyncio.timeout(SECONDS):
                await scenario(backend)
        finally:
            backend.stop()

    uvloop.run(whole())


def http(uri: str, **integration: Any) -> Integration:
    integration.setdefault("responses", (IntegrationResponse(status_code="200"),))
    return Integration(type="HTTP", uri=uri, http_method="POST", **integration)


def test_a_call_of_a_backend_is_told_in_the_words_of_aws_in_their_order() -> None:
    async def scenario(backend: Backend) -> None:
        backend.script = lambda message: answer(200, "X-From: there\r\n", b"pong")
        request = drawn(
            http(f"{backend.url}/animals", request_templates={"application/json": '{"got": $input.json("$")}'}), "POST"
        )
        result = await run(
            replace(
                request,
                path_with_query_string="/pets/7",
                body='{"n": 1}',
                headers={"Authorization": "Bearer abcdef123456"},
            )
        )
        assert (result.status, result.body) == (200, "pong")
        told = lines(result)
        starts = [
            "Starting execution for request: ",
            "HTTP Method: POST, Resource Path: /pets/{petId}",
            "Method request path: {petId=7}",
            "Method request query string: {}",
            "Method request headers: {Authorization=*************123456}",
            'Method request body before transformations: {"n": 1}',
            f"Endpoint request URI: {backend.url}/animals",
            f"Endpoint request headers: {{Host=127.0.0.1:{backend.port}, Accept=application/json, User-Agent=AmazonAPI",
            'Endpoint request body after transformations: {"got": {"n":1}}',
            f"Sending request to {backend.url}/animals",
            "Received response. Status: 200, Integration latency: ",
            "Endpoint response headers: {Content-Length=4, X-From=there}",
            "Endpoint response body before transformations: pong",
            "Method response body after transformations: pong",
            "Method response headers: {Content-Type=application/json, X-Amzn-Trace-Id=Root=1-",
            "Successfully completed execution",
            "Method completed with status: 200",
        ]
        assert [line[: len(start)] for line, start in zip(told, starts, strict=True)] == starts

    with_backend(scenario)


def test_each_step_says_what_went_in_what_came_out_and_how_long_it_took() -> None:
    async def scenario(backend: Backend) -> None:
        result = await run(replace(drawn(http(backend.url), "POST"), body="{}"))
        assert [step.name for step in result.steps] == [
            "Method request",
            "Integration request",
            "Integration",
            "Integration response",
        ]
        assert all(step.milliseconds >= 0 for step in result.steps)
        assert result.steps[1].output["httpMethod"] == "POST"
        assert result.steps[2].output == {"status": 200, "headers": {"Content-Length": ["7"]}, "body": "backend"}
        assert result.steps[3].output["body"] == "backend"

    with_backend(scenario)


def test_a_proxied_method_is_run_the_same_way() -> None:
    async def scenario(backend: Backend) -> None:
        proxy = Integration(type="HTTP_PROXY", uri=f"{backend.url}/x", http_method="ANY")
        result = await run(replace(drawn(proxy, "ANY"), http_method="PUT", body="as it is"))
        assert (result.status, result.body) == (200, "backend")
        assert (backend.seen[0].start, backend.seen[0].body) == ("PUT /x HTTP/1.1", b"as it is")

    with_backend(scenario)


def test_a_head_answers_without_a_body() -> None:
    async def scenario(backend: Backend) -> None:
        backend.script = lambda message: b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
        result = await run(drawn(Integration(type="HTTP_PROXY", uri=backend.url, http_method="ANY"), "HEAD"))
        assert (result.status, result.body) == (200, "")

    with_backend(scenario)


def test_a_method_is_tested_without_its_authorizer_and_key() -> None:
    assert ran(drawn(MOCK, authorization_type="CUSTOM", api_key_required=True)).status == 200


def test_a_path_of_another_resource_only_empties_the_path_parameters() -> None:
    result = ran(drawn(MOCK), path_with_query_string="/somewhere/else/7")
    assert (result.status, result.body) == (200, '{"id": "", "v": ""}')


def test_a_body_that_does_not_match_its_model_is_told_as_aws_tells_it() -> None:
    result = ran(drawn(MOCK, "POST", request_validator_id="v1", request_models={"application/json": "Pet"}), body="{}")
    assert (result.status, result.body) == (400, '{"message":"Invalid request body"}')
    assert result.headers["x-amzn-ErrorType"] == "BadRequestException"
    missing = '[object has missing required properties (["name"])]'
    assert lines(result)[-5:] == [
        f"Request body does not match model schema for content type application/json: {missing}",
        "Gateway response type: BAD_REQUEST_BODY with status code: 400",
        'Gateway response body: {"message":"Invalid request body"}',
        "Gateway response headers: {x-amzn-ErrorType=BadRequestException, Content-Type=application/json}",
        "Method completed with status: 400",
    ]
    assert [step.name for step in result.steps] == ["Method request", "Gateway response"]
    assert missing in result.steps[0].output["error"]


def test_a_body_that_matches_is_said_to() -> None:
    request = drawn(MOCK, "POST", request_validator_id="v1", request_models={"application/json": "Pet"})
    assert "Request validation succeeded for content type application/json" in lines(ran(request, body='{"name": 1}'))


@pytest.mark.parametrize(
    ("integration", "status", "told"),
    [
        (
            http("http://127.0.0.1:1/"),
            504,
            "Execution failed due to a network error communicating with endpoint: ",
        ),
        (
            Integration(type="MOCK", request_templates={"application/json": "{}"}, responses=MOCK.responses),
            500,
            "Execution failed due to configuration error: Unable to parse statusCode.",
        ),
        (
            Integration(
                type="MOCK",
                request_templates={"application/json": '{"statusCode": 404}'},
                responses=(IntegrationResponse(status_code="200", selection_pattern="2.."),),
            ),
            500,
            "Execution failed due to configuration error: No match for output mapping and no default output mapping"
            " configured. Endpoint Response Status Code: 404",
        ),
        (http("http://127.0.0.1:1/", passthrough_behavior="NEVER"), 415, "Unsupported Media Type"),
    ],
)
def test_what_fails_is_told_with_its_reason(integration: Integration, status: int, told: str) -> None:
    result = ran(drawn(integration, "POST"))
    assert result.status == status
    assert any(line.startswith(told) for line in lines(result)), result.log
    assert "Successfully completed execution" not in result.log
    assert result.log.endswith(f"Method completed with status: {status}\n")
    assert result.steps[-1].name == "Gateway response"


def test_a_time_out_is_told() -> None:
    async def scenario(backend: Backend) -> None:
        async def late(message: object) -> bytes:
            await asyncio.sleep(5)
            return answer()

        backend.script = late
        result = await run(drawn(http(backend.url, timeout_in_millis=60), "POST"))
        assert result.status == 504
        assert "Execution failed due to a timeout error" in lines(result)

    with_backend(scenario)


def test_long_bodies_are_cut_in_the_log_and_whole_in_the_result() -> None:
    long = IntegrationResponse(status_code="200", response_templates={"application/json": "x" * 3000})
    result = ran(
        drawn(Integration(type="MOCK", request_templates=MOCK.request_templates, responses=(long,))),
    )
    assert len(result.body) == 3000
    assert f"Method response body after transformations: {'x' * 1000} [TRUNCATED]" in lines(result)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"resource_id": "none"}, "there is no method GET of resource none"),
        ({"http_method": "PUT"}, "there is no method PUT of resource res123"),
    ],
)
def test_what_is_not_drawn_cannot_be_tested(changes: dict[str, str], said: str) -> None:
    with pytest.raises(CompileError, match=said):
        ran(drawn(MOCK), **changes)


def test_what_cannot_be_compiled_says_why() -> None:
    with pytest.raises(CompileError, match="ftp"):
        ran(drawn(Integration(type="HTTP", uri="ftp://x", http_method="GET")))


def test_of_several_headers_of_a_name_all_are_sent() -> None:
    async def scenario(backend: Backend) -> None:
        proxy = Integration(type="HTTP_PROXY", uri=backend.url, http_method="ANY")
        await run(replace(drawn(proxy), headers={"X-A": "0", "X-B": "1"}, multi_value_headers={"X-A": ["1", "2"]}))
        assert (backend.seen[0].all("X-A"), backend.seen[0].all("X-B")) == (["1", "2"], ["1"])

    with_backend(scenario)


def test_tests_run_side_by_side() -> None:
    async def both() -> list[DraftResult]:
        waits: list[Coroutine[Any, Any, DraftResult]] = [run(drawn(MOCK)), run(drawn(MOCK))]
        return await asyncio.gather(*waits)

    first, second = uvloop.run(both())
    assert first.log.partition("\n")[0] != second.log.partition("\n")[0]


def with_functions(node: Node, handler: Any, scenario: Any) -> None:
    async def whole(backend: Backend) -> None:
        backend.script = Lambdas({ARN: handler})
        node.set(AWS_ENDPOINT_URL_LAMBDA=backend.url)
        await scenario(backend)

    with_backend(whole)


def invoking(kind: str, **integration: Any) -> Integration:
    return Integration(type=kind, uri=URI, http_method="POST", **integration)  # type: ignore[arg-type]


def test_a_function_is_called_with_its_event_and_the_log_shows_both(node: Node) -> None:
    async def scenario(backend: Backend) -> None:
        result = await run(replace(drawn(invoking("AWS_PROXY"), "ANY"), http_method="GET"))
        assert (result.status, result.body) == (201, "made")
        told = lines(result)
        at = told.index(f"Endpoint request URI: {backend.url}/2015-03-31/functions/{ARN}/invocations")
        starts = [
            f"Endpoint request headers: {{Host=127.0.0.1:{backend.port}, Accept=application/json, User-Agent=AmazonAPI",
            'Endpoint request body after transformations: {"resource":"/pets/{petId}","path":"/","httpMethod":"GET",',
            f"Sending request to {backend.url}/2015-03-31/functions/{ARN}/invocations",
            "Received response. Status: 200, Integration latency: ",
            "Endpoint response headers: {",
            'Endpoint response body before transformations: {"statusCode": 201, "body": "made"}',
            "Method response body after transformations: made",
            "Method response headers: {Content-Type=application/json, X-Amzn-Trace-Id=Root=1-",
            "Successfully completed execution",
            "Method completed with status: 201",
        ]
        assert [line[: len(start)] for line, start in zip(told[at + 1 :], starts, strict=True)] == starts

    with_functions(node, lambda event: {"statusCode": 201, "body": "made"}, scenario)


def test_a_malformed_reply_of_a_function_is_told_in_the_words_of_aws(node: Node) -> None:
    async def scenario(backend: Backend) -> None:
        result = await run(drawn(invoking("AWS_PROXY")))
        assert result.status == 502
        [line] = [line for line in lines(result) if line.startswith("Execution failed")]
        assert line.startswith("Execution failed due to configuration error: Malformed Lambda proxy response: ")
        assert lines(result)[-1] == "Method completed with status: 502"

    with_functions(node, lambda event: "made", scenario)


@pytest.mark.parametrize(("kind", "status"), [("AWS_PROXY", 502), ("AWS", 200)])
def test_the_error_of_a_function_is_told_in_the_words_of_aws(node: Node, kind: str, status: int) -> None:
    def fail(event: Any) -> Any:
        raise ValueError("no such pet")

    async def scenario(backend: Backend) -> None:
        responses = () if kind == "AWS_PROXY" else (IntegrationResponse(status_code="200"),)
        result = await run(drawn(invoking(kind, responses=responses)))
        assert result.status == status
        said = (
            "Lambda execution failed with status 200 due to customer function error: no such pet. Lambda request id: "
        )
        assert [line for line in lines(result) if line.startswith("Lambda execution failed")] == [said]

    with_functions(node, fail, scenario)


def test_a_node_that_may_not_call_the_function_says_so(node: Node) -> None:
    async def scenario(backend: Backend) -> None:
        node.set(AWS_SECRET_ACCESS_KEY="another")
        result = await run(drawn(invoking("AWS_PROXY")))
        assert result.status == 500
        said = "Execution failed due to configuration error: Invalid permissions on Lambda function: "
        assert [line[: len(said)] for line in lines(result) if line.startswith("Execution failed")] == [said]

    with_functions(node, lambda event: {}, scenario)
