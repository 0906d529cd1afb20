"""Lambda functions through the Lambda API. Source: botocore, lambda `Invoke`."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from dataplane.aws.faults import AccessDenied, ApiError, AwsFault, NoCredentials, NoSuchFunction, Throttled
from dataplane.aws.functions import Invocation, LambdaFunction, function_of
from dataplane.faults import UpstreamBroken, UpstreamFault, UpstreamTimeout, UpstreamUnreachable
from dataplane.mapping.service_uri import ServiceUriError
from dataplane.mapping.uri import UriError
from tests.dataplane.aws.lambdas import Lambdas, Refuse
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import Backend, Message, answer
from tests.dataplane.loops import Run
from tests.dataplane.sides import spawned

ARN = "arn:aws:lambda:us-east-1:123456789012:function:pets:live"
URI = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{ARN}/invocations"


@asynccontextmanager
async def serving(node: Node, script: Any) -> AsyncIterator[Backend]:
    backend = Backend(script)
    await backend.start()
    node.set(AWS_ENDPOINT_URL_LAMBDA=backend.url)
    try:
        yield backend
    finally:
        backend.stop()


async def invoked(payload: bytes = b"{}", *, timeout: float = 5.0, **more: Any) -> Invocation:
    function = function_of(URI)
    invocation = await spawned(function.invoke(payload, timeout=timeout, **more))
    assert isinstance(invocation, Invocation)
    return invocation


def test_a_function_is_given_the_payload_and_what_it_returns_comes_back(node: Node, run: Run) -> None:
    async def test() -> None:
        lambdas = Lambdas({ARN: lambda event: {"hello": event["name"]}})
        async with serving(node, lambdas) as backend:
            found = await invoked(json.dumps({"name": "Ada €"}).encode())
            assert (found.status, found.function_error) == (200, "")
            assert json.loads(found.payload) == {"hello": "Ada €"}
            assert (b"X-Amz-Executed-Version", b"$LATEST") in found.headers
            assert backend.seen[0].header("Content-Type") == "application/json"
            assert backend.seen[0].header("Host") == f"127.0.0.1:{backend.port}"

    run(test())


def test_the_error_of_a_function_is_an_answer(node: Node, run: Run) -> None:
    def fail(event: Any) -> None:
        raise ValueError("no such pet")

    async def test() -> None:
        async with serving(node, Lambdas({ARN: fail})):
            found = await invoked()
            assert (found.status, found.function_error) == (200, "Unhandled")
            assert json.loads(found.payload)["errorMessage"] == "no such pet"

    run(test())


def test_an_invocation_may_be_asynchronous(node: Node, run: Run) -> None:
    async def test() -> None:
        lambdas = Lambdas({ARN: lambda event: "never seen"})
        async with serving(node, lambdas):
            found = await invoked(b'{"a":1}', headers=[(b"X-Amz-Invocation-Type", b"Event")])
            assert (found.status, found.payload) == (202, b"")
            assert lambdas.events == [{"a": 1}]

    run(test())


@pytest.mark.parametrize(
    ("refusal", "kind", "text"),
    [
        (Refuse(404, "ResourceNotFoundException", "Function not found: x"), NoSuchFunction, "Function not found: x"),
        (Refuse(403, "AccessDeniedException", "no"), AccessDenied, "AccessDeniedException (403): no"),
        (Refuse(403, "ExpiredTokenException"), AccessDenied, "ExpiredTokenException (403)"),
        (Refuse(400, "UnrecognizedClientException"), AccessDenied, "UnrecognizedClientException (400)"),
        (Refuse(429, "TooManyRequestsException", "Rate Exceeded."), Throttled, "Rate Exceeded."),
        (Refuse(413, "RequestTooLargeException"), ApiError, "RequestTooLargeException (413)"),
        (Refuse(502, "EC2ThrottledException:http://internal.amazon.com/"), ApiError, "EC2ThrottledException (502)"),
    ],
    ids=lambda value: value.code if isinstance(value, Refuse) else None,
)
def test_the_refusal_of_the_api_is_a_fault(
    refusal: Refuse, kind: type[ApiError], text: str, node: Node, run: Run
) -> None:
    def refuse(event: Any) -> None:
        raise refusal

    async def test() -> None:
        async with serving(node, Lambdas({ARN: refuse})):
            with pytest.raises(kind, match=r".*") as caught:
                await invoked()
            assert type(caught.value) is kind
            assert text in str(caught.value)

    run(test())


def test_an_error_that_is_no_json_is_shown_as_it_came(node: Node, run: Run) -> None:
    async def test() -> None:
        async with serving(node, lambda message: answer(503, body=b"<html>busy</html>")):
            with pytest.raises(ApiError, match=r"ServiceException \(503\): <html>busy</html>"):
                await invoked()

    run(test())


def test_wrong_credentials_are_refused_by_the_service(node: Node, run: Run) -> None:
    async def test() -> None:
        async with serving(node, Lambdas({ARN: lambda event: event})):
            node.set(AWS_SECRET_ACCESS_KEY="another")
            with pytest.raises(AccessDenied, match="InvalidSignatureException"):
                await invoked()

    run(test())


def test_a_node_without_credentials_says_so(node: Node, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        async with serving(node, Lambdas()) as backend:
            node.unset("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
            with pytest.raises(NoCredentials, match="this node has no AWS credentials"):
                await invoked()
            assert not backend.seen
            assert "this node has no AWS credentials" in caplog.text
            caplog.clear()

    run(test())


async def _silence(message: Message) -> bytes:
    await asyncio.sleep(60)
    return b""


@pytest.mark.parametrize(
    ("script", "kind"), [(_silence, UpstreamTimeout), (lambda message: b"not HTTP\r\n\r\n", UpstreamBroken)]
)
def test_a_service_that_does_not_answer_is_an_upstream_fault(
    script: Any, kind: type[UpstreamFault], node: Node, run: Run
) -> None:
    async def test() -> None:
        async with serving(node, script):
            with pytest.raises(kind):
                await invoked(timeout=0.1)

    run(test())


def test_a_service_that_is_not_there_is_unreachable(node: Node, run: Run) -> None:
    async def test() -> None:
        node.set(AWS_ENDPOINT_URL="http://127.0.0.1:9")
        with pytest.raises(UpstreamUnreachable):
            await invoked()

    run(test())


@pytest.mark.parametrize(
    "uri",
    [
        "http://example.com",
        "arn:aws:apigateway:us-east-1:sqs:path/x",
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions//invocations",
        "arn:aws:apigateway:us-east-1:lambda:action/Invoke",
    ],
)
def test_a_uri_that_invokes_nothing_is_refused(uri: str, node: Node) -> None:
    with pytest.raises(ServiceUriError):
        function_of(uri)


def test_an_endpoint_that_is_no_url_is_refused(node: Node) -> None:
    node.set(AWS_ENDPOINT_URL="somewhere")
    with pytest.raises(UriError, match="not an endpoint of AWS: 'somewhere'"):
        LambdaFunction("f", "eu-west-1")


def test_all_failures_are_of_two_kinds() -> None:
    assert issubclass(ApiError, AwsFault) and issubclass(NoCredentials, AwsFault)
    assert not issubclass(AwsFault, UpstreamFault)
