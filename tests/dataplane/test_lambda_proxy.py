"""AWS_PROXY through a deployed stage. Source: developer guide, "Set up Lambda proxy integrations"; behaviours 69-78."""

import asyncio
import base64
import json
import re
from typing import Any

import pytest
from msgspec.structs import replace

from dataplane.compiler import CompileError
from dataplane.snapshot import MethodSetting
from tests.dataplane.authorizers.functions import FUNCTION, TOKEN, says
from tests.dataplane.authorizers.functions import URI as AUTHORIZER
from tests.dataplane.aws.lambdas import Lambdas
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import API, HOST, House, Message
from tests.dataplane.functions import ARN, URI, lambda_proxy, with_function

ERROR = b'{"message":"Internal server error"}'


def returning(value: Any) -> Any:
    return lambda event: value


def test_a_function_gets_the_whole_request_and_its_result_is_the_reply(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy("/pets/{petId}"), variables={"color": "blue"})
        reply = await house.call(
            "POST",
            "/dev/pets/7?a=1&a=2&b=x%20y",
            {"x-User": "ada", "X-List": "1", "authorization": "Bearer t", "Content-Type": "application/json"},
            b'{"name": "Rex"}',
        )
        assert (reply.status, reply.body) == (201, b"made")
        assert (reply.header("X-Made"), reply.header("Content-Type")) == ("yes", "text/plain")
        assert (reply.header("X-Amzn-Trace-Id") or "").startswith("Root=1-")
        [event] = lambdas.events
        headers = event["headers"]
        context = event.pop("requestContext")
        assert headers.pop("X-Amzn-Trace-Id") == reply.header("X-Amzn-Trace-Id")
        assert event.pop("multiValueHeaders").keys() == headers.keys() | {"X-Amzn-Trace-Id"}
        assert event == {
            "resource": "/pets/{petId}",
            "path": "/pets/7",
            "httpMethod": "POST",
            "headers": {
                "Authorization": "Bearer t",
                "Content-Type": "application/json",
                "Host": HOST,
                "X-Forwarded-For": "127.0.0.1",
                "X-Forwarded-Port": str(house.port),
                "X-Forwarded-Proto": "http",
                "X-List": "1",
                "x-User": "ada",
            },
            "queryStringParameters": {"a": "2", "b": "x y"},
            "multiValueQueryStringParameters": {"a": ["1", "2"], "b": ["x y"]},
            "pathParameters": {"petId": "7"},
            "stageVariables": {"backend": f"127.0.0.1:{house.backend.port}", "color": "blue"},
            "body": '{"name": "Rex"}',
            "isBase64Encoded": False,
        }
        assert context["requestId"] == reply.header("x-amzn-RequestId")

    reply = {"statusCode": 201, "headers": {"X-Made": "yes", "Content-Type": "text/plain"}, "body": "made"}
    with_function(node, returning(reply), scenario)


def test_the_request_context_is_the_one_of_aws(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy("/{proxy+}"))
        await house.call("GET", "/dev/x/y/", {"User-Agent": "tester/1"})
        [event] = lambdas.events
        context = event["requestContext"]
        assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", context.pop("requestTime"))
        assert len(str(context.pop("requestTimeEpoch"))) == 13
        assert len(context.pop("requestId")) == 36
        assert len(context.pop("extendedRequestId")) == 16
        assert context == {
            "accountId": "000000000000",
            "apiId": API,
            "deploymentId": "dep123",
            "domainName": HOST,
            "domainPrefix": API,
            "httpMethod": "GET",
            "identity": {
                "accessKey": None,
                "accountId": None,
                "caller": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": "127.0.0.1",
                "user": None,
                "userAgent": "tester/1",
                "userArn": None,
            },
            "path": "/dev/x/y/",
            "protocol": "HTTP/1.1",
            "resourceId": "res123",
            "resourcePath": "/{proxy+}",
            "stage": "dev",
        }
        assert (event["path"], event["pathParameters"]) == ("/x/y/", {"proxy": "x/y"})

    with_function(node, returning({}), scenario)


def test_the_call_is_signed_and_names_no_api(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy())
        assert (await house.call("GET", "/dev/a")).status == 200
        [sent] = house.backend.seen
        assert sent.start == f"POST /2015-03-31/functions/{ARN}/invocations HTTP/1.1"
        assert sent.header("User-Agent") == f"AmazonAPIGateway_{API}"
        assert sent.header("X-Amzn-Apigateway-Api-Id") is None
        assert sent.header("X-Amzn-Trace-Id") == lambdas.events[0]["headers"]["X-Amzn-Trace-Id"]

    with_function(node, returning({}), scenario)


