"""Connections to an origin: kept, reused, opened, closed."""

import asyncio
import gc
import socket

import pytest

from dataplane.faults import UpstreamTimeout, UpstreamUnreachable
from dataplane.upstream.pool import Pool, pool_for
from tests.dataplane.loops import Run
from tests.dataplane.sides import SECONDS, backend, until
from tests.dataplane.upstream.origins import OK, answering, ask, ask_all, pool_to


def test_an_origin_has_one_pool_while_anybody_holds_it() -> None:
    pool = pool_for("http", "Backend.example", 80)
    assert pool_for("http", "backend.example", 80) is pool
    others = [
        pool_for("https", "backend.example", 80),
        pool_for("http", "backend.example", 81),
        pool_for("http", "backend.example", 80, verify=False),
    ]
    assert len({id(p) for p in [pool, *others]}) == 4


def test_a_connection_is_used_again(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin)
            for _ in range(5):
                assert await ask_all(pool) == (200, b"ok")
            assert origin.connections == 1

    run(test())


def test_a_pool_outlives_its_loop(run: Run) -> None:
    pool = Pool("http", "127.0.0.1", 1)
    for _ in range(2):

        async def test() -> None:
            async with backend(answering(OK)) as origin:
                pool._port = origin.port
                assert await ask_all(pool) == (200, b"ok")

        run(test())


def test_requests_at_once_have_a_connection_each_and_the_last_returned_is_the_next_used(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin)
            await asyncio.gather(*(ask_all(pool) for _ in range(4)))
            assert origin.connections == 4
            last = next(reversed(pool._idle))
            await ask_all(pool)
            assert next(reversed(pool._idle)) is last
            assert origin.connections == 4

    run(test())


def test_an_idle_connection_is_closed_after_a_while(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin, upstream_idle_seconds=SECONDS)
            await ask_all(pool)
            (connection,) = pool._idle
            now = asyncio.get_running_loop().time()
            assert connection._alarm.when <= now + SECONDS
            connection._alarm.set(now)  # as if so much had passed
            await until(lambda: pool._open == 0)
            assert pool._idle == {}
            assert await ask_all(pool) == (200, b"ok")
            assert origin.connections == 2

    run(test())


def test_the_request_is_what_was_given_and_its_framing(run: Run) -> None:
    async def test() -> None:
        seen: list[bytes] = []
        async with backend(answering(OK, seen=seen)) as origin:
            pool = pool_to(origin)
            headers = [(b"Host", b"h"), (b"X", b"1"), (b"x", b"a\r\nY: b")]
            await ask(pool, b"GET", b"/p?q=1", headers=headers)
            await ask(pool, b"POST", b"/", headers=[])
            await ask(pool, b"DELETE", b"/", headers=[])
        assert seen == [
            b"GET /p?q=1 HTTP/1.1\r\nHost: h\r\nX: 1\r\nx: a  Y: b\r\n\r\n",
            b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
            b"DELETE / HTTP/1.1\r\n\r\n",
        ]

    run(test())


def test_a_target_never_ends_the_request_line_early(run: Run) -> None:
    async def test() -> None:
        seen: list[bytes] = []
        async with backend(answering(OK, seen=seen)) as origin:
            await ask(pool_to(origin), b"GET", b"/a b\r\nX: y", headers=[])
        assert seen == [b"GET /a%20b%0D%0AX:%20y HTTP/1.1\r\n\r\n"]

    run(test())


def test_an_answer_that_says_close_ends_the_connection(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")) as origin:
            pool = pool_to(origin)
            for _ in range(2):
                assert await ask_all(pool) == (200, b"ok")
                assert pool._open == 0
            assert origin.connections == 2

    run(test())


def test_nobody_listening_is_unreachable(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin)
        with pytest.raises(UpstreamUnreachable, match=f"127.0.0.1:{origin.port}"):
            await ask(pool)
        assert pool._open == 0

    run(test())


def test_no_such_host_is_unreachable(run: Run) -> None:
    async def test() -> None:
        for host in ("no-such-host.invalid", "a" * 70 + ".example", ""):
            with pytest.raises(UpstreamUnreachable):
                await ask(Pool("http", host, 1))

    run(test())


def test_a_connection_that_cannot_be_opened_in_time_is_a_time_out(run: Run) -> None:
    async def test() -> None:
        # A listening socket whose queue is full answers no more.
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            fillers = [socket.socket() for _ in range(4)]
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(full.getsockname())
            pool = Pool("http", *full.getsockname())
            with pytest.raises(UpstreamTimeout):
                await ask(pool, timeout=0.1)
            assert pool._open == 0
            for filler in fillers:
                filler.close()

    run(test())


def test_a_pool_that_nobody_holds_goes_with_its_connections(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            key = ("http", "127.0.0.1", origin.port)
            await ask_all(pool_for(*key))
            gc.collect()
            assert len(pool_for(*key)._idle) == 1, "its idle connection holds it"

    run(test())
