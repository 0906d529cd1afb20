"""docs/behaviours.md, section 7, and what other sections say of AWS and AWS_PROXY."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from dataplane.snapshot import IntegrationResponse, Resource
from tests.dataplane.aws.lambdas import Lambdas, Refuse
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import HOST, House
from tests.dataplane.functions import ARN, custom, lambda_proxy, with_function

ABSENT = None  # of a header
NOTHING: dict[str, Any] = {}


@dataclass(frozen=True)
class FunctionCase:
    row: int  # in docs/behaviours.md
    source: str
    says: str
    returned: Any = field(default_factory=dict)  # by the function; or an exception that ends it
    drawn: tuple[Resource, ...] = (lambda_proxy(),)
    ask: str = "GET /dev/a"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    # what the client gets
    status: int = 200
    reply: bytes | None = None
    replied: dict[str, str | None] = field(default_factory=dict)
    # what the function gets, of its event; None: it is not invoked
    event: dict[str, Any] | None = field(default_factory=dict)
    sent_headers: dict[str, str | None] = field(default_factory=dict)  # what the Lambda API gets
    api: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.row} [{self.source}] {self.says}"

    def handler(self, event: Any) -> Any:
        if isinstance(self.returned, Exception):
            raise self.returned
        return self.returned


def rows(source: str, row: int) -> Callable[..., FunctionCase]:
    return lambda says, returned=NOTHING, **members: FunctionCase(row, source, says, returned, **members)


r25, r26, r58, r59 = rows("DOC", 25), rows("REC", 26), rows("REC", 58), rows("REC", 59)
r69, r70, r71, r72 = rows("REC", 69), rows("REC", 70), rows("REC", 71), rows("REC", 72)
r73, r74, r75, r77 = rows("DOC", 73), rows("REC", 74), rows("REC", 75), rows("REC", 77)
r78, r79 = rows("REC", 78), rows("?", 79)

INTERNAL = b'{"message":"Internal server error"}'
MALFORMED: dict[str, Any] = {"status": 502, "reply": INTERNAL}
REJECTED: dict[str, Any] = {"status": 500, "reply": INTERNAL}
POST: dict[str, Any] = {"ask": "POST /dev/a"}
PNG = base64.b64encode(b"\x89PNG\xff").decode()
IMAGE: dict[str, Any] = {"body": PNG, "isBase64Encoded": True}
ENCODED, DECODED = {"reply": PNG.encode()}, {"reply": b"\x89PNG\xff"}


def mapped(name: str) -> dict[str, str]:
    return {f"integration.request.header.{name}": "'x'"}


def selecting(pattern: str) -> tuple[Resource, ...]:
    chosen = IntegrationResponse(status_code="400", selection_pattern=pattern)
    return (custom(responses=(IntegrationResponse(status_code="200"), chosen)),)


def types(*names: str) -> dict[str, Any]:
    return {"binary_media_types": names}


CASES: list[FunctionCase] = [
    r25("the Lambda API denies", Refuse(403, "AccessDeniedException"), **REJECTED),
    r25("there is no such function", Refuse(404, "ResourceNotFoundException"), **REJECTED),
    r25("the Lambda API throttles", Refuse(429, "TooManyRequestsException"), **REJECTED),
    r25("another error of the Lambda API", Refuse(500, "ServiceException"), **REJECTED),
    r25("the function ends in an error", ValueError("x"), **MALFORMED),
    r25("a malformed proxy reply", "no object", **MALFORMED),
    *(
        r26(f"an integration method {verb}", drawn=(lambda_proxy(http_method=verb),), event=None, **REJECTED)
        for verb in ("GET", "PUT", "ANY")
    ),
    r58("AWS_PROXY does not name the API", sent_headers={"X-Amzn-Apigateway-Api-Id": ABSENT}),
    r58("AWS does not name the API", drawn=(custom(),), sent_headers={"X-Amzn-Apigateway-Api-Id": ABSENT}),
    r58(
        "AWS drops Referer",
        drawn=(custom(request_parameters=mapped("Referer") | mapped("X-Kept")),),
        sent_headers={"Referer": ABSENT, "X-Kept": "x"},
    ),
    *(
        r59(f"{name} may not be mapped for {kind.__name__}", drawn=(drawn,), event=None, **REJECTED)
        for name in (
            *("content-length", "Transfer-Encoding", "x-amzn-trace-id", "X-Amzn-Apigateway-Api-Id"),
            *("authorization", "Connection", "expect", "Proxy-Authenticate", "te"),
        )
        for kind in (custom, lambda_proxy)
        for drawn in [kind(request_parameters=mapped(name))]
    ),
    r69(
        "empty maps and an empty body are null",
        event={
            "queryStringParameters": None,
            "multiValueQueryStringParameters": None,
            "pathParameters": None,
            "body": None,
            "isBase64Encoded": False,
        },
    ),
    r69(
        "the maps, single and of several values",
        ask="POST /dev/a?q=1&q=2&empty=",
        body=b"text",
        event={
            "resource": "/a",
            "path": "/a",
            "httpMethod": "POST",
            "queryStringParameters": {"q": "2", "empty": ""},
            "multiValueQueryStringParameters": {"q": ["1", "2"], "empty": [""]},
            "body": "text",
        },
    ),
    r70("what is known of the request", event={"requestContext.stage": "dev", "requestContext.path": "/dev/a"}),
    r70(
        "nobody is known",
        event={
            "requestContext.identity.sourceIp": "127.0.0.1",
            "requestContext.identity.userArn": None,
            "requestContext.identity.caller": None,
        },
    ),
    r71(
        "the case of headers is kept, of all but two",
        headers={"x-lower": "1", "X-UPPER": "2", "authorization": "a", "USER-AGENT": "u"},
        event={
            "headers.x-lower": "1",
            "headers.X-UPPER": "2",
            "headers.Authorization": "a",
            "headers.User-Agent": "u",
            "headers.Host": HOST,
            "headers.X-Forwarded-For": "127.0.0.1",
            "multiValueHeaders.X-Forwarded-Proto": ["http"],
        },
    ),
    r71("Content-Length is not there", **POST, body=b"x", event={"headers.Content-Length": ABSENT}),
    r72(
        "a greedy value is without the trailing slash that the path keeps",
        drawn=(lambda_proxy("/{proxy+}"),),
        ask="GET /dev/proxy-value/",
        event={"pathParameters": {"proxy": "proxy-value"}, "path": "/proxy-value/"},
    ),
    r73(
        "a binary type comes in base64",
        **POST,
        headers={"Content-Type": "image/png"},
        body=b"\x89PNG\xff",
        api=types("image/*"),
        event={"body": PNG, "isBase64Encoded": True},
    ),
    r73(
        "another type comes as text",
        **POST,
        headers={"Content-Type": "text/plain"},
        body="€".encode(),
        api=types("image/*"),
        event={"body": "€", "isBase64Encoded": False},
    ),
    r74("an empty object is 200", NOTHING, status=200, reply=b""),
    r74("a numeric string is a status", {"statusCode": "201"}, status=201),
    r74("no status is 200", {"body": "x"}, reply=b"x"),
    r74("another string is no status", {"statusCode": "soon"}, **MALFORMED),
    r74("an unknown key", {"statusCode": 200, "extra": 1}, **MALFORMED),
    *(r74(f"{value!r} is no reply", value, **MALFORMED) for value in (None, "text", [], 5, b"no json", b"")),
    r74("a status beyond those of HTTP", {"statusCode": 600}, **MALFORMED),
    r74("a body that is an object", {"body": {"a": 1}}, **MALFORMED),
    r75("booleans and numbers are printed", {"headers": {"A": True, "B": 1.5}}, replied={"A": "true", "B": "1.5"}),
    r75("maps may be null", {"headers": None, "multiValueHeaders": None}, reply=b""),
    r75("several values are a list", {"multiValueHeaders": {"A": "1"}}, **MALFORMED),
    r75("a single value is no list", {"headers": {"A": ["1"]}}, **MALFORMED),
    r77("JSON is what has no Content-Type", {"body": "x"}, replied={"Content-Type": "application/json"}),
    r77("a Content-Type in any case", {"headers": {"content-type": "a/b"}}, replied={"Content-Type": "a/b"}),
    *(
        r78(f"Accept: {accept} of {listed}", IMAGE, headers={"Accept": accept}, api=types(*listed), **made)
        for accept, listed, made in (
            ("image/png", ("image/png",), DECODED),
            ("image/png, */*", ("image/png",), DECODED),
            ("text/html, image/png", ("image/png",), ENCODED),
            ("image/*", ("image/png",), ENCODED),
            ("*/*", ("image/png",), ENCODED),
            ("image/png", ("image/*",), DECODED),
            ("image/png", ("*/png",), ENCODED),
            ("text/html", ("*/*",), DECODED),
            ("image/png", (), ENCODED),
        )
    ),
    r78("what is no base64", {"body": "no!", "isBase64Encoded": True}, api=types("*/*"), **REJECTED),
    r79("the whole message", ValueError("Malformed input"), drawn=selecting("Malformed.*"), status=400),
    r79("not a part of it", ValueError("Malformed input"), drawn=selecting("Malformed"), status=200),
    r79("any error, in CDK's idiom", ValueError("a\nb"), drawn=selecting(r"(\n|.)+"), status=400),
    r79("no error is the default response", {"a": 1}, drawn=selecting(r"(\n|.)+"), status=200, reply=b'{"a": 1}'),
]


def of(event: dict[str, Any], path: str) -> Any:
    value: Any = event
    for name in path.split("."):
        value = value.get(name)
    return value


@pytest.mark.parametrize("case", CASES, ids=str)
def test_functions(case: FunctionCase, node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(*case.drawn, **case.api)
        method, target = case.ask.split(" ")
        reply = await house.call(method, target, case.headers, case.body)
        assert reply.status == case.status, reply
        assert case.reply is None or reply.body == case.reply
        assert {name: reply.header(name) for name in case.replied} == case.replied
        if case.event is None:
            assert not house.backend.seen
            return
        [event] = lambdas.events
        assert {path: of(event, path) for path in case.event} == case.event
        [sent] = house.backend.seen
        assert {name: sent.header(name) for name in case.sent_headers} == case.sent_headers

    with_function(node, case.handler, scenario, ARN)


def test_row_69_the_keys_of_an_event(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy())
        await house.call("GET", "/dev/a")
        assert list(lambdas.events[0]) == [
            *("resource", "path", "httpMethod", "headers", "multiValueHeaders", "queryStringParameters"),
            *("multiValueQueryStringParameters", "pathParameters", "stageVariables", "requestContext", "body"),
            "isBase64Encoded",
        ]

    with_function(node, lambda event: {}, scenario)


def test_row_70_the_keys_of_a_request_context(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy())
        await house.call("GET", "/dev/a")
        assert set(lambdas.events[0]["requestContext"]) == {
            *("accountId", "apiId", "deploymentId", "domainName", "domainPrefix", "extendedRequestId", "httpMethod"),
            *("identity", "path", "protocol", "requestId", "requestTime", "requestTimeEpoch", "resourceId"),
            *("resourcePath", "stage"),
        }

    with_function(node, lambda event: {}, scenario)


def test_row_70_a_canary_says_so(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        for percent in (0.0, 100.0):
            house.deploy(lambda_proxy(), canary=(percent, (lambda_proxy(),), {}))
            await house.call("GET", "/dev/a")
        assert [event["requestContext"]["isCanaryRequest"] for event in lambdas.events] == [False, True]

    with_function(node, lambda event: {}, scenario)


def test_row_76_headers_of_both_maps_are_merged(node: Node) -> None:
    returned = {"headers": {"set-cookie": "c=3"}, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}}

    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy())
        reply = await house.call("GET", "/dev/a")
        cookies = [(name, value) for name, value in reply.headers if name.lower() == "set-cookie"]
        assert cookies == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Set-Cookie", "c=3")]

    with_function(node, lambda event: returned, scenario)


def test_row_88_replies_of_functions_have_a_trace_id(node: Node) -> None:
    async def scenario(house: House, lambdas: Lambdas) -> None:
        house.deploy(lambda_proxy(), custom("/b"))
        for path in ("/dev/a", "/dev/b"):
            reply = await house.call("GET", path)
            assert (reply.header("X-Amzn-Trace-Id") or "").startswith("Root=1-")

    with_function(node, lambda event: {}, scenario)
