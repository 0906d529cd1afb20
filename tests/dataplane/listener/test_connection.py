"""Request bodies: 100-continue, limits, back-pressure, what happens to what nobody takes."""

import asyncio
from typing import Any

import pytest

from dataplane.exchange import ClientGone, Exchange
from tests.dataplane.listener.handlers import answer_length, time_passes
from tests.dataplane.loops import Run
from tests.dataplane.sides import SOON, serving, until, within

MEGABYTE = 1024 * 1024


async def ignore_body(exchange: Exchange) -> None:
    exchange.responder.send(200, [], b"ignored")


def post(length: int, extra: bytes = b"") -> bytes:
    return b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n%b\r\n" % (length, extra)


def test_a_small_body_has_arrived_when_the_handler_begins(run: Run) -> None:
    async def test() -> None:
        async def handle(exchange: Exchange) -> None:
            assert exchange.body.length == 3
            exchange.responder.send(200, [], exchange.body.whole() or b"")

        async with serving(handle) as house, house.client() as client:
            assert (await client.ask(post(3) + b"abc")).body == b"abc"

    run(test())


def test_a_body_that_was_read_can_be_read_again(run: Run) -> None:
    async def test() -> None:
        async def handle(exchange: Exchange) -> None:
            assert exchange.body.whole() is None
            first = await exchange.body.read()
            assert exchange.body.whole() == first == await exchange.body.read()
            exchange.responder.send(200, [], first)

        async with serving(handle) as house, house.client() as client:
            client.say(post(6) + b"abc")
            await until(lambda: house.server.requests)
            client.say(b"def")
            assert (await client.reply()).body == b"abcdef"

    run(test())


def test_100_continue_is_sent_when_the_body_is_first_asked_for(run: Run) -> None:
    async def test() -> None:
        async with serving(answer_length) as house, house.client() as client:
            assert (await client.ask(post(3, b"Expect: 100-Continue\r\n"))).status == 100
            assert (await client.ask(b"abc")).body == b"3"
            assert (await client.ask(post(1) + b"a")).body == b"1"

    run(test())


def test_without_interest_in_the_body_there_is_no_100_and_the_connection_closes(run: Run) -> None:
    async def test() -> None:
        async with serving(ignore_body) as house, house.client() as client:
            reply = await client.ask(post(3, b"Expect: 100-continue\r\n"))
            assert (reply.status, reply.headers["connection"]) == (200, "close")
            assert await client.ended() == b""

    run(test())


def test_http_1_0_knows_no_100_continue(run: Run) -> None:
    """RFC 9110 10.1.1: the expectation is ignored."""

    async def test() -> None:
        async with serving(answer_length) as house, house.client() as client:
            client.say(post(3, b"Expect: 100-continue\r\n").replace(b"HTTP/1.1", b"HTTP/1.0"))
            await until(lambda: house.server.requests)
            assert (await client.ask(b"abc")).body == b"3"

    run(test())


def test_a_declared_length_over_the_limit_is_a_fault_before_the_body_comes(run: Run) -> None:
    async def test() -> None:
        async with serving(answer_length) as house, house.client() as client:
            reply = await client.ask(post(11 * MEGABYTE, b"Expect: 100-continue\r\n"))
            assert (reply.status, reply.headers["connection"]) == (413, "close")
            assert await client.ended() == b""

    run(test())


def test_a_client_that_is_refused_while_it_sends_still_gets_its_answer(run: Run) -> None:
    async def test() -> None:
        async with serving(answer_length) as house, house.client() as client:
            client.say(post(11 * MEGABYTE) + b"x" * (11 * MEGABYTE))
            assert (await client.reply()).status == 413
            assert await client.ended() == b""

    run(test())


