"""docs/behaviours.md, section 2: errors and gateway responses. Each type at the moment that ends a request in it."""

import asyncio
import re
from typing import Any

import pytest

from dataplane.faults import RESPONSE_TYPES
from dataplane.snapshot import GatewayResponse, Integration, Model, RequestValidator
from tests.dataplane.execution import House, Message, answer, in_house, resource
from tests.parity.execution.cases import ABSENT, DEFAULT, Case, hold, http, mock, proxy, response, rows

r17, r18, r20, r22, r23 = (
    rows("REC", 17),
    rows("EMU", 18),
    rows("EMU/DOC", 20),
    rows("DOC/REC", 22),
    rows("DOC", 23),
)
r25, r28, r30 = rows("EMU", 25), rows("DOC", 28), rows("EMU", 30)

INTERNAL = b'{"message":"Internal server error"}'
NETWORK = b'{"message":"Network error communicating with endpoint"}'
FAILED = {"x-amzn-ErrorType": "InternalServerErrorException", "Content-Type": "application/json"}
BAD = {"x-amzn-ErrorType": "BadRequestException"}
CONFIGURATION: dict[str, Any] = {"status": 500, "reply": INTERNAL, "replied": FAILED}
VALIDATED: dict[str, Any] = {
    "models": (Model(name="Pet", schema='{"required": ["name"]}'),),
    "request_validators": (RequestValidator(id="v", validate_request_body=True, validate_request_parameters=True),),
}


def unreachable(uri: str) -> Any:
    return resource("/a", "GET", Integration(type="HTTP_PROXY", uri=uri, http_method="GET"))


def drawn(response_type: str, **members: Any) -> dict[str, Any]:
    return {"gateway_responses": (GatewayResponse(response_type=response_type, **members),)}


TEMPLATE = '{"m":$context.error.messageString,"raw":"$context.error.message","t":"$context.error.responseType"}'

