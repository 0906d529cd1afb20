"""A connection that ends before its answer: what is sent again, on another, and what is not."""

import asyncio
from typing import Any

import pytest

from dataplane import spawn
from dataplane.exchange import ClientGone
from dataplane.faults import UpstreamBroken
from tests.dataplane.loops import Run
from tests.dataplane.sides import backend, read_head, until
from tests.dataplane.upstream.origins import OK, Slow, ask, ask_all, once, pool_to


def closing_after(answers: int) -> Any:
    """A backend whose connections answer `answers` requests and end when the next one comes."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(answers):
            await read_head(reader)
            writer.write(OK)
        await read_head(reader)
        writer.transport.abort()

    return script


def test_a_kept_connection_that_ends_unanswered_is_replaced_once(run: Run) -> None:
    async def test() -> None:
        async with backend(closing_after(1)) as origin:
            pool = pool_to(origin)
            for _ in range(4):
                assert await ask_all(pool) == (200, b"ok")
            assert origin.connections == 4

    run(test())


def test_so_is_one_that_somebody_waited_for(run: Run) -> None:
    async def test() -> None:
        async with backend(closing_after(1)) as origin:
            pool = pool_to(origin, upstream_connections=1)
            assert await asyncio.gather(ask_all(pool), ask_all(pool)) == [(200, b"ok")] * 2
            assert origin.connections == 2

    run(test())


def test_what_was_sent_once_more_is_not_sent_a_third_time(run: Run) -> None:
    async def test() -> None:
        async with backend(closing_after(1)) as origin:
            pool = pool_to(origin, upstream_connections=1)
            asked = (ask_all(pool) for _ in range(3))  # the second gets the first's connection, and then the third's
            first, second, third = await asyncio.gather(*asked, return_exceptions=True)
            assert first == third == (200, b"ok")
            assert isinstance(second, UpstreamBroken)
            assert origin.connections == 2

    run(test())


def test_a_fresh_connection_that_ends_unanswered_is_broken(run: Run) -> None:
    async def test() -> None:
        async with backend(closing_after(0)) as origin:
            with pytest.raises(UpstreamBroken):
                await ask(pool_to(origin))
            assert origin.connections == 1

    run(test())


@pytest.mark.parametrize("said", [b"220 mail.example ESMTP\r\n", b""])
def test_a_backend_that_does_not_wait_to_be_asked_is_tried_once(run: Run, said: bytes) -> None:
    """Another protocol's port, or a server that is full and closes whoever comes."""

    async def test() -> None:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(said)
            writer.close()

        async with backend(script) as origin:
            with pytest.raises(UpstreamBroken):
                await ask(pool_to(origin), b"POST", timeout=5.0)
            assert origin.connections == 1

    run(test())


def test_a_connection_whose_request_had_gone_before_it_was_open_is_a_kept_one(run: Run) -> None:
    """It has answered nobody, and may have ended as any other that lies idle."""

    async def test() -> None:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_head(reader)
            if origin.connections == 1:
                writer.transport.abort()
            writer.write(OK)

        async with backend(script) as origin:
            pool = pool_to(origin)
            connecting = spawn.start(pool.send(b"GET", b"/", [], b"", timeout=5))
            assert connecting is not None
            connecting.give_up(ClientGone())
            await until(lambda: pool._idle)
            assert await ask_all(pool) == (200, b"ok")
            assert origin.connections == 2

    run(test())


def test_what_may_not_be_done_twice_is_not_sent_twice(run: Run) -> None:
    async def test() -> None:
        async with backend(closing_after(1)) as origin:
            pool = pool_to(origin)
            await ask_all(pool)
            with pytest.raises(UpstreamBroken):
                await ask(pool, b"POST", body=b"")
            assert origin.connections == 1

    run(test())


def test_a_streamed_body_is_sent_again_only_if_nothing_of_it_was_taken(run: Run) -> None:
    async def test() -> None:
        async with backend(closing_after(1)) as origin:
            pool = pool_to(origin)
            await ask_all(pool)
            untouched = Slow(3)
            answer = await ask(pool, b"PUT", body=untouched)
            assert answer.status == 200
            answer.close()
        async with backend(closing_after(1)) as origin:
            pool = pool_to(origin)
            await ask_all(pool)
            begun = Slow(3)
            begun.pieces.put_nowait(b"a")
            with pytest.raises(UpstreamBroken):
                await ask(pool, b"PUT", body=begun)
            assert origin.connections == 1

    run(test())


def test_a_connection_that_ended_while_it_was_kept_is_not_used(run: Run) -> None:
    async def test() -> None:
        async with backend(once(OK)) as origin:
            pool = pool_to(origin)
            await ask_all(pool)
            await until(lambda: not pool._idle)
            answer = await ask(pool, b"POST", body=b"")
            assert answer.status == 200
            assert origin.connections == 2

    run(test())
