"""Gateway responses through a deployed stage. Source: developer guide, "Gateway responses in API Gateway"; 18-28."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.compiler import CompileError, compile_stage
from dataplane.exchange import Exchange
from dataplane.faults import RESPONSE_TYPES, GatewayFault
from dataplane.http1.body import NO_BODY
from dataplane.http1.fields import Fields
from dataplane.snapshot import GatewayResponse, Integration, IntegrationResponse, StageEntry
from dataplane.steps.gateway_response import GatewayResponseError, built_in, compile_gateway_responses
from tests.dataplane.execution import API, HOST, House, document, in_house, resource

SERVED = compile_stage(
    StageEntry(api_id=API, stage_name="dev", generation=1, deployment_id="d", digest="d" * 64), document(), None
)
NO_STATUS = Integration(
    type="MOCK",
    request_templates={"application/json": "{}"},
    responses=(IntegrationResponse(status_code="200"),),
)


def drawn(response_type: str, **members: Any) -> GatewayResponse:
    return GatewayResponse(response_type=response_type, **members)


def deploy(house: House, *responses: GatewayResponse, variables: dict[str, str] | None = None) -> None:
    """Its only method is a configuration error when called."""
    house.deploy(resource("/pets/{petId}", "GET", NO_STATUS), variables=variables, gateway_responses=responses)


def test_the_developer_guides_example() -> None:
    async def scenario(house: House) -> None:
        response = drawn(
            "MISSING_AUTHENTICATION_TOKEN",
            status_code="404",
            response_parameters={
                "gatewayresponse.header.Access-Control-Allow-Origin": "'a.b.c'",
                "gatewayresponse.header.x-request-id": "method.request.header.x-amzn-RequestId",
                "gatewayresponse.header.x-request-path": "method.request.path.petId",
                "gatewayresponse.header.x-request-query": "method.request.querystring.q",
                "gatewayresponse.header.x-input": "method.input.params.q",
            },
            response_templates={
                "application/json": '{"message":$context.error.messageString,"type":"$context.error.responseType",'
                '"stage":"$context.stage","resourcePath":"$context.resourcePath","a":"$stageVariables.a",'
                '"statusCode":"\'404\'"}'
            },
        )
        deploy(house, response, variables={"a": "b"})
        reply = await house.call("GET", "/dev/pets/5/type?q=1", {"x-amzn-RequestId": "123344566"})
        assert reply.status == 404
        assert json.loads(reply.body) == {
            "message": "Missing Authentication Token",
            "type": "MISSING_AUTHENTICATION_TOKEN",
            "stage": "dev",
            "resourcePath": "",
            "a": "b",
            "statusCode": "'404'",
        }
        assert reply.header("x-amzn-ErrorType") == "MissingAuthenticationTokenException"
        assert reply.header("Access-Control-Allow-Origin") == "a.b.c"
        assert (reply.header("x-request-id"), reply.header("x-request-query")) == ("123344566", "1")
        assert reply.header("x-request-path") is None  # no resource was found, so it has no value
        assert reply.header("x-input") == "1"
        assert reply.header("x-amz-apigw-id")

    in_house(scenario)


def test_variables_see_the_method_once_there_is_one() -> None:
    async def scenario(house: House) -> None:
        template = "$context.resourcePath ${context.httpMethod} $method.request.path.petId $method.request.header.X-A;"
        template += " $context.identity.sourceIp $context.nothing.there $unknown $stageVariables.none."
        deploy(house, drawn("API_CONFIGURATION_ERROR", response_templates={"application/json": template}))
        reply = await house.call("GET", "/dev/pets/5%206", {"X-A": "b"})
        assert (reply.status, reply.body) == (500, b"/pets/{petId} GET 5 6 b; 127.0.0.1  $unknown .")

    in_house(scenario)


@pytest.mark.parametrize(
    ("responses", "status", "body"),
    [
        ((), 500, b'{"message":"Internal server error"}'),
        ((drawn("DEFAULT_4XX", status_code="418"),), 500, b'{"message":"Internal server error"}'),
        ((drawn("DEFAULT_5XX", status_code="503"),), 503, b'{"message":"Internal server error"}'),
        ((drawn("DEFAULT_5XX", response_templates={"application/json": "5"}),), 500, b"5"),
        (
            (drawn("DEFAULT_5XX", status_code="503"), drawn("API_CONFIGURATION_ERROR", status_code="501")),
            501,
            b'{"message":"Internal server error"}',
        ),
        (
            (
                drawn("DEFAULT_5XX", status_code="503", response_templates={"application/json": "5"}),
                drawn("API_CONFIGURATION_ERROR", response_parameters={"gatewayresponse.header.X": "'x'"}),
            ),
            500,
            b'{"message":"Internal server error"}',
        ),
    ],
)
def test_a_types_own_response_counts_then_the_default_of_its_class_then_aws(
    responses: tuple[GatewayResponse, ...], status: int, body: bytes
) -> None:
    async def scenario(house: House) -> None:
        deploy(house, *responses)
        reply = await house.call("GET", "/dev/pets/5")
        assert (reply.status, reply.body) == (status, body)

    in_house(scenario)


@pytest.mark.parametrize(
    ("accept", "content_type", "body"),
    [
        ("", "application/json", b"json"),
        ("text/xml", "text/xml", b"xml"),
        ("text/xml;q=0.5, application/json", "text/xml", b"xml"),
        ("text/plain", "application/json", b"json"),
    ],
)
def test_the_template_is_chosen_by_accept(accept: str, content_type: str, body: bytes) -> None:
    async def scenario(house: House) -> None:
        deploy(house, drawn("DEFAULT_5XX", response_templates={"text/xml": "xml", "application/json": "json"}))
        reply = await house.call("GET", "/dev/pets/5", {"Accept": accept} if accept else None)
        assert (reply.header("Content-Type"), reply.body) == (content_type, body)

    in_house(scenario)


def test_a_header_may_replace_what_the_response_would_have_said() -> None:
    async def scenario(house: House) -> None:
        headers = {
            "gatewayresponse.header.Content-Type": "'application/problem+json'",
            "gatewayresponse.header.X-Type": "context.error.responseType",
            "gatewayresponse.header.X-Stage": "stageVariables.a",
        }
        deploy(house, drawn("DEFAULT_5XX", response_parameters=headers), variables={"a": "b\r\nX-Injected: yes"})
        reply = await house.call("GET", "/dev/pets/5")
        assert reply.all("Content-Type") == ["application/problem+json"]
        assert reply.header("X-Type") == "API_CONFIGURATION_ERROR"
        assert reply.header("X-Stage") == "b  X-Injected: yes"
        assert reply.header("X-Injected") is None

    in_house(scenario)


def test_a_request_that_reaches_no_stage_gets_what_aws_says() -> None:
    async def scenario(house: House) -> None:
        deploy(house, drawn("DEFAULT_4XX", status_code="418"), drawn("ACCESS_DENIED", status_code="418"))
        assert (await house.call("GET", "/dev/other")).status == 418
        for target, host in (("/other/pets/5", HOST), ("/dev/pets/5", "nobody.execute-api.localhost"), ("/x", "x.y")):
            reply = await house.call("GET", target, host=host)
            assert (reply.status, reply.body) == (403, b'{"message":"Forbidden"}')
            assert reply.header("x-amzn-ErrorType") == "ForbiddenException"

    in_house(scenario)


def test_a_body_that_is_too_large_gets_the_response_that_was_drawn_for_it() -> None:
    async def scenario(house: House) -> None:
        deploy(house, drawn("REQUEST_TOO_LARGE", response_templates={"application/json": "$context.error.message"}))
        reply = await house.call("GET", "/dev/pets/5", {"Content-Length": str(10 * 1024 * 1024 + 1)})
        assert (reply.status, reply.body) == (413, b"Request Too Long")

    in_house(scenario)


@pytest.mark.parametrize(
    "parameters",
    [
        {"gatewayresponse.header.X": "nowhere.b"},
        {"gatewayresponse.header.X": "context"},
        {"header.X": "context.stage"},
    ],
)
def test_a_source_that_means_nothing_is_refused_naming_type_and_header(parameters: dict[str, str]) -> None:
    async def scenario(house: House) -> None:
        with pytest.raises(
            CompileError, match=r"gateway response UNAUTHORIZED: .*header.X: Invalid mapping expression"
        ):
            deploy(house, drawn("UNAUTHORIZED", response_parameters=parameters))

    in_house(scenario)


def test_a_status_that_is_none_is_refused_naming_the_type() -> None:
    with pytest.raises(GatewayResponseError, match="gateway response DEFAULT_4XX: no status code: 4XX"):
        compile_gateway_responses(document(gateway_responses=(drawn("DEFAULT_4XX", status_code="4XX"),)))


@given(template=st.text(max_size=60) | st.from_regex(r"(\$\{?(context|stageVariables|method)\.[a-z.]{0,12}\}? ?){1,3}"))
def test_whatever_a_template_says_a_response_comes_of_it(template: str) -> None:
    exchange = an_exchange()
    drawn_for = drawn("THROTTLED", response_templates={"application/json": template})
    compiled = compile_gateway_responses(document(gateway_responses=(drawn_for,)))
    assert compiled is not None
    exchange.stage = SERVED
    status, _, body = compiled(exchange, GatewayFault("THROTTLED"))
    assert status == 429
    if "$" not in template:
        assert body == template.encode()


def answered(response_type: str, *responses: GatewayResponse) -> tuple[int, dict[str, str], Any]:
    exchange = an_exchange()
    compiled = compile_gateway_responses(document(gateway_responses=responses))
    status, headers, body = (compiled or built_in)(exchange, GatewayFault(response_type))
    return status, {name.decode(): value.decode() for name, value in headers}, json.loads(body)


def an_exchange() -> Exchange:
    return Exchange(
        http_method="GET",
        path=b"/dev/x",
        query=b"",
        fields=Fields(),
        authority=HOST,
        protocol="HTTP/1.1",
        scheme="http",
        source_ip="127.0.0.1",
        server_port=80,
        body=NO_BODY,
        responder=None,  # type: ignore[arg-type]
        started=0.0,
    )


@pytest.mark.parametrize("response_type", RESPONSE_TYPES)
def test_each_type_has_aws_status_error_type_and_body_until_it_is_drawn(response_type: str) -> None:
    row = RESPONSE_TYPES[response_type]
    status, headers, body = answered(response_type)
    assert (status, headers["x-amzn-ErrorType"], headers["Content-Type"]) == (
        row.status,
        row.error_type,
        "application/json",
    )
    assert body == {"Message" if response_type == "ACCESS_DENIED" else "message": row.message}


@pytest.mark.parametrize("response_type", RESPONSE_TYPES)
def test_a_response_that_is_drawn_without_a_template_has_aws_default_template(response_type: str) -> None:
    default = f"DEFAULT_{RESPONSE_TYPES[response_type].status // 100}XX"
    _, _, body = answered(response_type, drawn(default, response_parameters={"gatewayresponse.header.X": "'y'"}))
    assert body == {"message": RESPONSE_TYPES[response_type].message}