CASES: list[Case] = [
    r17("an error carries no trace header", proxy(), ask="GET /dev/b", status=403, replied={"X-Amzn-Trace-Id": ABSENT}),
    r18(
        "BAD_REQUEST_PARAMETERS",
        mock(request_validator_id="v", request_parameters={"method.request.querystring.q": True}),
        status=400,
        reply=b'{"message":"Missing required request parameters: [q]"}',
        replied=BAD,
        api=VALIDATED,
    ),
    r18(
        "BAD_REQUEST_BODY",
        mock(method="POST", request_validator_id="v", request_models={"application/json": "Pet"}),
        ask="POST /dev/a",
        body=b"{}",
        status=400,
        reply=b'{"message":"Invalid request body"}',
        replied=BAD,
        api=VALIDATED,
    ),
    r18(
        "UNSUPPORTED_MEDIA_TYPE",
        http(passthrough_behavior="NEVER"),
        ask="POST /dev/a",
        body=b"x",
        status=415,
        reply=b'{"message":"Unsupported Media Type"}',
        replied=BAD,
        unsent=True,
    ),
    r18(
        "REQUEST_TOO_LARGE",
        proxy(),
        ask="POST /dev/a",
        headers={"Content-Length": str(10 * 1024 * 1024 + 1)},
        status=413,
        reply=b'{"message":"Request Too Long"}',
        replied={"x-amzn-ErrorType": "RequestTooLargeException"},
    ),
    r18(
        "INVALID_API_KEY",
        mock(api_key_required=True),
        status=403,
        reply=b'{"message":"Forbidden"}',
        replied={"x-amzn-ErrorType": "ForbiddenException"},
    ),
    r18(
        "UNAUTHORIZED",
        mock(authorization_type="CUSTOM"),
        status=401,
        reply=b'{"message":"Unauthorized"}',
        replied={"x-amzn-ErrorType": "UnauthorizedException"},
    ),
    r20(
        "the type's own response",
        mock(),
        ask="GET /dev/b",
        status=410,
        api=drawn("MISSING_AUTHENTICATION_TOKEN", status_code="410"),
    ),
    r20("the one of its class", mock(), ask="GET /dev/b", status=410, api=drawn("DEFAULT_4XX", status_code="410")),
    r20(
        "not the one of the other class",
        mock(),
        ask="GET /dev/b",
        status=403,
        api=drawn("DEFAULT_5XX", status_code="510"),
    ),
    r22(
        "no VTL: names are replaced, the rest stays",
        mock(),
        ask="GET /dev/b?q=1",
        headers={"X-A": "2"},
        status=403,
        reply=b"#if(true)1#end 2 dev $foo",
        api=drawn(
            "DEFAULT_4XX",
            response_templates={
                "application/json": "#if(true)$method.request.querystring.q#end $method.request.header.X-A"
                " $context.stage $foo"
            },
        ),
    ),
    r22(
        "headers: literal, request, context",
        mock(),
        ask="GET /dev/b?q=1",
        status=403,
        replied={"X-L": "l", "X-Q": "1", "X-S": "dev"},
        api=drawn(
            "DEFAULT_4XX",
            response_parameters={
                "gatewayresponse.header.X-L": "'l'",
                "gatewayresponse.header.X-Q": "method.request.querystring.q",
                "gatewayresponse.header.X-S": "context.stage",
            },
        ),
    ),
    r23(
        "$context.error",
        mock(),
        ask="GET /dev/b",
        status=403,
        reply=b'{"m":"Missing Authentication Token","raw":"Missing Authentication Token",'
        b'"t":"MISSING_AUTHENTICATION_TOKEN"}',
        api=drawn("DEFAULT_4XX", response_templates={"application/json": TEMPLATE}),
    ),
    r25("an unreachable host", unreachable("http://127.0.0.1:1/"), status=504, reply=NETWORK, replied=FAILED),
    r25("an unknown host", unreachable("http://nowhere.invalid/"), status=504, reply=NETWORK, replied=FAILED),
    r25(
        "a URI whose parameters make no host",
        resource("/a", "GET", Integration(type="HTTP_PROXY", uri="http://{host}/", http_method="GET")),
        **CONFIGURATION,
    ),
    r25(
        "no integration response matches",
        http(responses=(response("200", selection_pattern="4.."),)),
        **CONFIGURATION,
    ),
    r25("a template that fails", http(request_templates={"application/json": "$util.parseJson('{')"}), **CONFIGURATION),
    r25(
        "a MOCK without a status",
        resource("/a", "GET", Integration(type="MOCK", request_templates={"$default": "{}"}, responses=(DEFAULT,))),
        **CONFIGURATION,
    ),
    r25("what is not HTTP", proxy(), backend=b"SMTP\r\n\r\n", status=504, reply=NETWORK, replied=FAILED),
    r25(
        "Base64 that is none", http(content_handling="CONVERT_TO_BINARY"), ask="POST /dev/a", body=b"!", **CONFIGURATION
    ),
    r28("a head of more than 10,240 bytes", proxy(), headers={"X-Long": "x" * 10_241}, status=400, unsent=True),
    r30("Connection: keep-alive", mock(), replied={"Connection": "keep-alive"}),
    r30("unless the client closes", mock(), headers={"Connection": "close"}, replied={"Connection": "close"}),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_gateway_responses(case: Case) -> None:
    hold(case)


@pytest.mark.parametrize("target", ["/dev/a", "/dev/b", "/nowhere/a"])
def test_row_17_every_reply_has_both_ids(target: str) -> None:
    async def scenario(house: House) -> None:
        house.deploy(mock())
        reply = await house.call("GET", target)
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", reply.header("x-amzn-RequestId") or "")
        assert re.fullmatch(r"[A-Za-z0-9+/]{15}=", reply.header("x-amz-apigw-id") or "")

    in_house(scenario)


@pytest.mark.parametrize("kind", ["HTTP", "HTTP_PROXY"])
def test_row_25_a_time_out_is_504(kind: Any) -> None:
    async def scenario(house: House) -> None:
        async def late(message: Message) -> bytes:
            await asyncio.sleep(5)
            return answer()

        house.backend.script = late
        integration = Integration(
            type=kind,
            uri="http://${stageVariables.backend}/",
            http_method="GET",
            timeout_in_millis=50,
            responses=(DEFAULT,),
        )
        house.deploy(resource("/a", "GET", integration))
        reply = await house.call("GET", "/dev/a")
        assert (reply.status, reply.body) == (504, b'{"message":"Endpoint request timed out"}')
        assert reply.header("x-amzn-ErrorType") == "InternalServerErrorException"

    in_house(scenario)


# The developer guide's table, "Gateway response types"; error types: behaviours 18.
GUIDE = {
    "ACCESS_DENIED": (403, "AccessDeniedException"),
    "API_CONFIGURATION_ERROR": (500, "InternalServerErrorException"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, "AuthorizerConfigurationException"),
    "AUTHORIZER_FAILURE": (500, "AuthorizerFailureException"),
    "BAD_REQUEST_PARAMETERS": (400, "BadRequestException"),
    "BAD_REQUEST_BODY": (400, "BadRequestException"),
    "EXPIRED_TOKEN": (403, "ExpiredTokenException"),
    "INTEGRATION_FAILURE": (504, "InternalServerErrorException"),
    "INTEGRATION_TIMEOUT": (504, "InternalServerErrorException"),
    "INVALID_API_KEY": (403, "ForbiddenException"),
    "INVALID_SIGNATURE": (403, "InvalidSignatureException"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "MissingAuthenticationTokenException"),
    "QUOTA_EXCEEDED": (429, "LimitExceededException"),
    "REQUEST_TOO_LARGE": (413, "RequestTooLargeException"),
    "RESOURCE_NOT_FOUND": (404, "NotFoundException"),
    "THROTTLED": (429, "TooManyRequestsException"),
    "UNAUTHORIZED": (401, "UnauthorizedException"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "BadRequestException"),
    "WAF_FILTERED": (403, "ForbiddenException"),
}


def test_row_19_the_table_is_the_guides() -> None:
    assert {name: (row.status, row.error_type) for name, row in RESPONSE_TYPES.items()} == GUIDE
