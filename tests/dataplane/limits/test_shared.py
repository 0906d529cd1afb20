"""Two nodes over a real Valkey."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from time import monotonic

import pytest
import redis
from django.conf import settings

from dataplane.limits.meter import Level, Taken
from dataplane.limits.shared import Away, Shared

PERIOD = ("p", "k", "MONTH 2026-11-01")
Play = Callable[[Shared, Shared], Awaitable[None]]


def play(scene: Play, *, house: str = "") -> str:
    house = house or uuid.uuid4().hex

    async def run() -> None:
        nodes = [Shared(settings.VALKEY_URL, house, f"node-{n}", "life") for n in (1, 2)]
        try:
            await scene(*nodes)
        finally:
            for node in nodes:
                await node.close()

    asyncio.run(run())
    return house


def taken(count: int, rate: float = 0.001, burst: float = 10) -> list[Taken]:
    return [Taken("b", rate, burst, count)]


async def tokens(node: Shared, count: int, **limit: float) -> float:
    (level,), _ = await node.exchange(taken(count, **limit), [])
    return level.tokens


def test_what_one_node_took_the_other_sees() -> None:
    async def scene(one: Shared, two: Shared) -> None:
        assert await tokens(one, 3) == pytest.approx(7, abs=0.01)
        assert await tokens(two, 4) == pytest.approx(3, abs=0.01)
        assert await tokens(one, 0) == pytest.approx(3, abs=0.01)

    play(scene)


def test_what_is_taken_above_the_limit_is_owed() -> None:
    async def scene(one: Shared, two: Shared) -> None:
        await tokens(one, 10)
        assert await tokens(two, 10) == pytest.approx(-10, abs=0.01)

    play(scene)


def test_tokens_come_back_at_the_rate_by_the_servers_clock() -> None:
    async def scene(one: Shared, two: Shared) -> None:
        began = monotonic()
        left = await tokens(one, 200, rate=100.0, burst=10.0)
        await asyncio.sleep(0.2)
        back = await tokens(two, 0, rate=100.0, burst=10.0) - left
        assert 19 <= back <= 100 * (monotonic() - began) + 1

    play(scene)


def test_a_bucket_that_would_be_full_is_forgotten_by_the_server() -> None:
    names: list[str] = []

    async def scene(one: Shared, two: Shared) -> None:
        await tokens(one, 10, rate=0.25, burst=10.0)  # 40 seconds
        names.append(f"{one._prefix}:bucket:b")

    play(scene)
    with redis.Redis.from_url(settings.VALKEY_URL) as client:
        assert 0 < client.ttl(names[0]) < 60


def test_uses_of_all_nodes_are_added_up_and_told_twice_count_once() -> None:
    async def scene(one: Shared, two: Shared) -> None:
        assert await one.exchange([], [(PERIOD, 5)]) == ([], [(PERIOD, 0, 5, 5)])
        assert await one.exchange([], [(PERIOD, 5)]) == ([], [(PERIOD, 5, 5, 5)])
        assert await two.exchange([], [(PERIOD, 2)]) == ([], [(PERIOD, 0, 2, 7)])
        assert await one.exchange([], [(PERIOD, 3)]) == ([], [(PERIOD, 5, 3, 7)])  # came late

    play(scene)


def test_several_at_once_are_answered_in_their_order() -> None:
    async def scene(one: Shared, two: Shared) -> None:
        levels, totals = await one.exchange(
            [Taken("a", 0.001, 5, 1), Taken("b", 0.001, 9, 1)], [(PERIOD, 1), (("p", "other", PERIOD[2]), 4)]
        )
        assert levels == [Level("a", pytest.approx(4, abs=0.01)), Level("b", pytest.approx(8, abs=0.01))]
        assert [total for _, _, _, total in totals] == [1, 4]

    play(scene)


def test_houses_on_one_server_share_nothing() -> None:
    async def scene(one: Shared, two: Shared) -> None:
        assert await tokens(one, 3) == pytest.approx(7, abs=0.01)

    play(scene)
    play(scene)


def test_the_nodes_that_live_are_counted() -> None:
    async def scene(one: Shared, two: Shared) -> None:
        assert await one.live() == 1
        assert await two.live() == 2
        assert await one.live() == 2

    play(scene)


def test_nobody_there_is_away_and_shows_no_password() -> None:
    async def scene() -> None:
        shared = Shared("redis://:secret@127.0.0.1:9/0", "house", "node", "life")
        for call in (shared.live(), shared.exchange(taken(1), [])):
            with pytest.raises(Away) as raised:
                await call
            assert "secret" not in str(raised.value)
        await shared.close()

    asyncio.run(scene())


def test_a_server_that_forgot_its_scripts_is_told_them_again() -> None:
    async def scene(one: Shared, two: Shared) -> None:
        await tokens(one, 1)
        with redis.Redis.from_url(settings.VALKEY_URL) as client:
            client.script_flush()
        assert await tokens(one, 1) == pytest.approx(8, abs=0.01)
        with redis.Redis.from_url(settings.VALKEY_URL) as client:
            client.script_flush()
        assert await one.live() == 1

    play(scene)
