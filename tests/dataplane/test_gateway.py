"""What was found for a host and a path is kept for the next request, and no longer than it is true."""

import json

import pytest

from dataplane.snapshot import Integration, IntegrationResponse, Resource, StageName
from tests.dataplane.execution import API, HOST, House, in_house, resource

SAID = '{"arm": "$stageVariables.arm", "id": "$input.params(\'id\')"}'


def mock(path: str, method: str = "GET", said: str = SAID) -> Resource:
    shown = IntegrationResponse(status_code="200", response_templates={"application/json": said})
    templates = {"application/json": '{"statusCode": 200}'}
    return resource(path, method, Integration(type="MOCK", request_templates=templates, responses=(shown,)))


async def said(house: House, path: str, method: str = "GET", host: str = HOST) -> tuple[int, object]:
    reply = await house.call(method, path, host=host)
    return reply.status, json.loads(reply.body)


def test_a_request_to_the_same_path_goes_the_same_way_with_its_own_values() -> None:
    async def scenario(house: House) -> None:
        house.deploy(mock("/pets/{id}"), variables={"arm": "a"})
        for number in (1, 2, 1, 2):
            assert await said(house, f"/dev/pets/{number}") == (200, {"arm": "a", "id": str(number)})
        assert len(house.gateway.routes) == 2
        assert (await said(house, "/dev/pets/1", "POST"))[0] == 403, "a kept path answers to its methods alone"
        assert (await said(house, "/dev/pets/1", host=f"other567890.{HOST.partition('.')[2]}"))[0] == 403

    in_house(scenario)


def test_the_next_request_after_a_swap_is_the_new_stages() -> None:
    async def scenario(house: House) -> None:
        for arm in ("a", "b"):
            house.deploy(mock("/pets/{id}"), variables={"arm": arm})
            for _ in range(2):
                assert await said(house, "/dev/pets/1") == (200, {"arm": arm, "id": "1"})
        house.gateway.swap([], [StageName(api_id=API, stage_name="dev")])
        assert (await said(house, "/dev/pets/1"))[0] == 403
        assert len(house.gateway.routes) == 0, "and nothing holds the stage that has gone"

    in_house(scenario)


def test_a_canary_has_its_share_of_each_path() -> None:
    async def scenario(house: House) -> None:
        drawn = mock("/pets/{id}")
        house.deploy(drawn, variables={"arm": "a"}, canary=(50.0, (drawn,), {"arm": "b"}))
        arms = [json.dumps(await said(house, "/dev/pets/1")) for _ in range(60)]
        assert len(set(arms)) == 2
        assert len(house.gateway.routes) == 0

    in_house(scenario)


@pytest.mark.parametrize("path", ["/dev/nothing", "/nowhere/pets/1", "/dev/pets/" + "1" * 300])
def test_what_leads_nowhere_and_what_is_long_is_not_kept(path: str) -> None:
    async def scenario(house: House) -> None:
        house.deploy(mock("/pets/{id}"))
        for _ in range(3):
            await said(house, path)
        assert len(house.gateway.routes) == 0

    in_house(scenario)
