"""Caching through a deployed stage. Source: developer guide, "Enabling API caching to enhance responsiveness"."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import pytest

from dataplane.snapshot import Integration, IntegrationResponse, MethodSetting, Resource
from dataplane.steps import cache
from tests.dataplane.execution import HOST, House, Message, answer, in_house, resource

URI = "http://${stageVariables.backend}/"
ANEW = {"Cache-Control": "max-age=0"}
ANYBODY = {"require_authorization_for_cache_control": False}


def numbering(status: int = 200, headers: str = "") -> Callable[[Message], bytes]:
    """A backend whose answers say how often it was asked."""
    numbers = count(1)
    return lambda message: answer(status, headers, b"%d" % next(numbers))


def proxied(method: str = "GET", **integration: Any) -> Resource:
    return resource("/a", method, Integration(type="HTTP_PROXY", uri=URI, http_method="ANY", **integration))


def caching(**setting: Any) -> dict[str, Any]:
    return {"cache_enabled": True, "method_settings": {"*/*": MethodSetting(caching_enabled=True, **setting)}}


async def bodies(house: House, *asked: str, headers: dict[str, str] | None = None) -> list[bytes]:
    return [(await house.call("GET", target, headers)).body for target in asked]


def deployed(
    scenario: Callable[[House], Awaitable[None]],
    *resources: Resource,
    script: Callable[[Message], bytes] | None = None,
    **stage: Any,
) -> None:
    async def run(house: House) -> None:
        house.backend.script = script or numbering()
        house.deploy(*(resources or (proxied(),)), stage=caching(**stage))
        await scenario(house)

    in_house(run)


def test_a_hit_is_the_answer_that_was_kept_with_its_status_and_headers() -> None:
    async def scenario(house: House) -> None:
        first, second = [await house.call("GET", "/dev/a") for _ in range(2)]
        assert (first.status, first.body) == (second.status, second.body) == (404, b"1")
        assert second.header("X-Of") == "backend"
        assert first.header("x-amzn-RequestId") != second.header("x-amzn-RequestId")
        assert [exchange.cache for exchange in house.recorder.done] == ["miss", "hit"]
        assert house.recorder.done[1].integration_status == 0

    deployed(scenario, script=numbering(404, "X-Of: backend\r\n"))


def test_a_response_is_mapped_anew_for_each_who_asks() -> None:
    template = '{"id": "$context.requestId", "body": $input.body}'
    response = IntegrationResponse(status_code="200", response_templates={"application/json": template})
    drawn = resource("/a", "GET", Integration(type="HTTP", uri=URI, http_method="GET", responses=(response,)))

    async def scenario(house: House) -> None:
        first, second = [await house.call("GET", "/dev/a") for _ in range(2)]
        assert b'"body": 1' in first.body and b'"body": 1' in second.body
        assert first.body != second.body
        assert second.header("X-Amzn-Trace-Id")

    deployed(scenario, drawn)


def test_what_the_requests_template_sets_for_the_response_holds_of_hits_too() -> None:
    integration = Integration(
        type="HTTP",
        uri=URI,
        http_method="POST",
        request_templates={"application/json": "#set($context.responseOverride.status = 418)x"},
        responses=(IntegrationResponse(status_code="200"),),
    )

    async def scenario(house: House) -> None:
        assert [(await house.call("GET", "/dev/a")).status for _ in range(2)] == [418, 418]
        assert len(house.backend.seen) == 1

    deployed(scenario, resource("/a", "GET", integration))


def test_a_response_that_does_not_read_the_answer_is_kept_too() -> None:
    response = IntegrationResponse(status_code="200", response_templates={"application/json": "constant"})
    drawn = resource("/a", "GET", Integration(type="HTTP", uri=URI, http_method="GET", responses=(response,)))

    async def scenario(house: House) -> None:
        assert await bodies(house, "/dev/a", "/dev/a") == [b"constant", b"constant"]
        assert len(house.backend.seen) == 1

    deployed(scenario, drawn)


def test_a_key_parameter_of_the_integration_counts_as_its_mapping_makes_it() -> None:
    name = "integration.request.querystring.q"
    drawn = proxied(
        request_parameters={name: "method.request.header.X-Who"}, cache_key_parameters=(name, "integration.request.x")
    )

    async def scenario(house: House) -> None:
        assert await bodies(house, "/dev/a", headers={"X-Who": "ada"}) == [b"1"]
        assert await bodies(house, "/dev/a", headers={"X-Who": "bob"}) == [b"2"]
        assert await bodies(house, "/dev/a", headers={"X-Who": "ada"}) == [b"1"]

    deployed(scenario, drawn)


def test_a_header_of_the_key_is_the_same_in_any_case() -> None:
    """Else `authorization` would find the answer of whoever sends no `Authorization`."""
    drawn = proxied(cache_key_parameters=("method.request.header.Authorization",))

    async def scenario(house: House) -> None:
        assert await bodies(house, "/dev/a") == [b"1"]
        assert await bodies(house, "/dev/a", headers={"authorization": "ada"}) == [b"2"]
        assert await bodies(house, "/dev/a", headers={"Authorization": "ada"}) == [b"2"]

    deployed(scenario, drawn)


def test_who_accepts_other_encodings_of_a_proxied_answer_finds_another() -> None:
    async def scenario(house: House) -> None:
        assert await bodies(house, "/dev/a", headers={"Accept-Encoding": "gzip"}) == [b"1"]
        assert await bodies(house, "/dev/a") == [b"2"]

    deployed(scenario)


@pytest.mark.parametrize("status", [206, 304])
def test_an_answer_to_a_part_or_a_condition_is_not_kept(status: int) -> None:
    async def scenario(house: House) -> None:
        for _ in range(2):
            await house.call("GET", "/dev/a")
        assert len(house.backend.seen) == 2

    deployed(scenario, script=lambda message: f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())


def test_faults_are_not_kept() -> None:
    async def scenario(house: House) -> None:
        assert [(await house.call("GET", "/dev/a")).status for _ in range(2)] == [504, 504]
        assert len(house.backend.seen) == 2

    deployed(scenario, script=lambda message: b"not HTTP\r\n\r\n")


@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_of_which_no_reply_can_be_made_is_not_kept(chunked: bool) -> None:
    """Such as a function's malformed one."""
    response = IntegrationResponse(
        status_code="200", response_parameters={"method.response.header.X": "integration.response.body.x"}
    )
    drawn = resource("/a", "GET", Integration(type="HTTP", uri=URI, http_method="GET", responses=(response,)))
    bad = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n\r\n" if chunked else answer(body=b"{")

    async def scenario(house: House) -> None:
        assert [(await house.call("GET", "/dev/a")).status for _ in range(2)] == [500, 500]
        assert len(house.backend.seen) == 2

    deployed(scenario, drawn, script=lambda message: bad)


@pytest.mark.parametrize(
    ("size", "chunked", "asked"),
    [
        (cache.MAX_BYTES, False, 1),
        (cache.MAX_BYTES + 1, False, 2),
        (cache.MAX_BYTES, True, 1),
        (cache.MAX_BYTES + 1, True, 2),
    ],
)
def test_a_body_that_is_too_long_streams_through_unkept(size: int, chunked: bool, asked: int) -> None:
    body = b"x" * size
    whole = answer(body=body)
    if chunked:
        half = size // 2
        pieces = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (body[:half], body[half:]))
        whole = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n"

    async def scenario(house: House) -> None:
        assert await bodies(house, "/dev/a", "/dev/a") == [body, body]
        assert len(house.backend.seen) == asked

    deployed(scenario, script=lambda message: whole)


