"""Mocks whose replies are kept, told from those that have to be made anew. All through a deployed stage."""

from typing import Any

from dataplane.snapshot import Integration, IntegrationResponse
from tests.dataplane.execution import API, House, in_house, resource

CORS = {
    "method.response.header.Access-Control-Allow-Origin": "'*'",
    "method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS'",
}
STATUS = '{"statusCode": 200}'


def mock(templates: dict[str, str], *responses: IntegrationResponse, **more: Any) -> Integration:
    return Integration(type="MOCK", request_templates=templates, responses=responses, **more)


def response(status: str = "200", pattern: str = "", **more: Any) -> IntegrationResponse:
    return IntegrationResponse(status_code=status, selection_pattern=pattern, **more)


def prepared(house: House) -> Any:
    [stage] = house.gateway.live.values()
    found = stage.router.match("/x")
    assert found is not None
    return found[0]["GET"].prepared


def test_a_constant_mock_says_the_same_every_time_with_ids_of_its_own() -> None:
    async def scenario(house: House) -> None:
        drawn = response(response_parameters=CORS, response_templates={"application/json": '{"a":1}'})
        house.deploy(resource("/x", "GET", mock({"application/json": STATUS}, drawn)))
        replies = [await house.call("GET", "/dev/x") for _ in range(3)]
        for reply in replies:
            assert (reply.status, reply.body) == (200, b'{"a":1}')
            assert reply.header("Access-Control-Allow-Origin") == "*"
            assert reply.header("Content-Type") == "application/json"
        assert len({reply.header("x-amzn-RequestId") for reply in replies}) == 3
        assert {exchange.integration_status for exchange in house.recorder.done} == {200}
        assert len(prepared(house)._replies) == 1

    in_house(scenario)


def test_what_is_kept_is_told_apart_by_content_type_and_accept() -> None:
    async def scenario(house: House) -> None:
        templates = {"application/json": STATUS, "text/teapot": '{"statusCode": 418}'}
        bodies = {"application/json": "{}", "text/plain": "plain"}
        drawn = (response(response_templates=bodies), response("418", "418"))
        house.deploy(resource("/x", "GET", mock(templates, *drawn)))
        for _ in range(3):
            assert (await house.call("GET", "/dev/x")).body == b"{}"
            assert (await house.call("GET", "/dev/x", {"Accept": "text/plain"})).body == b"plain"
            assert (await house.call("GET", "/dev/x", {"content-type": "text/teapot"})).status == 418

    in_house(scenario)


def test_a_body_that_names_the_status_is_read_every_time() -> None:
    async def scenario(house: House) -> None:
        house.deploy(resource("/x", "GET", mock({}, response(), response("404", "404"))))
        for status in (200, 404, 200):
            reply = await house.call("GET", "/dev/x", body=b'{"statusCode": %d}' % status)
            assert reply.status == status
        assert prepared(house)._replies is None

    in_house(scenario)


def test_faults_are_not_kept() -> None:
    async def scenario(house: House) -> None:
        house.deploy(resource("/x", "GET", mock({"text/plain": STATUS}, response(), passthrough_behavior="NEVER")))
        for _ in range(2):
            assert (await house.call("GET", "/dev/x")).status == 415
        assert (await house.call("GET", "/dev/x", {"Content-Type": "text/plain"})).status == 200

    in_house(scenario)


def test_no_client_makes_a_method_keep_more_than_a_few() -> None:
    async def scenario(house: House) -> None:
        house.deploy(resource("/x", "GET", mock({"application/json": STATUS}, response())))
        for number in range(40):
            assert (await house.call("GET", "/dev/x", {"Accept": f"text/{number}"})).status == 200
            assert 1 <= len(prepared(house)._replies) <= 16
        kept = dict(prepared(house)._replies)
        assert (await house.call("GET", "/dev/x", {"Accept": "text/" + "x" * 600})).status == 200
        assert prepared(house)._replies == kept

    in_house(scenario)


def test_a_reply_that_depends_on_the_request_is_not_kept() -> None:
    changing = (
        mock({"application/json": STATUS}, response(response_templates={"application/json": "$context.requestId"})),
        mock({"application/json": '#set($s = 200){"statusCode": $s}'}, response()),
        mock({"application/json": STATUS}, response(response_parameters={"method.response.header.X": "context.apiId"})),
    )

    async def scenario(house: House) -> None:
        for integration in changing:
            house.deploy(resource("/x", "GET", integration))
            assert prepared(house) is None
            reply = await house.call("GET", "/dev/x")
            assert reply.status == 200
        assert reply.header("X") == API

    in_house(scenario)
