"""One endpoint's connections among its targets: one that hangs fills its own share, many leave something over."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from dataplane import spawn
from dataplane.exchange import ClientGone
from dataplane.faults import UpstreamTimeout, UpstreamUnreachable
from dataplane.mapping.uri import Origin
from dataplane.settings import Limits
from dataplane.upstream.answer import Answer
from dataplane.upstream.shares import Share, SharedEndpoint, share_of
from tests.dataplane.loops import Run
from tests.dataplane.sides import Backend, backend, read_head, spawned, until
from tests.dataplane.upstream.origins import OK, answering

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"


def endpoint_at(origin: Backend, **limits: int) -> SharedEndpoint:
    return SharedEndpoint(Origin("http", "127.0.0.1", origin.port), limits=Limits(**limits))


async def send(share: Share, path: bytes = b"/", *, timeout: float = 5.0) -> bytes:
    answer = await share.send(b"POST", path, [(b"Host", b"h")], b"", timeout=timeout)
    return await answer.body.read()


class Targets:
    """A backend: each path is a target, which hangs until it may answer so many."""

    def __init__(self) -> None:
        self.asked: Counter[bytes] = Counter()
        self._may: dict[bytes, asyncio.Semaphore] = {}

    def answer(self, path: bytes, count: int = 1) -> None:
        for _ in range(count):
            self._semaphore(path).release()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            path = (await read_head(reader)).split(b" ")[1]
            self.asked[path] += 1
            if path != b"/well":
                await self._semaphore(path).acquire()
            writer.write(OK)

    def _semaphore(self, path: bytes) -> asyncio.Semaphore:
        return self._may.setdefault(path, asyncio.Semaphore(0))


def asking(share: Share, path: bytes, count: int) -> list["asyncio.Future[Any]"]:
    return [asyncio.ensure_future(spawned(send(share, path))) for _ in range(count)]


def test_a_target_that_hangs_fills_its_share_and_another_is_answered_at_once(run: Run) -> None:
    async def test() -> None:
        targets = Targets()
        async with backend(targets) as origin:
            endpoint = endpoint_at(origin, upstream_connections=3)
            hanging, well = endpoint.share(("hanging",)), endpoint.share(("well",))
            stuck = asking(hanging, b"/hangs", 10)
            await until(lambda: targets.asked[b"/hangs"] == 3)
            for _ in range(5):
                assert await spawned(send(well, b"/well")) == b"ok"
            assert targets.asked == {b"/hangs": 3, b"/well": 5}
            assert origin.connections == 4
            targets.answer(b"/hangs", 10)
            assert await asyncio.gather(*stuck) == [b"ok"] * 10
            assert (hanging.in_use, endpoint._in_use, origin.connections) == (0, 0, 4)

    run(test())


def test_an_idle_connection_serves_any_target(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            endpoint = endpoint_at(origin)
            for target in ("a", "b", "c"):
                assert await spawned(send(endpoint.share((target,)))) == b"ok"
            assert origin.connections == 1

    run(test())


def test_however_many_hang_something_is_left_for_the_next(run: Run) -> None:
    """Each may have less than what is left: of six 3, then 2, then 1."""

    async def test() -> None:
        targets = Targets()
        async with backend(targets) as origin:
            endpoint = endpoint_at(origin, upstream_connections=5, endpoint_connections=6)
            shares = [endpoint.share((name,)) for name in "abc"]
            stuck = []
            for share, path, has in zip(shares, (b"/a", b"/b", b"/c"), (3, 2, 1), strict=True):
                stuck += asking(share, path, 4)
                await until(lambda path=path, has=has: targets.asked[path] == has)  # type: ignore[misc]
            assert [share.in_use for share in shares] == [3, 2, 1]
            assert origin.connections == 6
            for path in (b"/a", b"/b", b"/c"):
                targets.answer(path, 4)
            assert await asyncio.gather(*stuck) == [b"ok"] * 12
            assert (endpoint._in_use, endpoint._waiting, origin.connections) == (0, {}, 6)

    run(test())


def test_what_gets_free_is_for_the_target_that_has_the_least(run: Run) -> None:
    async def test() -> None:
        targets = Targets()
        async with backend(targets) as origin:
            endpoint = endpoint_at(origin, upstream_connections=2, endpoint_connections=4)
            shares = [endpoint.share((name,)) for name in "abc"]
            stuck = [*asking(shares[0], b"/a", 9), *asking(shares[1], b"/b", 9)]
            await until(lambda: targets.asked == {b"/a": 2, b"/b": 1})
            late = [*asking(shares[2], b"/c", 1), *asking(endpoint.share(("d",)), b"/d", 1)]
            await until(lambda: targets.asked[b"/c"] == 1)
            targets.answer(b"/a")
            await until(lambda: targets.asked[b"/d"] == 1)
            assert targets.asked == {b"/a": 2, b"/b": 1, b"/c": 1, b"/d": 1}, "eight wait for the first, since long"
            for path in (b"/a", b"/b", b"/c", b"/d"):
                targets.answer(path, 9)
            assert await asyncio.gather(*stuck, *late) == [b"ok"] * 20

    run(test())


def test_so_many_may_wait_for_a_target_and_no_other_is_refused_for_it(run: Run) -> None:
    async def test() -> None:
        targets = Targets()
        async with backend(targets) as origin:
            endpoint = endpoint_at(origin, upstream_connections=1, upstream_waiters=2)
            hanging, other = endpoint.share(("hanging",)), endpoint.share(("other",))
            stuck = asking(hanging, b"/hangs", 3)
            await until(lambda: len(hanging._waiters) == 2)
            with pytest.raises(UpstreamUnreachable, match="wait for the backend already"):
                await spawned(send(hanging, b"/hangs"))
            waiting = asking(other, b"/other", 3)
            await until(lambda: len(other._waiters) == 2)
            targets.answer(b"/hangs", 3)
            targets.answer(b"/other", 3)
            assert await asyncio.gather(*stuck, *waiting) == [b"ok"] * 6

    run(test())


def test_waiting_for_a_share_is_part_of_the_time(run: Run) -> None:
    async def test() -> None:
        targets = Targets()
        async with backend(targets) as origin:
            endpoint = endpoint_at(origin, upstream_connections=1)
            share = endpoint.share(("a",))
            [stuck] = asking(share, b"/a", 1)
            await until(lambda: targets.asked[b"/a"] == 1)
            with pytest.raises(UpstreamTimeout, match="were busy"):
                await spawned(send(share, b"/a", timeout=0.05))
            assert (len(share._waiters), endpoint._waiting) == (0, {})
            targets.answer(b"/a")
            await stuck
            with pytest.raises(UpstreamTimeout, match="no whole answer in time"):
                await spawned(send(share, b"/a", timeout=0.05))
            assert endpoint._in_use == 0

    run(test())


def test_who_gives_up_leaves_no_count_behind(run: Run) -> None:
    async def test() -> None:
        targets = Targets()
        async with backend(targets) as origin:
            endpoint = endpoint_at(origin, upstream_connections=1)
            share = endpoint.share(("a",))
            asked, waits, next_one = (spawn.start(send(share, b"/a")) for _ in range(3))
            assert asked is not None and waits is not None and next_one is not None
            await until(lambda: targets.asked[b"/a"] == 1)
            asked.give_up(ClientGone())  # the second is told that it may
            waits.give_up(ClientGone())  # and does not want to any more: the third may
            await until(lambda: targets.asked[b"/a"] == 2)
            assert (share.in_use, endpoint._waiting) == (1, {})
            next_one.give_up(ClientGone())
            assert (share.in_use, endpoint._in_use) == (0, 0)

    run(test())


def test_a_target_that_cannot_be_reached_leaves_no_count_behind(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            endpoint = endpoint_at(origin)
        share = endpoint.share(("a",))
        with pytest.raises(UpstreamUnreachable):
            await spawned(send(share))
        assert (share.in_use, endpoint._in_use) == (0, 0)

    run(test())


@pytest.mark.parametrize("end", ["comes", "closed", "breaks", "ends with the connection"])
def test_a_share_is_in_use_until_the_answer_has_come_or_never_will(end: str, run: Run) -> None:
    async def test() -> None:
        go_on = asyncio.Event()

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_head(reader)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\no" if end == "ends with the connection" else HEAD + b"o")
            await go_on.wait()
            if end != "breaks":
                writer.write(b"k")
            if end != "comes":
                writer.close()

        async with backend(script) as origin:
            share = endpoint_at(origin).share(("a",))
            answer = await spawned(share.send(b"GET", b"/", [], b"", timeout=5))
            assert isinstance(answer, Answer)
            assert share.in_use == 1
            if end == "closed":
                answer.close()
            go_on.set()
            await until(lambda: share.in_use == 0)
            await asyncio.sleep(0.02)
            assert share.in_use == 0, "and nothing is counted twice"

    run(test())


def test_a_target_has_one_share_while_anybody_holds_it_and_none_is_kept_after() -> None:
    origin = Origin("http", "127.0.0.1", 1)
    share = share_of(origin, ("lambda", "us-east-1", "pets"))
    endpoint = share._endpoint
    assert share_of(origin, ("lambda", "us-east-1", "pets")) is share
    others = [share_of(origin, ("lambda", "us-east-1", f"pets:{version}")) for version in range(100)]
    assert {other._endpoint for other in others} == {endpoint}
    assert len({share, *others}) == len(endpoint._shares) == 101
    assert share_of(Origin("http", "127.0.0.1", 2), ("lambda", "us-east-1", "pets"))._endpoint is not endpoint
    del others
    assert len(endpoint._shares) == 1