def test_a_stage_variable_names_the_function_and_its_alias(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        drawn = lambda_proxy(uri=URI.replace("function:pets", "function:${stageVariables.fn}"))
        house.deploy(drawn, variables={"fn": "pets:live"}, canary=(0.0, (drawn,), {"fn": "pets:next"}))
        assert (await house.call("GET", "/dev/a")).body == b"live"
        house.deploy(drawn, variables={"fn": "pets:live"}, canary=(100.0, (drawn,), {"fn": "pets:next"}))
        lambdas.handlers[f"{ARN}:next"] = lambda event: {"body": str(event["requestContext"]["isCanaryRequest"])}
        assert (await house.call("GET", "/dev/a")).body == b"True"

    with_function(node, returning({"body": "live"}), scenario, f"{ARN}:live")


def test_a_path_and_its_parameters_stay_encoded_and_a_query_is_decoded(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy("/pets/{petId}"))
        await house.call("GET", "/dev/pets/a%40b%2Fc?q=a%40b+c")
        [event] = lambdas.events
        assert (event["path"], event["pathParameters"]) == ("/pets/a%40b%2Fc", {"petId": "a%40b%2Fc"})
        assert event["queryStringParameters"] == {"q": "a@b c"}

    with_function(node, returning({}), scenario)


def test_whom_the_client_was_sent_by_comes_before_it(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy())
        sent = {
            "X-Forwarded-For": "10.0.0.1",
            "X-Forwarded-Proto": "gopher",
            "X-Amzn-Trace-Id": "Root=1-5-abc;Parent=1",
        }
        await house.call("GET", "/dev/a", sent)
        headers = lambdas.events[0]["headers"]
        assert headers["X-Forwarded-For"] == "10.0.0.1, 127.0.0.1"
        assert headers["X-Forwarded-Proto"] == "http"
        assert headers["X-Amzn-Trace-Id"] == "Root=1-5-abc;Parent=1;Sampled=1"

    with_function(node, returning({}), scenario)


def test_a_body_of_a_binary_type_comes_in_base64(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy(content_handling="CONVERT_TO_TEXT"), binary_media_types=("image/png",))
        image = b"\x89PNG\r\n\x00\xff"
        await house.call("POST", "/dev/a", {"Content-Type": "image/png"}, image)
        await house.call("POST", "/dev/a", {"Content-Type": "text/plain"}, "€".encode())
        await house.call("POST", "/dev/a", {"Content-Type": "image/png"})
        encoded, text, empty = lambdas.events
        assert (base64.b64decode(encoded["body"]), encoded["isBase64Encoded"]) == (image, True)
        assert (text["body"], text["isBase64Encoded"]) == ("€", False)
        assert (empty["body"], empty["isBase64Encoded"]) == (None, False)

    with_function(node, returning({}), scenario)


def asked(node: Node, returned: Any, headers: dict[str, str] | None = None, **api: Any) -> Message:
    """What a client gets of what a function returned."""
    replies: list[Message] = []

    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy(), **api)
        replies.append(await house.call("GET", "/dev/a", headers))

    with_function(node, returning(returned), scenario)
    return replies[0]


@pytest.mark.parametrize(
    "returned",
    [{"statusCode": 99}, {"headers": []}, {"isBase64Encoded": 5}, {"multiValueHeaders": {"A": [{}]}}],
)
def test_a_malformed_reply_is_a_502_without_a_trace_id(node: Node, returned: Any) -> None:
    reply = asked(node, returned)
    assert (reply.status, reply.body) == (502, ERROR)
    assert reply.header("x-amzn-ErrorType") == "InternalServerErrorException"
    assert reply.header("X-Amzn-Trace-Id") is None


@pytest.mark.parametrize(
    ("returned", "body"),
    [
        ({"statusCode": None, "headers": None, "multiValueHeaders": None, "body": None}, b""),
        ({"body": 5}, b"5"),
        ({"body": True}, b"true"),
        ({"body": "€"}, "€".encode()),
        ({"body": "aGk=", "isBase64Encoded": "true"}, b"aGk="),
    ],
)
def test_scalars_are_taken_for_text_and_null_for_nothing(node: Node, returned: Any, body: bytes) -> None:
    assert asked(node, returned).body == body


def test_names_in_two_cases_are_two_headers(node: Node) -> None:
    reply = asked(node, {"headers": {"Set-Cookie": "a=1", "set-cookie": "b=2", "X-None": None}})
    assert (reply.all("Set-Cookie"), reply.header("X-None")) == (["a=1", "b=2"], None)


