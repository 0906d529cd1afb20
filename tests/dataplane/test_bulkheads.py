"""Functions and resources that hang, through a deployed stage: each has a share of its endpoint's connections."""

import asyncio
from collections.abc import Awaitable
from functools import partial

import pytest
from msgspec.structs import replace

from dataplane.compiler import compile_stage
from dataplane.settings import Limits
from dataplane.snapshot import Integration, IntegrationResponse, Resource, StageEntry
from dataplane.upstream import shares
from tests.dataplane.authorizers.functions import TOKEN
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import HOST, House, Message, answer, document, in_house, resource
from tests.dataplane.functions import lambda_proxy
from tests.dataplane.sides import until

OTHER = "other12345"
MOST = 2
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:"
OK = answer(body=b'{"statusCode": 200, "body": "ok"}')


def uri(function: str) -> str:
    return f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}{function}/invocations"


def queue(path: str, name: str, **integration: object) -> Resource:
    target = f"arn:aws:apigateway:us-east-1:sqs:{name}"
    drawn = Integration(type="AWS", uri=target, http_method="POST", responses=(IntegrationResponse(status_code="200"),))
    return resource(path, "POST", replace(drawn, **integration))


class Hanging:
    """The backend: what is asked for a path that holds `hangs` is not answered before the end."""

    def __init__(self, node: Node, house: House) -> None:
        self._house = house
        self.end = asyncio.Event()
        house.backend.script = self
        node.set(AWS_ENDPOINT_URL=house.backend.url)

    def __call__(self, message: Message) -> bytes | Awaitable[bytes]:
        return self._late() if "hangs" in message.start else OK

    async def _late(self) -> bytes:
        await self.end.wait()
        return OK

    async def fill(self, path: str, host: str = HOST) -> list["asyncio.Task[Message]"]:
        """One more than the share: of those, so many reach the backend."""
        before = len(self._house.backend.seen)
        tasks = [asyncio.create_task(self._house.call("POST", path, host=host)) for _ in range(MOST + 1)]
        await until(lambda: len(self._house.backend.seen) == before + MOST)
        return tasks


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "Limits", partial(Limits, upstream_connections=MOST))


def test_a_function_that_hangs_fills_its_share_and_another_of_the_same_endpoint_is_answered_at_once(node: Node) -> None:
    async def scenario(house: House) -> None:
        hanging = Hanging(node, house)
        house.deploy(lambda_proxy("/hangs", uri=uri("hangs")), lambda_proxy("/well", uri=uri("well")))
        stuck = await hanging.fill("/dev/hangs")
        for _ in range(MOST + 1):
            assert (await house.call("POST", "/dev/well")).body == b"ok"
        assert not any(task.done() for task in stuck)
        hanging.end.set()
        assert [reply.status for reply in await asyncio.gather(*stuck)] == [200] * len(stuck)

    in_house(scenario)


def test_a_function_has_one_share_whoever_invokes_it(node: Node) -> None:
    """Another method, an authorizer, a stage deployed anew."""

    async def scenario(house: House) -> None:
        hanging = Hanging(node, house)
        guarded = {"authorization_type": "CUSTOM", "authorizer_id": "a1"}
        drawn = (
            lambda_proxy("/a", uri=uri("hangs")),
            lambda_proxy("/b", uri=uri("hangs"), timeout_in_millis=100),
            lambda_proxy("/c", uri=uri("well"), authorization=guarded),
            lambda_proxy("/d", uri=uri("well")),
        )
        authorizer = replace(TOKEN, authorizer_uri=uri("hangs"))
        house.deploy(*drawn, authorizers=(authorizer,))
        stuck = await hanging.fill("/dev/a")
        house.deploy(*drawn, authorizers=(authorizer,))
        assert (await house.call("POST", "/dev/b")).status == 504
        stuck.append(asyncio.create_task(house.call("POST", "/dev/c", {"Auth": "token"})))
        assert (await house.call("POST", "/dev/d")).body == b"ok"
        assert len(house.backend.seen) == MOST + 1, "nothing more has reached the function"
        hanging.end.set()
        await asyncio.gather(*stuck)

    in_house(scenario)


def test_what_hangs_of_another_service_is_a_uri_in_an_api(node: Node) -> None:
    """A template may say which state machine is waited for: nobody else's is held up by it."""

    async def scenario(house: House) -> None:
        hanging = Hanging(node, house)
        drawn = (
            queue("/hangs", "path/1/hangs"),
            queue("/well", "path/1/well"),
            queue("/late", "path/1/hangs", timeout_in_millis=100),
        )
        house.deploy(*drawn)
        others = StageEntry(api_id=OTHER, stage_name="dev", generation=1, deployment_id="d", digest="d" * 64)
        house.gateway.swap([compile_stage(others, replace(document(*drawn), api_id=OTHER), None)])
        stuck = await hanging.fill("/dev/hangs")
        assert (await house.call("POST", "/dev/well")).status == 200
        assert (await house.call("POST", "/dev/late")).status == 504, "the same one by another method"
        stuck += await hanging.fill("/dev/hangs", f"{OTHER}.execute-api.localhost")
        hanging.end.set()
        assert [reply.status for reply in await asyncio.gather(*stuck)] == [200] * len(stuck)

    in_house(scenario)


def test_functions_that_a_stage_variable_named_leave_no_share_behind(node: Node) -> None:
    async def scenario(house: House) -> None:
        Hanging(node, house)
        drawn = lambda_proxy("/a", uri=uri("${stageVariables.function}"))
        for number in range(20):
            house.deploy(drawn, variables={"function": f"pets:{number}"})
            assert (await house.call("POST", "/dev/a")).body == b"ok"
            house.recorder.done.clear()  # which hold their plans
        [endpoint] = [found for origin, found in shares._endpoints.items() if origin.port == house.backend.port]
        assert len(endpoint._shares) == 1
        assert house.backend.connections == 1

    in_house(scenario)
