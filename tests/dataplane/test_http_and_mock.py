"""HTTP and MOCK through a deployed stage. Source: behaviours 54-66, 79-85, 88; developer guide on mock integrations."""

import json

import pytest

from dataplane.compiler import CompileError
from dataplane.snapshot import Integration, IntegrationResponse
from tests.dataplane.execution import API, House, answer, in_house, resource

DEFAULT = (IntegrationResponse(status_code="200"),)


def http(uri: str = "/", http_method: str = "POST", **integration: object) -> Integration:
    integration.setdefault("responses", DEFAULT)
    return Integration(
        type="HTTP",
        uri="http://${stageVariables.backend}" + uri,
        http_method=http_method,
        **integration,  # type: ignore[arg-type]
    )


def mock(template: str = '{"statusCode": 200}', *responses: IntegrationResponse) -> Integration:
    return Integration(type="MOCK", request_templates={"application/json": template}, responses=responses or DEFAULT)


def test_a_mock_answers_with_the_status_its_template_names_and_the_matching_response() -> None:
    async def scenario(house: House) -> None:
        made = IntegrationResponse(
            status_code="201",
            selection_pattern="20[1-9]",
            response_parameters={"method.response.header.X-Made": "'yes'"},
            response_templates={"application/json": '{"made": true}'},
        )
        house.deploy(resource("/m", "GET", mock('{"statusCode": 205}', *DEFAULT, made)))
        reply = await house.call("GET", "/dev/m")
        assert (reply.status, reply.body) == (201, b'{"made": true}')
        assert (reply.header("X-Made"), reply.header("Content-Type")) == ("yes", "application/json")
        assert reply.header("X-Amzn-Trace-Id") is None
        assert not house.backend.seen

    in_house(scenario)


def test_a_mocks_template_sees_the_request() -> None:
    async def scenario(house: House) -> None:
        shown = IntegrationResponse(
            status_code="200",
            response_templates={
                "application/json": "#set($name = $input.params('name'))"
                '{"hello": "$name", "stage": "$context.stage", "path": "$context.path", "v": "$stageVariables.v"}'
            },
        )
        house.deploy(resource("/m/{name}", "GET", mock('{"statusCode": 200}', shown)), variables={"v": "1"})
        reply = await house.call("GET", "/dev/m/ada%20l")
        assert json.loads(reply.body) == {"hello": "ada l", "stage": "dev", "path": "/dev/m/ada%20l", "v": "1"}

    in_house(scenario)


@pytest.mark.parametrize("template", ["{}", "no json", '{"statusCode": "soon"}'])
def test_a_mock_without_an_integer_status_is_a_configuration_error(template: str) -> None:
    async def scenario(house: House) -> None:
        house.deploy(resource("/m", "GET", mock(template)))
        reply = await house.call("GET", "/dev/m")
        assert (reply.status, reply.body) == (500, b'{"message":"Internal server error"}')

    in_house(scenario)


def test_nothing_of_the_client_passes_but_what_is_mapped() -> None:
    async def scenario(house: House) -> None:
        mapping = {
            "integration.request.path.id": "method.request.path.id",
            "integration.request.querystring.q": "method.request.querystring.search",
            "integration.request.header.X-Who": "method.request.header.X-User",
        }
        house.deploy(resource("/pets/{id}", "GET", http("/animals/{id}", "GET", request_parameters=mapping)))
        await house.call("GET", "/dev/pets/7?search=a&other=b", {"X-User": "ada", "X-Secret": "s", "User-Agent": "me"})
        (seen,) = house.backend.seen
        assert seen.start == "GET /animals/7?q=a HTTP/1.1"
        assert seen.header("X-Who") == "ada"
        assert seen.header("X-Secret") is None
        assert seen.header("User-Agent") == f"AmazonAPIGateway_{API}"
        assert seen.header("Accept") == "application/json"
        assert seen.header("X-Amzn-Apigateway-Api-Id") == API

    in_house(scenario)


def test_the_body_goes_through_the_template_of_its_content_type() -> None:
    async def scenario(house: House) -> None:
        templates = {"application/json": '{"name": $input.json("$.pet.name")}', "$default": "other"}
        house.deploy(resource("/pets", "POST", http(request_templates=templates)))
        body = b'{"pet": {"name": "Rex"}}'
        await house.call("POST", "/dev/pets", {"Content-Type": "application/json; charset=utf-8"}, body)
        await house.call("POST", "/dev/pets", {"Content-Type": "text/plain"}, body)
        assert [seen.body for seen in house.backend.seen] == [b'{"name": "Rex"}', b"other"]

    in_house(scenario)


@pytest.mark.parametrize(
    ("passthrough", "templates", "status"),
    [
        ("WHEN_NO_MATCH", {"application/xml": "x"}, 200),
        ("WHEN_NO_TEMPLATES", {"application/xml": "x"}, 415),
        ("WHEN_NO_TEMPLATES", {}, 200),
        ("NEVER", {}, 415),
    ],
)
def test_passthrough_behavior_decides_what_happens_without_a_template(
    passthrough: str, templates: dict[str, str], status: int
) -> None:
    async def scenario(house: House) -> None:
        integration = http(passthrough_behavior=passthrough, request_templates=templates)
        house.deploy(resource("/pets", "POST", integration))
        reply = await house.call("POST", "/dev/pets", {"Content-Type": "application/json"}, b"{}")
        assert reply.status == status
        if status == 415:
            assert reply.body == b'{"message":"Unsupported Media Type"}'
        else:
            assert house.backend.seen[0].body == b"{}"

    in_house(scenario)


