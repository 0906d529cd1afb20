"""Scripted name servers: who waits for them, and who does not."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from dataplane.faults import UpstreamTimeout, UpstreamUnreachable
from dataplane.settings import Limits
from dataplane.upstream import resolver as module
from dataplane.upstream.pool import Pool
from dataplane.upstream.resolver import Addresses, Resolver, look_up
from tests.dataplane.loops import Run
from tests.dataplane.sides import backend, until, within
from tests.dataplane.upstream.origins import OK, answering, ask, ask_all


class NameServer:
    def __init__(self, **names: Addresses | Exception) -> None:
        self.names = names
        self.asked: list[str] = []
        self.answers = threading.Event()

    def look_up(self, host: str) -> Addresses:
        self.asked.append(host)
        found = self.names.get(host)
        if found is None:
            assert self.answers.wait(20)
            return ("127.0.0.1",)
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def server() -> Iterator[NameServer]:
    """Knows one name; asked for another, it hangs until the test is over."""
    server = NameServer(known=("127.0.0.1", "::1"))
    yield server
    server.answers.set()


def test_the_c_library_gives_each_address_once() -> None:
    found = look_up("localhost")
    assert set(found) <= {"127.0.0.1", "::1"}
    assert len(set(found)) == len(found) > 0


def test_an_address_is_not_looked_up(run: Run, server: NameServer) -> None:
    async def test() -> None:
        resolver = Resolver(server.look_up)
        assert [*await resolver.addresses("10.0.0.1"), *await resolver.addresses("::1")] == ["10.0.0.1", "::1"]
        assert server.asked == []

    run(test())


def test_a_name_is_looked_up_again_when_its_answer_is_no_longer_fresh(run: Run, server: NameServer) -> None:
    async def test() -> None:
        resolver = Resolver(server.look_up)
        for _ in range(3):
            assert await resolver.addresses("known") == ("127.0.0.1", "::1")
        assert server.asked == ["known"]
        server.names["known"] = ("127.0.0.2",)
        known, now = resolver._known["known"], asyncio.get_running_loop().time()
        assert now < known.until <= now + module.FRESH_SECONDS
        resolver._known["known"] = known._replace(until=now)
        assert await resolver.addresses("known") == ("127.0.0.2",)
        assert server.asked == ["known", "known"]

    run(test())


def test_names_that_hang_hold_up_no_other(run: Run, server: NameServer) -> None:
    async def test() -> None:
        resolver = Resolver(server.look_up)
        hanging = [asyncio.ensure_future(resolver.addresses(f"hangs-{n}")) for n in range(100)]
        await asyncio.sleep(0)
        assert await within(resolver.addresses("known")) == ("127.0.0.1", "::1")
        for waiting in hanging:
            waiting.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)

    run(test())


def test_a_name_that_hangs_is_asked_for_once_by_all(run: Run, server: NameServer) -> None:
    async def test() -> None:
        resolver = Resolver(server.look_up)
        waiting = [asyncio.ensure_future(resolver.addresses("slow")) for _ in range(50)]
        await until(lambda: server.asked)
        waiting.pop().cancel()  # one who goes takes nothing from the others
        server.answers.set()
        assert set(await asyncio.gather(*waiting)) == {("127.0.0.1",)}
        assert server.asked == ["slow"]

    run(test())


def test_more_look_ups_than_there_may_be_are_refused_at_once(
    run: Run, server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 3)

    async def test() -> None:
        resolver = Resolver(server.look_up)
        hanging = [asyncio.ensure_future(resolver.addresses(f"hangs-{n}")) for n in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(UpstreamUnreachable):
            await resolver.addresses("one-more")
        server.answers.set()
        await asyncio.gather(*hanging)
        assert await resolver.addresses("one-more") == ("127.0.0.1",)

    run(test())


@pytest.mark.parametrize("trouble", [None, socket.gaierror(socket.EAI_AGAIN, "no answer")])
def test_a_name_server_that_hangs_or_is_away_takes_no_backend_away(
    run: Run, server: NameServer, monkeypatch: pytest.MonkeyPatch, trouble: Exception | None
) -> None:
    monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)

    async def test() -> None:
        resolver = Resolver(server.look_up)
        before = await resolver.addresses("known")
        del server.names["known"]
        if trouble is not None:
            server.names["known"] = trouble
        for _ in range(2):
            assert await within(resolver.addresses("known")) == before
        server.answers.set()
        await asyncio.sleep(0.05)

    run(test())


def test_a_name_that_is_gone_is_gone(run: Run, server: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)

    async def test() -> None:
        resolver = Resolver(server.look_up)
        await resolver.addresses("known")
        server.names["known"] = socket.gaierror(socket.EAI_NONAME, "no such name")
        with pytest.raises(socket.gaierror):
            await resolver.addresses("known")

    run(test())


# through the pool


def test_waiting_for_a_name_is_part_of_the_time(run: Run, server: NameServer) -> None:
    async def test() -> None:
        pool = Pool("http", "hangs", 80, resolver=Resolver(server.look_up))
        with pytest.raises(UpstreamTimeout):
            await within(ask(pool, timeout=0.1))
        assert pool._open == 0
        server.answers.set()
        await asyncio.sleep(0.05)

    run(test())


def test_the_next_address_is_tried_when_one_refuses(run: Run, server: NameServer) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            server.names["two"] = ("127.0.0.2", "127.0.0.1")
            pool = Pool("http", "two", origin.port, resolver=Resolver(server.look_up))
            assert await ask_all(pool) == (200, b"ok")

    run(test())


def test_a_connection_that_is_old_is_not_kept_so_that_new_addresses_are_used(
    run: Run, server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FRESH_SECONDS", 0.0)

    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = Pool("http", "known", origin.port, resolver=Resolver(server.look_up))
            await ask_all(pool)
            await ask_all(pool)
            assert origin.connections == 1
            (connection,) = pool._idle
            connection._old_at -= Limits().upstream_age_seconds + 1
            await ask_all(pool)  # the last one on the old connection
            assert pool._open == 0
            await ask_all(pool)
            assert (origin.connections, server.asked) == (2, ["known", "known"])

    run(test())