def test_an_answer_that_breaks_off_is_not_kept() -> None:
    async def scenario(house: House) -> None:
        for _ in range(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
            writer.write(f"GET /dev/a HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            assert not (await reader.read()).endswith(b"0\r\n\r\n")
            writer.close()
        assert len(house.backend.seen) == 2

    deployed(
        scenario, script=lambda message: b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZ\r\n"
    )


def test_what_is_encrypted_is_found_and_shows_nowhere_in_the_store() -> None:
    key = "method.request.querystring.who"

    async def scenario(house: House) -> None:
        assert await bodies(house, "/dev/a?who=ada.lovelace", "/dev/a?who=ada.lovelace", "/dev/a?who=bob") == [
            b"1",
            b"1",
            b"2",
        ]
        plan = house.recorder.done[0].plan
        assert plan is not None and isinstance(plan.cache, cache.Cache)
        assert len(plan.cache.store) == 2
        kept = repr(plan.cache.store._entries)
        assert "lovelace" not in kept and "backend" not in kept  # a short word is in random bytes now and then

    deployed(
        scenario,
        proxied(cache_key_parameters=(key,)),
        script=numbering(headers="X-Of: backend\r\n"),
        cache_data_encrypted=True,
    )


def test_a_reply_is_compressed_for_who_accepts_it_hit_or_not() -> None:
    response = IntegrationResponse(status_code="200")
    drawn = resource("/a", "GET", Integration(type="HTTP", uri=URI, http_method="GET", responses=(response,)))

    async def scenario(house: House) -> None:
        house.deploy(drawn, stage=caching(), minimum_compression_size=0)
        assert await bodies(house, "/dev/a") == [b"1"]
        zipped = await house.call("GET", "/dev/a", {"Accept-Encoding": "gzip"})
        assert (zipped.header("Content-Encoding"), len(house.backend.seen)) == ("gzip", 1)
        assert await bodies(house, "/dev/a") == [b"1"]

    deployed(scenario, drawn)


def test_a_mock_whose_replies_are_constant_counts_its_hits() -> None:
    drawn = Integration(
        type="MOCK",
        request_templates={"application/json": '{"statusCode": 200}'},
        responses=(IntegrationResponse(status_code="200"),),
    )

    async def scenario(house: House) -> None:
        await bodies(house, "/dev/a", "/dev/a")
        assert [exchange.cache for exchange in house.recorder.done] == ["miss", "hit"]

    deployed(scenario, resource("/a", "GET", drawn))


def test_a_change_of_the_stage_keeps_what_is_cached() -> None:
    async def scenario(house: House) -> None:
        assert await bodies(house, "/dev/a") == [b"1"]
        house.deploy(proxied(), stage=caching(), variables={"more": "1"})
        assert await bodies(house, "/dev/a") == [b"1"]

    deployed(scenario)


class Slow:
    """A backend that numbers its answers as they are asked for, and gives each when it is told to."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._gates: list[asyncio.Event] = []
        self._asked = asyncio.Event()
        house.backend.script = self._answer

    async def _answer(self, message: Message) -> bytes:
        self._gates.append(gate := asyncio.Event())
        number = len(self._gates)
        self._asked.set()
        await gate.wait()
        return answer(body=b"%d" % number)

    async def ask(self, *, anew: bool = False) -> "asyncio.Future[Message]":
        """Once it is the backend's turn."""
        self._asked.clear()
        asking = asyncio.ensure_future(self._house.call("GET", "/dev/a", ANEW if anew else None))
        await self._asked.wait()
        return asking

    async def give(self, number: int, asking: "asyncio.Future[Message]") -> None:
        self._gates[number - 1].set()
        assert (await asking).body == b"%d" % number


def test_requests_that_miss_together_all_ask_the_backend_and_the_last_to_ask_is_kept() -> None:
    async def scenario(house: House) -> None:
        backend = Slow(house)
        asking = [await backend.ask() for _ in range(3)]
        for number in (3, 1, 2):
            await backend.give(number, asking[number - 1])
        assert await bodies(house, "/dev/a", "/dev/a") == [b"3", b"3"]

    deployed(scenario)


def test_an_answer_under_way_does_not_undo_an_invalidation() -> None:
    async def scenario(house: House) -> None:
        backend = Slow(house)
        before = await backend.ask()
        invalidating = await backend.ask(anew=True)
        await backend.give(2, invalidating)
        await backend.give(1, before)
        assert await bodies(house, "/dev/a") == [b"2"]

    deployed(scenario, **ANYBODY)


def test_until_an_invalidation_is_answered_the_kept_one_is() -> None:
    async def scenario(house: House) -> None:
        backend = Slow(house)
        await backend.give(1, await backend.ask())
        invalidating = await backend.ask(anew=True)
        assert await bodies(house, "/dev/a") == [b"1"]
        await backend.give(2, invalidating)
        assert await bodies(house, "/dev/a") == [b"2"]

    deployed(scenario, **ANYBODY)


def test_an_answer_that_is_too_long_takes_the_invalidated_ones_place_by_leaving_it_empty() -> None:
    lengths = iter((1, cache.MAX_BYTES + 1, 2))

    async def scenario(house: House) -> None:
        assert await bodies(house, "/dev/a") == [b"x"]
        await house.call("GET", "/dev/a", ANEW)
        assert await bodies(house, "/dev/a", "/dev/a") == [b"xx", b"xx"]

    deployed(scenario, script=lambda message: answer(body=b"x" * next(lengths)), **ANYBODY)


def test_a_failed_invalidation_leaves_what_was_kept() -> None:
    answers = iter((answer(body=b"1"), b"not HTTP\r\n\r\n"))

    async def scenario(house: House) -> None:
        assert await bodies(house, "/dev/a") == [b"1"]
        assert (await house.call("GET", "/dev/a", ANEW)).status == 504
        assert await bodies(house, "/dev/a") == [b"1"]

    deployed(scenario, script=lambda message: next(answers), **ANYBODY)


def test_an_answer_under_way_does_not_outlive_a_flush() -> None:
    async def scenario(house: House) -> None:
        backend = Slow(house)
        before = await backend.ask()
        house.deploy(proxied(), stage={**caching(), "cache_generation": 1})
        await backend.give(1, before)
        after = await backend.ask()
        await backend.give(2, after)
        assert await bodies(house, "/dev/a") == [b"2"]

    deployed(scenario)


def test_answers_under_way_are_kept_for_the_arm_that_asked() -> None:
    async def scenario(house: House) -> None:
        def deploy(percent: float) -> None:
            house.deploy(proxied(), canary=(percent, (proxied(),), {}), stage=caching())

        backend = Slow(house)
        deploy(0)
        of_stage = await backend.ask()
        deploy(100)
        of_canary = await backend.ask()
        deploy(0)
        await backend.give(2, of_canary)
        await backend.give(1, of_stage)
        assert await bodies(house, "/dev/a") == [b"1"]
        deploy(100)
        assert await bodies(house, "/dev/a") == [b"2"]

    deployed(scenario)
