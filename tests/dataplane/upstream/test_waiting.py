"""More requests than connections: who waits, in which order, how many, and who gives up."""

import asyncio
from typing import Any

import pytest

from dataplane import spawn
from dataplane.exchange import ClientGone
from dataplane.faults import UpstreamTimeout, UpstreamUnreachable
from dataplane.upstream.connection import Connection
from dataplane.upstream.pool import Pool
from tests.dataplane.loops import Run
from tests.dataplane.sides import SECONDS, backend, read_head, until
from tests.dataplane.upstream.origins import OK, answering, ask, ask_all, pool_to


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


def test_an_origin_has_no_more_connections_than_its_share_and_the_first_who_waits_is_the_next_served(run: Run) -> None:
    async def test() -> None:
        release = asyncio.Event()

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                await read_head(reader)
                await release.wait()
                writer.write(OK)

        async with backend(script) as origin:
            pool = pool_to(origin, upstream_connections=2)
            order: list[int] = []

            async def one(number: int) -> None:
                await ask_all(pool)
                order.append(number)

            waiting = [asyncio.ensure_future(one(n)) for n in range(8)]
            await until(lambda: origin.connections == 2)
            release.set()
            await asyncio.gather(*waiting)
            assert sorted(order) == list(range(8))
            assert order[2:] == sorted(order[2:]) or order == sorted(order)
            assert origin.connections == 2

    run(test())


def test_a_connection_that_is_old_is_given_to_nobody_who_waits(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin, upstream_connections=1, upstream_age_seconds=0.0)
            answers = await asyncio.gather(*(ask_all(pool) for _ in range(4)))
            assert answers == [(200, b"ok")] * 4
            assert (origin.connections, pool._open) == (4, 0)

    run(test())


def test_waiting_for_a_connection_is_part_of_the_time(run: Run) -> None:
    async def test() -> None:
        async with backend(silence) as origin:
            pool = pool_to(origin, upstream_connections=1)
            first = asyncio.ensure_future(ask(pool, timeout=0.3))
            await asyncio.sleep(0.02)
            with pytest.raises(UpstreamTimeout):
                await ask(pool, timeout=0.05)
            with pytest.raises(UpstreamTimeout):
                await first
            assert pool._open == 0

    run(test())


def test_an_origin_that_hangs_holds_up_no_other(run: Run) -> None:
    async def test() -> None:
        async with backend(silence) as hanging, backend(answering(OK)) as other:
            stuck = pool_to(hanging, upstream_connections=3)
            waiting = [asyncio.ensure_future(ask(stuck, timeout=3)) for _ in range(20)]
            await until(lambda: hanging.connections == 3)
            assert await ask_all(pool_to(other)) == (200, b"ok")
            assert not any(one.done() for one in waiting)
            results = await asyncio.gather(*waiting, return_exceptions=True)
            assert {type(r) for r in results} == {UpstreamTimeout}

    run(test())


def test_so_many_may_wait_for_an_origin_and_who_gives_up_makes_room(run: Run) -> None:
    """Else one that hangs would have all clients' connections in its queue, and none be left for the others."""

    async def test() -> None:
        async with backend(silence) as origin:
            pool = pool_to(origin, upstream_connections=1, upstream_waiters=2)

            async def wait() -> None:
                await pool.send(b"GET", b"/", [], b"", timeout=5)

            running = [spawn.start(wait()) for _ in range(3)]
            assert len(pool._waiters) == 2
            with pytest.raises(UpstreamUnreachable, match="wait for the backend already"):
                await ask(pool)
            for each in running:
                assert each is not None
                each.give_up(ClientGone())
            assert not pool._waiters, "nobody is kept who has gone"
            with pytest.raises(UpstreamTimeout):
                await ask(pool, timeout=0.05)
            await until(lambda: pool._open == 0)

    run(test())


def test_who_gives_up_leaves_nothing_behind(run: Run) -> None:
    async def test() -> None:
        async with backend(silence) as origin:
            pool = pool_to(origin, upstream_connections=1)

            async def wait() -> None:
                await pool.send(b"GET", b"/", [], b"", timeout=5)

            connecting = spawn.start(wait())
            queued = spawn.start(wait())
            assert connecting is not None and queued is not None
            connecting.give_up(ClientGone())
            await until(lambda: origin.connections == 1)
            await until(lambda: len(pool._members) == 1)
            queued.give_up(ClientGone())
            asking = spawn.start(wait())
            await asyncio.sleep(0.02)
            assert asking is not None and asking.waits
            asking.give_up(ClientGone())
            await until(lambda: pool._open == 0)
            assert not pool._idle and not pool._members

    run(test())


def test_who_gives_up_when_the_answer_has_just_come_does_not_take_the_next_ones(run: Run) -> None:
    async def test() -> None:
        class Pressing(Pool):
            """At the moment the first connection comes back, another request takes it and the first asker goes."""

            def returned(self, connection: Connection) -> None:
                super().returned(connection)
                if not asked:
                    asked.append(spawn.start(again()))
                    assert first is not None
                    first.give_up(ClientGone())

        asked: list[Any] = []
        answers: list[int] = []

        async def again() -> None:
            answers.append((await pool.send(b"GET", b"/", [], b"", timeout=SECONDS)).status)

        async with backend(answering(OK)) as origin:
            pool = Pressing("http", "127.0.0.1", origin.port)
            first = spawn.start(again())
            await until(lambda: answers)
            await asyncio.sleep(0.02)
            assert (answers, origin.connections) == ([200], 1)

    run(test())
