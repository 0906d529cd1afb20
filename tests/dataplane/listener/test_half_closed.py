"""Clients that close their sending side: those that read on, and those that have left, whose FIN looks alike."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from dataplane.exchange import ClientGone, Exchange
from tests.dataplane.listener.handlers import answer_length, time_passes
from tests.dataplane.loops import Run
from tests.dataplane.sides import SECONDS, Client, House, serving, until

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
NEVER: dict[str, Any] = {"linger_seconds": 2 * SECONDS, "idle_seconds": 2 * SECONDS}  # what would end it later


class Slow:
    """Answers after a while, in as many pieces as there are."""

    def __init__(self, *pieces: bytes, seconds: float = 0.1) -> None:
        self._pieces = pieces
        self._seconds = seconds
        self.gone = 0

    async def handle(self, exchange: Exchange) -> None:
        loop, responder = asyncio.get_running_loop(), exchange.responder
        try:
            body = await exchange.body.read()
            for number, piece in enumerate(self._pieces):
                later = loop.create_future()
                loop.call_later(self._seconds, later.set_result, None)
                await later
                if number == 0:
                    responder.start(200, [], None)
                responder.write(piece)
            responder.finish()
        except ClientGone:
            self.gone += 1
            raise
        assert len(body) in (0, 5)


async def shut(house: House, client: Client, said: bytes) -> None:
    """Say it, and that this is all; the server has read it by then."""
    client.say(said)
    await until(lambda: house.server.requests)
    client.writer.write_eof()


@pytest.mark.parametrize("said", [GET, POST + b"12345"], ids=["no body", "a body"])
def test_what_was_asked_for_whole_is_answered(run: Run, said: bytes) -> None:
    async def test() -> None:
        async with serving(Slow(b"one", b"two").handle) as house, house.client() as client:
            await shut(house, client, said)
            assert (await client.reply()).body == b"onetwo"
            assert await client.ended() == b""

    run(test())


def test_its_last_answer_says_that_the_connection_ends(run: Run) -> None:
    async def test() -> None:
        async with serving(Slow(b"one").handle) as house, house.client() as client:
            await shut(house, client, GET)
            assert (await client.reply()).headers["connection"] == "close"
            await until(lambda: house.server.connections == 0)

    run(test())


def test_an_answer_that_had_begun_to_promise_more_ends_the_connection_all_the_same(run: Run) -> None:
    async def test() -> None:
        async with serving(Slow(b"one", b"two").handle) as house, house.client() as client:
            client.say(GET)
            head = await client.reader.readuntil(b"one\r\n")
            assert b"Connection: keep-alive" in head
            client.writer.write_eof()
            assert await client.ended() == b"3\r\ntwo\r\n0\r\n\r\n"

    run(test())


def test_all_of_a_pipeline_are_answered(run: Run) -> None:
    async def test() -> None:
        async with serving(Slow(b"x", seconds=0.02).handle) as house, house.client() as client:
            await shut(house, client, (GET + POST + b"12345") * 3)
            kept = [(await client.reply()).headers["connection"] for _ in range(6)]
            assert kept == [*["keep-alive"] * 5, "close"]
            assert await client.ended() == b""

    run(test())


@pytest.mark.parametrize("cut", [GET[:9], GET[:-2], POST + b"123"], ids=["in a line", "in a head", "in a body"])
def test_what_is_cut_off_behind_it_is_dropped(run: Run, cut: bytes) -> None:
    async def test() -> None:
        async with serving(Slow(b"x").handle) as house, house.client() as client:
            await shut(house, client, GET + cut)
            assert (await client.reply()).body == b"x"
            assert await client.ended() == b""
            assert house.server.requests <= 2  # one with a body that does not come may have begun

    run(test())


def test_what_is_malformed_behind_it_is_refused_in_its_turn(run: Run) -> None:
    async def test() -> None:
        async with serving(Slow(b"x").handle, **NEVER) as house, house.client() as client:
            await shut(house, client, GET + b"no HTTP\r\n\r\n")
            assert (await client.reply()).body == b"x"
            refused = await client.reply()
            assert (refused.status, refused.headers["connection"]) == (400, "close")
            assert await client.ended() == b""
            await until(lambda: house.server.connections == 0)  # nobody lingers for what cannot come

    run(test())


def test_who_cuts_a_body_off_has_gone(run: Run) -> None:
    async def test() -> None:
        slow = Slow(b"x")
        async with serving(slow.handle) as house, house.client() as client:
            await shut(house, client, POST + b"123")
            await until(lambda: slow.gone == 1)
            assert await client.ended() == b""

    run(test())


@pytest.mark.parametrize("said", [b"", b"GET", GET[:-2]], ids=["nothing", "half a line", "half a head"])
def test_who_has_asked_for_nothing_whole_is_let_go_at_once(run: Run, said: bytes) -> None:
    async def test() -> None:
        async with serving(answer_length) as house, house.client() as client:
            client.say(said)
            await until(lambda: house.server.connections == 1)
            client.writer.write_eof()
            assert await client.ended() == b""
            await until(lambda: house.server.connections == 0)

    run(test())


def test_who_has_all_answers_is_let_go_at_once(run: Run) -> None:
    async def test() -> None:
        async with serving(answer_length, **NEVER) as house, house.client() as client:
            await client.ask(GET)
            client.writer.write_eof()
            await until(lambda: house.server.connections == 0)

    run(test())


def test_a_large_answer_is_read_to_its_end(run: Run) -> None:
    async def large(exchange: Exchange) -> None:
        exchange.responder.send(200, [], b"x" * 3_000_000)

    async def test() -> None:
        async with serving(large) as house, house.client(receive_buffer=4096) as client:
            await shut(house, client, GET * 2)
            assert [len((await client.reply()).body) for _ in range(2)] == [3_000_000] * 2
            assert await client.ended() == b""

    run(test())


class Dictated:
    """Says what it is told to say."""

    def __init__(self) -> None:
        self.exchange: Exchange | None = None
        self.gone = False
        self._end: asyncio.Future[None] | None = None

    async def handle(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._end = asyncio.get_running_loop().create_future()
        try:
            await self._end
        except ClientGone:
            self.gone = True
            raise
        exchange.responder.finish()

    def say(self, piece: bytes) -> None:
        assert self.exchange is not None
        if not self.exchange.responder.started:
            self.exchange.responder.start(200, [], None)
        self.exchange.responder.write(piece)

    def end(self) -> None:
        assert self._end is not None
        self._end.set_result(None)


@asynccontextmanager
async def half_closed(dictated: Dictated) -> AsyncIterator[tuple[House, Client]]:
    async with serving(dictated.handle) as house, house.client() as client:
        await shut(house, client, GET)
        (connection,) = house.server._open
        await until(lambda: connection._incoming.shut)
        yield house, client


def test_an_answer_that_does_not_begin_in_its_time_is_given_up(run: Run) -> None:
    async def test() -> None:
        dictated = Dictated()
        async with half_closed(dictated) as (house, client):
            time_passes(house)
            assert await client.ended() == b""
            assert dictated.gone

    run(test())


def test_an_answer_that_stands_still_is_given_up(run: Run) -> None:
    async def test() -> None:
        dictated = Dictated()
        async with half_closed(dictated) as (house, client):
            dictated.say(b"event")
            time_passes(house)
            await client.reader.readuntil(b"event\r\n")
            assert not dictated.gone
            time_passes(house)
            assert await client.ended() == b""
            await until(lambda: dictated.gone)

    run(test())


def test_an_answer_that_moves_may_take_longer(run: Run) -> None:
    async def test() -> None:
        dictated = Dictated()
        async with half_closed(dictated) as (house, client):
            for _ in range(5):
                dictated.say(b"event")
                time_passes(house)
            dictated.end()
            assert (await client.reply()).body == b"event" * 5
            assert await client.ended() == b""

    run(test())


def test_who_reads_on_as_usual_may_wait_for_as_long_as_it_takes(run: Run) -> None:
    async def test() -> None:
        dictated = Dictated()
        async with serving(dictated.handle) as house, house.client() as client:
            client.say(GET)
            await until(lambda: house.server.requests)
            for _ in range(3):
                time_passes(house)
            dictated.say(b"late")
            dictated.end()
            assert (await client.reply()).body == b"late"

    run(test())


def test_who_has_left_is_found_gone_when_something_is_written(run: Run) -> None:
    async def test() -> None:
        slow = Slow(*[b"x"] * 100, seconds=0.02)
        async with serving(slow.handle) as house, house.client() as client:
            await shut(house, client, GET)
            client.close()
            await until(lambda: slow.gone == 1)
            assert house.server.connections == 0

    run(test())
