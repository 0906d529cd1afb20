"""Connections: kept, pipelined, counted, drained, timed out."""

import asyncio
import contextlib
import errno
from typing import Any

import pytest

from dataplane.exchange import ClientGone, Exchange
from tests.dataplane.listener.handlers import time_passes
from tests.dataplane.loops import Run
from tests.dataplane.sides import SECONDS, SOON, serving, until, within

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"


async def say_path(exchange: Exchange) -> None:
    exchange.responder.send(200, [], exchange.path)


class Gate:
    """A handler that waits until it is told to answer."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Exchange, asyncio.Future[None]]] = []
        self.gone = 0

    async def handle(self, exchange: Exchange) -> None:
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((exchange, opened))
        try:
            await opened
        except ClientGone:
            self.gone += 1
            raise
        exchange.responder.send(200, [], exchange.path)

    def open(self) -> None:
        self.waiting.pop(0)[1].set_result(None)


def test_a_connection_is_kept_between_requests(run: Run) -> None:
    async def test() -> None:
        async with serving(say_path) as house, house.client() as client:
            for path in (b"/one", b"/two", b"/three"):
                reply = await client.ask(b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path)
                assert (reply.status, reply.body) == (200, path)
                assert reply.headers["connection"] == "keep-alive"
            assert (house.server.connections, house.server.requests) == (1, 3)

    run(test())


def test_a_client_that_asks_for_close_gets_it(run: Run) -> None:
    async def test() -> None:
        async with serving(say_path) as house, house.client() as client:
            reply = await client.ask(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert reply.headers["connection"] == "close"
            assert await client.ended() == b""

    run(test())


def test_http_1_0_closes_unless_it_asks_to_be_kept(run: Run) -> None:
    async def test() -> None:
        async with serving(say_path) as house:
            async with house.client() as client:
                assert (await client.ask(b"GET / HTTP/1.0\r\n\r\n")).headers["connection"] == "close"
                assert await client.ended() == b""
            async with house.client() as client:
                kept = await client.ask(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                assert kept.headers["connection"] == "keep-alive"
                assert (await client.ask(GET)).status == 200

    run(test())


def test_a_request_may_come_byte_by_byte(run: Run) -> None:
    async def test() -> None:
        async with serving(say_path) as house, house.client() as client:
            for byte in b"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc":
                client.say(bytes([byte]))
                await asyncio.sleep(0)
            assert (await client.reply()).body == b"/slow"

    run(test())


def test_pipelined_requests_are_answered_in_order_one_after_another(run: Run) -> None:
    async def test() -> None:
        gate = Gate()
        async with serving(gate.handle) as house, house.client() as client:
            client.say(b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % n for n in range(5)))
            for n in range(5):
                await until(lambda: gate.waiting)
                assert len(gate.waiting) == 1
                gate.open()
                assert (await client.reply()).body == b"/%d" % n

    run(test())


def test_thousands_of_pipelined_requests_wait_outside(run: Run) -> None:
    async def test() -> None:
        gate = Gate()
        async with serving(gate.handle) as house, house.client() as client:
            client.say(GET * 200_000)
            await until(lambda: gate.waiting)
            await asyncio.sleep(0.1)
            (connection,) = house.server._open
            assert len(connection._incoming.queue) < 1000
            assert len(connection._incoming.rest) < 512 * 1024
            assert client.writer.transport.get_write_buffer_size() > 1024 * 1024

    run(test())


def test_a_kept_connection_serves_many_pipelined_requests_without_waiting(run: Run) -> None:
    async def test() -> None:
        async with serving(say_path) as house, house.client() as client:
            client.say(GET * 3000)
            for _ in range(3000):
                assert (await client.reply()).body == b"/a"

    run(test())


def test_a_client_that_goes_ends_its_handler(run: Run) -> None:
    async def test() -> None:
        gate = Gate()
        async with serving(gate.handle) as house:
            async with house.client() as client:
                client.say(GET)
                await until(lambda: gate.waiting)
            await until(lambda: gate.gone == 1)
            await until(lambda: house.server.connections == 0)

    run(test())


def test_more_connections_than_the_limit_are_refused(run: Run) -> None:
    async def test() -> None:
        async with serving(say_path, connections=1) as house, house.client() as first:
            assert (await first.ask(GET)).status == 200
            async with house.client() as second:
                reply = await second.reply()
                assert (reply.status, reply.body) == (503, b'{"message":"Service Unavailable"}')
                assert await second.ended() == b""
            await until(lambda: house.server.connections == 1)
            assert (await first.ask(GET)).status == 200

    run(test())


def test_who_is_refused_holds_no_connection_for_long_either(run: Run) -> None:
    """They are read for a while, so that the refusal arrives: but not in any number."""

    async def test() -> None:
        async with (
            serving(say_path, connections=16, linger_seconds=30.0) as house,
            contextlib.AsyncExitStack() as clients,
        ):
            for _ in range(16 + 3):
                await clients.enter_async_context(house.client())
            await until(lambda: house.server.connections == 19)
            for _ in range(10):
                async with house.client() as late:
                    assert await late.ended() == b""
            assert house.server.connections == 19

    run(test())


def test_a_connection_that_is_not_used_is_closed(run: Run) -> None:
    async def test() -> None:
        async with serving(say_path, idle_seconds=0.1) as house, house.client() as client:
            await client.ask(GET)
            assert await within(client.ended(), SOON) == b""

    run(test())


@pytest.mark.parametrize("asked", [b"", GET], ids=["a new one", "a kept one"])
def test_empty_lines_buy_a_connection_no_time(run: Run, asked: bytes) -> None:
    """RFC 9112 2.2 has them ignored before a request line: each would else be a sign of life."""

    async def test() -> None:
        limit = "idle_seconds" if asked else "header_seconds"
        async with serving(say_path, **{limit: 0.2}) as house, house.client() as client:
            if asked:
                await client.ask(asked)

            async def trickle() -> None:
                while house.server.connections:
                    client.say(b"\r\n")
                    await asyncio.sleep(0.02)

            await within(trickle(), SOON)

    run(test())


def test_a_head_must_be_complete_in_time_however_it_trickles(run: Run) -> None:
    async def test() -> None:
        async with serving(say_path, header_seconds=2.5) as house, house.client() as client:
            await client.ask(GET)
            client.say(b"GET / HTTP/1.1\r\n")

            async def trickle() -> None:
                while not (client.reader.at_eof() or client.writer.is_closing()):
                    client.say(b"X: y\r\n")
                    await asyncio.sleep(0.02)

            await within(trickle(), SOON)

    run(test())


def test_a_connection_that_says_nothing_is_closed(run: Run) -> None:
    async def test() -> None:
        async with serving(say_path, header_seconds=0.1) as house, house.client() as client:
            assert await within(client.ended(), SOON) == b""

    run(test())


def test_a_handler_may_take_longer_than_any_time_out_of_the_client(run: Run) -> None:
    async def test() -> None:
        gate = Gate()
        async with serving(gate.handle) as house, house.client() as client:
            client.say(GET)
            await until(lambda: gate.waiting)
            for _ in range(3):
                time_passes(house)
            gate.open()
            assert (await client.reply()).status == 200

    run(test())


def test_draining_closes_idle_connections_and_answers_what_is_under_way(run: Run) -> None:
    async def test() -> None:
        gate = Gate()
        async with serving(gate.handle, linger_seconds=0.05) as house, house.client() as idle, house.client() as busy:
            busy.say(GET)
            await until(lambda: gate.waiting and house.server.connections == 2)
            drained = asyncio.ensure_future(house.server.drain(2 * SECONDS))
            assert await idle.ended() == b""
            await asyncio.sleep(0.05)
            assert not drained.done()
            gate.open()
            reply = await busy.reply()
            assert (reply.status, reply.headers["connection"]) == (200, "close")
            await within(drained)
            assert house.server.connections == 0

    run(test())


def test_a_kept_connection_may_ask_once_more_while_draining(run: Run) -> None:
    async def test() -> None:
        limits: dict[str, Any] = {"linger_seconds": 2 * SECONDS}
        async with serving(say_path, **limits) as house, house.client() as kept, house.client() as fresh:
            await kept.ask(GET)
            await until(lambda: house.server.connections == 2)
            drained = asyncio.ensure_future(house.server.drain(2 * SECONDS))
            await asyncio.sleep(0.05)
            for client in (kept, fresh):
                reply = await client.ask(GET)
                assert (reply.status, reply.headers["connection"]) == (200, "close")
                assert await client.ended() == b""
                client.close()
            await within(drained)

    run(test())


def test_draining_gives_up_what_is_left_after_its_time(run: Run) -> None:
    async def test() -> None:
        gate = Gate()
        async with serving(gate.handle) as house, house.client() as client:
            client.say(GET)
            await until(lambda: gate.waiting)
            await within(house.server.drain(0.05), SOON)
            assert await client.ended() == b""
            await until(lambda: gate.gone == 1)

    run(test())


def test_nobody_connects_while_draining(run: Run) -> None:
    async def test() -> None:
        async with serving(say_path) as house:
            await house.server.drain(0.1)
            try:
                async with house.client() as client:
                    assert await client.ended() == b""
            except ConnectionRefusedError:
                pass
            assert house.server.requests == 0

    run(test())


def test_an_exchange_knows_who_asked_and_where(run: Run) -> None:
    async def test() -> None:
        seen: list[Exchange] = []

        async def handle(exchange: Exchange) -> None:
            seen.append(exchange)
            exchange.responder.send(204, [], b"")

        async with serving(handle) as house, house.client() as client:
            await client.ask(b"PUT /a%20b//?x=1&x=2?3 HTTP/1.1\r\nhOst: ABC.example:8080\r\nX-A:  b \r\nx-a:c\r\n\r\n")
            exchange = seen[0]
            assert (exchange.http_method, exchange.path, exchange.query) == ("PUT", b"/a%20b//", b"x=1&x=2?3")
            assert (exchange.authority, exchange.scheme, exchange.protocol) == ("abc.example", "http", "HTTP/1.1")
            assert (exchange.source_ip, exchange.server_port) == ("127.0.0.1", house.port)
            assert exchange.headers == [(b"hOst", b"ABC.example:8080"), (b"X-A", b"b"), (b"x-a", b"c")]
            assert exchange.body.whole() == b""

    run(test())


def test_a_handler_that_ends_without_an_answer_ends_the_connection(run: Run) -> None:
    async def test() -> None:
        async def handle(exchange: Exchange) -> None:
            await asyncio.sleep(0)

        async with serving(handle) as house, house.client() as client:
            client.say(GET)
            assert await client.ended() == b""

    run(test())


def test_a_connection_whose_answer_had_begun_before_the_drain_is_not_waited_for(run: Run) -> None:
    async def test() -> None:
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def stream(exchange: Exchange) -> None:
            exchange.responder.start(200, [], 3)
            await opened
            exchange.responder.write(b"abc")
            exchange.responder.finish()

        async with serving(stream, linger_seconds=0.05) as house, house.client() as client:
            client.say(GET)
            await until(lambda: house.server.requests)
            drained = asyncio.ensure_future(house.server.drain(2 * SECONDS))
            await asyncio.sleep(0.1)
            opened.set_result(None)
            assert (await client.reply()).headers["connection"] == "keep-alive"
            assert await client.ended() == b""
            await within(drained)

    run(test())


def test_a_client_that_has_reset_when_its_last_answer_ends_is_nobody_elses_trouble(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who ends an answer may be the backend's connection: nothing is raised there."""

    def not_connected(transport: object) -> None:
        raise OSError(errno.ENOTCONN, "Transport endpoint is not connected")

    monkeypatch.setattr(asyncio.selector_events._SelectorSocketTransport, "write_eof", not_connected)  # type: ignore[attr-defined]

    async def test() -> None:
        async with serving(say_path) as house, house.client() as client:
            client.say(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            await until(lambda: house.server.requests)
            await client.ended()
            client.close()
            await until(lambda: house.server.connections == 0)

    run(test())