def test_headers_that_mean_this_connection_are_renamed_or_dropped(node: Node) -> None:
    reply = asked(
        node,
        {
            "headers": {
                "Connection": "close",
                "Content-Length": "99",
                "Date": "yesterday",
                "Server": "mine",
                "Transfer-Encoding": "chunked",
                "Authorization": "as it is",
                "X-Line": "one\r\nX-Two: two",
                "X-Amzn-Trace-Id": "mine",
            },
            "body": "body",
        },
    )
    assert reply.body == b"body"
    remapped = {
        name: reply.header(f"x-amzn-Remapped-{name}") for name in ("Connection", "Content-Length", "Date", "Server")
    }
    assert remapped == {"Connection": "close", "Content-Length": "99", "Date": "yesterday", "Server": "mine"}
    assert (reply.header("Transfer-Encoding"), reply.header("Authorization")) == (None, "as it is")
    assert (reply.header("X-Line"), reply.header("X-Two")) == ("one  X-Two: two", None)
    assert reply.all("X-Amzn-Trace-Id") == ["mine"]


def test_a_node_without_credentials_answers_500_and_says_why(node: Node, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        node.unset("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        house.deploy(lambda_proxy())
        reply = await house.call("GET", "/dev/a")
        assert (reply.status, reply.body) == (500, ERROR)
        assert "this node has no AWS credentials" in caplog.text

    with_function(node, returning({}), scenario)


def test_a_function_that_takes_too_long_is_a_504(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        async def never(message: Message) -> bytes:
            await asyncio.sleep(60)
            return b""

        house.backend.script = never
        house.deploy(lambda_proxy(timeout_in_millis=50))
        reply = await house.call("GET", "/dev/a")
        assert (reply.status, json.loads(reply.body)) == (504, {"message": "Endpoint request timed out"})

    with_function(node, returning({}), scenario)


@pytest.mark.parametrize(
    "integration",
    [
        {"uri": URI.replace("us-east-1", "${stageVariables.nowhere}")},
        {"credentials": "${stageVariables.nobody}x"},
    ],
)
def test_what_a_stage_variable_spoils_is_a_500_of_its_method(node: Node, integration: dict[str, Any]) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy(**integration))
        reply = await house.call("GET", "/dev/a")
        assert (reply.status, reply.body) == (500, ERROR)
        assert not house.backend.seen

    with_function(node, returning({}), scenario)


def test_mappings_that_may_be_are_ignored(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy(request_parameters={"integration.request.header.X-Mine": "'x'"}))
        assert (await house.call("GET", "/dev/a")).status == 200
        assert house.backend.seen[0].header("X-Mine") is None
        assert "X-Mine" not in lambdas.events[0]["headers"]

    with_function(node, returning({}), scenario)


@pytest.mark.parametrize("first", [ValueError("the first time"), {"statusCode": "no number"}, "no object"], ids=repr)
def test_what_a_function_returned_is_cached_and_no_error_of_its_own_or_malformed_reply(node: Node, first: Any) -> None:
    calls: list[str] = []

    def handler(event: Any) -> Any:
        calls.append(event["path"])
        if len(calls) > 1:
            return {"body": str(len(calls))}
        if isinstance(first, Exception):
            raise first
        return first

    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(
            lambda_proxy(),
            stage={"cache_enabled": True, "method_settings": {"*/*": MethodSetting(caching_enabled=True)}},
        )
        replies = [await house.call("GET", "/dev/a") for _ in range(3)]
        assert [reply.status for reply in replies] == [502, 200, 200]
        assert [reply.body for reply in replies[1:]] == [b"2", b"2"]
        assert (replies[2].header("X-Amzn-Trace-Id") or "").startswith("Root=1-")
        assert len(calls) == 2

    with_function(node, handler, scenario)


def test_an_authorizer_tells_the_function_who_calls(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(
            lambda_proxy(authorization={"authorization_type": "CUSTOM", "authorizer_id": TOKEN.id}),
            authorizers=(replace(TOKEN, authorizer_uri=AUTHORIZER),),
        )
        lambdas.handlers[FUNCTION] = says(context={"n": 1})
        assert (await house.call("GET", "/dev/a", {"Auth": "secret"})).status == 200
        authorizer = lambdas.events[-1]["requestContext"]["authorizer"]
        assert authorizer.pop("integrationLatency") >= 0
        assert authorizer == {"principalId": "user", "n": "1"}

    with_function(node, returning({}), scenario)


@pytest.mark.parametrize(
    ("integration", "reason"),
    [
        ({"uri": "arn:aws:apigateway:us-east-1:sqs:path/queue"}, "AWS_PROXY is for the invocation of Lambda functions"),
        ({"uri": "http://x"}, "not the ARN of an AWS service"),
        ({"credentials": "arn:aws:iam::123456789012:user/ada"}, "not the ARN of a role"),
    ],
)
def test_what_names_no_function_is_refused_when_it_is_compiled(
    node: Node, integration: dict[str, Any], reason: str
) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        with pytest.raises(CompileError, match=reason):
            house.deploy(lambda_proxy(**integration))

    with_function(node, returning({}), scenario)