def test_a_chunked_body_is_a_fault_when_its_count_passes_the_limit(run: Run) -> None:
    async def test() -> None:
        async with serving(answer_length, body_bytes=1000) as house, house.client() as client:
            client.say(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            client.say(b"258\r\n" + b"a" * 600 + b"\r\n")
            await asyncio.sleep(0.02)
            client.say(b"258\r\n" + b"a" * 600 + b"\r\n")
            assert (await client.reply()).status == 413
            assert await client.ended() == b""

    run(test())


def test_the_largest_body_is_taken(run: Run) -> None:
    async def test() -> None:
        async with serving(answer_length) as house, house.client() as client:
            client.say(post(10 * MEGABYTE) + b"x" * (10 * MEGABYTE))
            assert (await client.reply()).body == b"10485760"
            assert (await client.ask(post(0))).body == b"0"

    run(test())


def test_a_small_untaken_body_is_passed_over(run: Run) -> None:
    async def test() -> None:
        async with serving(ignore_body) as house, house.client() as client:
            for _ in range(3):
                reply = await client.ask(post(1000) + b"x" * 400)
                assert (reply.status, reply.headers["connection"]) == (200, "keep-alive")
                client.say(b"y" * 600)
            assert (await client.ask(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")).status == 200

    run(test())


@pytest.mark.parametrize("head", [post(MEGABYTE), b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"])
def test_a_large_or_endless_untaken_body_ends_the_connection(run: Run, head: bytes) -> None:
    async def test() -> None:
        async with serving(ignore_body, linger_seconds=0.2) as house, house.client() as client:
            reply = await client.ask(head)
            assert (reply.status, reply.headers["connection"]) == (200, "close")
            await until(lambda: house.server.connections == 0)

    run(test())


def test_the_body_of_a_pipelined_request_is_not_its_predecessors(run: Run) -> None:
    async def test() -> None:
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def handle(exchange: Exchange) -> None:
            if exchange.http_method == "GET":
                await opened
            await answer_length(exchange)

        async with serving(handle) as house, house.client() as client:
            client.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + post(MEGABYTE) + b"x" * 1000)
            await asyncio.sleep(0.05)
            opened.set_result(None)
            assert (await client.reply()).headers["connection"] == "keep-alive"
            client.say(b"x" * (MEGABYTE - 1000))
            assert (await client.reply()).body == b"1048576"

    run(test())


def test_a_body_that_nobody_takes_waits_at_the_client(run: Run) -> None:
    async def test() -> None:
        begun = asyncio.Event()
        go_on = asyncio.Event()
        taken = []

        async def handle(exchange: Exchange) -> None:
            begun.set()
            await asyncio.get_running_loop().create_task(go_on.wait())
            while piece := await exchange.body.chunk():
                taken.append(len(piece))
            exchange.responder.send(200, [], b"")

        async with serving(handle, stream_bytes=64 * 1024) as house, house.client() as client:
            client.writer.transport.set_write_buffer_limits(high=0)
            client.say(post(9 * MEGABYTE) + b"x" * (9 * MEGABYTE))
            await within(begun.wait())
            await asyncio.sleep(0.1)
            (connection,) = house.server._open
            arriving = connection._reader.arriving
            assert arriving is not None and arriving._held <= 64 * 1024 + 256 * 1024
            assert client.writer.transport.get_write_buffer_size() > 0
            go_on.set()
            assert (await client.reply()).status == 200
            assert sum(taken) == 9 * MEGABYTE
            assert max(taken) <= 64 * 1024 + 256 * 1024

    run(test())


def test_a_handler_that_waits_for_the_body_of_a_client_that_goes_ends(run: Run) -> None:
    async def test() -> None:
        ends = []

        async def handle(exchange: Exchange) -> None:
            try:
                await exchange.body.read()
            except ClientGone:
                ends.append("gone")
                raise

        async with serving(handle) as house:
            async with house.client() as client:
                client.say(post(10) + b"abc")
                await until(lambda: house.server.requests)
            await until(lambda: ends == ["gone"])

    run(test())


def test_a_body_has_to_move_so_much_in_its_time_and_again(run: Run) -> None:
    async def test() -> None:
        async with serving(answer_length, stall_bytes=100) as house, house.client() as client:
            client.say(post(1_000))
            await until(lambda: house.server.requests)
            (connection,) = house.server._open
            for _ in range(8):
                received = connection._reader.received
                client.say(b"x" * 100)
                await until(lambda received=received: connection._reader.received == received + 100)  # type: ignore[misc]
                time_passes(house)
                assert not connection.transport.is_closing()
            time_passes(house)
            assert await client.ended() == b""

    run(test())


def test_a_body_that_trickles_is_given_up(run: Run) -> None:
    async def test() -> None:
        async with serving(answer_length, stall_seconds=0.2) as house, house.client() as client:
            client.say(post(1_000))

            async def trickle() -> None:
                while house.server.connections:
                    client.say(b"x")
                    await asyncio.sleep(0.02)

            await within(trickle(), SOON)

    run(test())


def test_a_client_is_not_to_blame_while_its_body_waits_for_the_gateway(run: Run) -> None:
    async def test() -> None:
        gate = asyncio.Event()

        async def late(exchange: Exchange) -> None:
            await asyncio.ensure_future(gate.wait())
            await answer_length(exchange)

        async with serving(late) as house, house.client() as client:
            client.say(post(300_000) + b"x" * 200_000)
            await until(lambda: house.server.requests)
            for _ in range(3):
                time_passes(house)
            gate.set()
            assert (await client.ask(b"x" * 100_000)).body == b"300000"

    run(test())


class Flood:
    """Writes as long as the client takes it."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces
        self.written = 0
        self.ended = ""

    async def handle(self, exchange: Exchange) -> None:
        responder = exchange.responder
        responder.start(200, [], None)
        try:
            for _ in range(self.pieces):
                wait = responder.write(b"x" * 16384)
                self.written += 16384
                if wait is not None:
                    await wait
        except ClientGone:
            self.ended = "gone"
            raise
        responder.finish()
        self.ended = "finished"


async def standing_still(flood: Flood) -> None:
    while True:
        before = flood.written
        await asyncio.sleep(0.1)
        if before and flood.written == before:
            return


def test_writing_waits_for_a_slow_reader(run: Run) -> None:
    async def test() -> None:
        flood = Flood(400)
        async with serving(flood.handle) as house, house.client(receive_buffer=4096) as client:
            client.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await within(standing_still(flood))
            (connection,) = house.server._open
            assert connection.transport.get_write_buffer_size() < 256 * 1024 + 32 * 1024
            reply = await client.reply()
            assert len(reply.body) == 400 * 16384
            assert flood.ended == "finished"

    run(test())


def test_a_slow_reader_that_goes_raises_client_gone_in_the_writer(run: Run) -> None:
    async def test() -> None:
        flood = Flood(100_000)
        async with serving(flood.handle) as house:
            async with house.client(receive_buffer=4096) as client:
                client.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                await within(standing_still(flood))
            await until(lambda: flood.ended == "gone")

    run(test())


def test_a_reader_that_stands_still_is_given_up(run: Run) -> None:
    async def test() -> None:
        flood = Flood(100_000)
        async with serving(flood.handle, stall_seconds=0.2) as house, house.client(receive_buffer=4096) as client:
            client.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await until(lambda: flood.ended == "gone", SOON)

    run(test())


def test_a_reader_that_takes_too_little_is_given_up(run: Run) -> None:
    async def test() -> None:
        flood = Flood(100_000)
        limits: dict[str, Any] = {"stall_seconds": 0.3, "stall_bytes": 100 * MEGABYTE}
        async with serving(flood.handle, **limits) as house, house.client(receive_buffer=4096) as client:
            client.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

            async def sip() -> None:
                while house.server.connections:
                    await client.reader.read(1024)
                    await asyncio.sleep(0.01)

            await within(sip(), SOON)
            assert flood.ended == "gone"

    run(test())


# On the loop that serves: asyncio's writelines tells nobody that its buffer is full in Python 3.12.1 and 3.13.0.
@pytest.mark.parametrize("run", ["uvloop"], indirect=True)
def test_the_next_request_waits_until_a_large_answer_has_left(run: Run) -> None:
    async def test() -> None:
        async def handle(exchange: Exchange) -> None:
            exchange.responder.send(200, [], b"x" * (4 * MEGABYTE))

        async with serving(handle) as house, house.client(receive_buffer=4096) as client:
            client.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 10)
            await asyncio.sleep(0.2)
            assert house.server.requests <= 2
            for _ in range(10):
                assert len((await client.reply()).body) == 4 * MEGABYTE

    run(test())