def test_the_status_is_that_of_the_integration_response_not_the_backends() -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(400, "X-Left: out\r\nContent-Type: text/x\r\n", b"as it is")
        house.deploy(resource("/pets", "GET", http()))
        reply = await house.call("GET", "/dev/pets")
        assert (reply.status, reply.body) == (200, b"as it is")
        assert reply.header("X-Left") is None
        assert (reply.header("X-Amzn-Trace-Id") or "").startswith("Root=1-")

    in_house(scenario)


def test_a_response_template_and_mapped_headers_make_the_reply() -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(404, "X-Code: 17\r\n", b'{"error": {"text": "gone"}}')
        response = IntegrationResponse(
            status_code="410",
            selection_pattern="4\\d{2}",
            response_parameters={
                "method.response.header.X-Error": "integration.response.header.X-Code",
                "method.response.header.X-Text": "integration.response.body.error.text",
            },
            response_templates={"application/json": "$input.path('$.error.text')!"},
        )
        house.deploy(resource("/pets", "GET", http(responses=(*DEFAULT, response))))
        reply = await house.call("GET", "/dev/pets")
        assert (reply.status, reply.body) == (410, b"gone!")
        assert (reply.header("X-Error"), reply.header("X-Text")) == ("17", "gone")

    in_house(scenario)


def test_no_matching_response_and_no_default_is_a_configuration_error() -> None:
    async def scenario(house: House) -> None:
        only = IntegrationResponse(status_code="200", selection_pattern="2..")
        house.backend.script = lambda message: answer(503)
        house.deploy(resource("/pets", "GET", http(responses=(only,))))
        reply = await house.call("GET", "/dev/pets")
        assert (reply.status, reply.body) == (500, b'{"message":"Internal server error"}')

    in_house(scenario)


def test_overrides_set_in_a_template_beat_the_mappings() -> None:
    async def scenario(house: House) -> None:
        template = (
            '#set($context.requestOverride.header.X-Who = "override")'
            '#set($context.requestOverride.path.id = "9")'
            "#set($context.responseOverride.status = 299)$input.body"
        )
        mapping = {
            "integration.request.path.id": "method.request.path.id",
            "integration.request.header.X-Who": "'mapped'",
        }
        integration = http(
            "/animals/{id}", request_parameters=mapping, request_templates={"application/json": template}
        )
        house.deploy(resource("/pets/{id}", "POST", integration))
        reply = await house.call("POST", "/dev/pets/7", body=b"{}")
        (seen,) = house.backend.seen
        assert (seen.start, seen.all("X-Who")) == ("POST /animals/9 HTTP/1.1", ["override"])
        assert reply.status == 299

    in_house(scenario)


def test_a_line_break_in_a_mapped_value_never_becomes_a_header() -> None:
    async def scenario(house: House) -> None:
        mapping = {"integration.request.header.X-Who": "method.request.querystring.who"}
        house.deploy(resource("/pets", "GET", http(request_parameters=mapping)))
        await house.call("GET", "/dev/pets?who=a%0D%0AX-Evil:%20yes")
        (seen,) = house.backend.seen
        assert seen.header("X-Evil") is None
        assert seen.header("X-Who") == "a  X-Evil: yes"

    in_house(scenario)


def test_a_mapping_of_a_reserved_header_is_a_configuration_error() -> None:
    async def scenario(house: House) -> None:
        mapping = {"integration.request.header.Transfer-Encoding": "'chunked'"}
        house.deploy(resource("/pets", "GET", http(request_parameters=mapping)))
        assert (await house.call("GET", "/dev/pets")).status == 500
        assert not house.backend.seen

    in_house(scenario)


@pytest.mark.parametrize("name", ["Transfer-Encoding", "content-length ", "Content-Length:", "Content-Length\u00e9"])
def test_so_is_a_reserved_header_that_a_template_sets_however_it_is_written(name: str) -> None:
    """A second length would have the backend read another request than was sent."""

    async def scenario(house: House) -> None:
        template = f'#set($context.requestOverride.header["{name}"] = "3"){{}}'
        house.deploy(resource("/pets", "GET", http(request_templates={"application/json": template})))
        assert (await house.call("GET", "/dev/pets")).status == 500
        assert not house.backend.seen

    in_house(scenario)


def test_an_endpoint_that_an_unset_stage_variable_spoils_fails_its_own_method_alone() -> None:
    async def scenario(house: House) -> None:
        spoilt = Integration(type="HTTP_PROXY", uri="http://${stageVariables.unset}/x", http_method="GET")
        house.deploy(resource("/spoilt", "GET", spoilt), resource("/m", "GET", mock()))
        reply = await house.call("GET", "/dev/spoilt")
        assert (reply.status, reply.body) == (500, b'{"message":"Internal server error"}')
        assert (await house.call("GET", "/dev/m")).status == 200

    in_house(scenario)


@pytest.mark.parametrize(
    ("integration", "reason"),
    [
        (http(request_templates={"application/json": "#if("}), "application/json"),
        (http("/x", request_parameters={"integration.request.header.A": "nowhere.b"}), "nowhere.b"),
        (Integration(type="HTTP", uri="ftp://x", http_method="GET"), "ftp://x"),
        (Integration(type="AWS_PROXY", uri="arn:aws:apigateway:us-east-1:lambda:path/x"), "AWS_PROXY"),
        (http(responses=(IntegrationResponse(status_code="200", selection_pattern="("),)), "GET /pets"),
    ],
)
def test_what_cannot_be_compiled_is_refused_naming_the_method_and_the_reason(
    integration: Integration, reason: str
) -> None:
    async def scenario(house: House) -> None:
        with pytest.raises(CompileError) as refused:
            house.deploy(resource("/pets", "GET", integration))
        assert "GET /pets" in str(refused.value)
        assert reason in str(refused.value)

    in_house(scenario)
