"""Answers on the wire: lengths, chunks, and the statuses and methods without a body. RFC 9110 6.4, 8.6, 15."""

import asyncio
from collections.abc import Iterable

import pytest

from dataplane.exchange import ClientGone, Exchange, Headers
from tests.dataplane.loops import Run
from tests.dataplane.sides import Handle, serving, until

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"


def sends(status: int, headers: Headers, body: bytes) -> Handle:
    async def handle(exchange: Exchange) -> None:
        exchange.responder.send(status, headers, body)

    return handle


def streams(status: int, length: int | None, pieces: Iterable[bytes]) -> Handle:
    async def handle(exchange: Exchange) -> None:
        exchange.responder.start(status, [], length)
        for piece in pieces:
            exchange.responder.write(piece)
            await asyncio.sleep(0)
        exchange.responder.finish()

    return handle


def test_a_whole_answer_is_its_head_and_body_and_nothing_else(run: Run) -> None:
    async def test() -> None:
        async with serving(sends(201, [(b"X-A", b"1"), (b"x-a", b"2")], b"hello")) as house, house.client() as client:
            client.say(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            lines = (await client.ended()).split(b"\r\n")
            date = lines.pop(5)
            assert date.startswith(b"Date: ") and date.endswith(b" GMT")
            assert lines == [
                b"HTTP/1.1 201 Created",
                b"X-A: 1",
                b"x-a: 2",
                b"Content-Length: 5",
                b"Connection: close",
                b"",
                b"hello",
            ]

    run(test())


def test_a_large_answer_is_sent_whole(run: Run) -> None:
    async def test() -> None:
        body = bytes(range(256)) * 4096
        async with serving(sends(200, [], body)) as house, house.client() as client:
            for _ in range(2):
                assert (await client.ask(GET)).body == body

    run(test())


def test_a_status_that_has_no_name_is_sent_all_the_same(run: Run) -> None:
    async def test() -> None:
        async with serving(sends(299, [], b"x")) as house, house.client() as client:
            assert (await client.ask(GET)).status == 299

    run(test())


@pytest.mark.parametrize("status", [204, 304])
def test_204_and_304_have_neither_body_nor_length(run: Run, status: int) -> None:
    async def test() -> None:
        for handle in (sends(status, [], b"abc"), streams(status, 3, [b"abc"]), streams(status, None, [b"abc"])):
            async with serving(handle) as house, house.client() as client:
                for _ in range(2):
                    reply = await client.ask(GET)
                    assert reply.status == status
                    assert reply.headers.keys() == {"connection", "date"}

    run(test())


def test_head_has_the_length_and_not_the_body(run: Run) -> None:
    async def test() -> None:
        for handle in (sends(200, [], b"abc"), streams(200, 3, [b"abc"])):
            async with serving(handle) as house, house.client() as client:
                for _ in range(2):
                    reply = await client.ask(HEAD, head=True)
                    assert reply.headers["content-length"] == "3"

    run(test())


def test_head_of_a_chunked_answer_has_no_length(run: Run) -> None:
    async def test() -> None:
        async with serving(streams(200, None, [b"abc"])) as house, house.client() as client:
            reply = await client.ask(HEAD, head=True)
            assert "content-length" not in reply.headers
            assert (await client.ask(GET)).body == b"abc"

    run(test())


def test_an_interim_status_as_the_answer_ends_the_connection(run: Run) -> None:
    async def test() -> None:
        async with serving(sends(102, [], b"abc")) as house, house.client() as client:
            client.say(GET)
            assert (await client.ended()).endswith(b"\r\n\r\n")

    run(test())


def test_a_stream_of_unknown_length_is_chunked(run: Run) -> None:
    async def test() -> None:
        async with serving(streams(200, None, [b"abc", b"", b"d" * 100_000])) as house, house.client() as client:
            for _ in range(2):
                reply = await client.ask(GET)
                assert reply.headers["transfer-encoding"] == "chunked"
                assert "content-length" not in reply.headers
                assert reply.body == b"abc" + b"d" * 100_000

    run(test())


def test_a_stream_of_known_length_has_it(run: Run) -> None:
    async def test() -> None:
        async with serving(streams(200, 6, [b"abc", b"def"])) as house, house.client() as client:
            for _ in range(2):
                reply = await client.ask(GET)
                assert (reply.headers["content-length"], reply.body) == ("6", b"abcdef")

    run(test())


def test_http_1_0_gets_no_chunks_but_the_end_of_the_connection(run: Run) -> None:
    async def test() -> None:
        async with serving(streams(200, None, [b"abc", b"def"])) as house, house.client() as client:
            reply = await client.ask(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert "transfer-encoding" not in reply.headers
            assert (reply.headers["connection"], reply.body) == ("close", b"abcdef")

    run(test())


def test_a_stream_that_ends_short_of_its_length_ends_the_connection(run: Run) -> None:
    async def test() -> None:
        async with serving(streams(200, 6, [b"abc"])) as house, house.client() as client:
            client.say(GET)
            assert not (await client.ended()).endswith(b"def")

    run(test())


def test_an_aborted_stream_never_looks_complete(run: Run) -> None:
    async def test() -> None:
        async def handle(exchange: Exchange) -> None:
            exchange.responder.start(200, [], None)
            exchange.responder.write(b"abc")
            await asyncio.sleep(0.02)
            exchange.responder.abort()

        async with serving(handle) as house, house.client() as client:
            client.say(GET)
            assert (await client.ended()).endswith(b"3\r\nabc\r\n")

    run(test())


def test_a_header_never_becomes_two_lines(run: Run) -> None:
    async def test() -> None:
        headers = [(b"X-A", b"1\r\nSet-Cookie: a=b\r\n\r\n<html>"), (b"X-\nB", b"2\0"), (b"X-C", b"3")]
        async with serving(sends(200, headers, b"ok")) as house, house.client() as client:
            reply = await client.ask(GET)
            assert reply.headers["x-a"] == "1  Set-Cookie: a=b    <html>"
            assert reply.headers["x- b"] == "2 "
            assert reply.headers["x-c"] == "3"
            assert "set-cookie" not in reply.headers
            assert reply.body == b"ok"

    run(test())


def test_answers_to_a_client_that_is_gone_go_nowhere(run: Run) -> None:
    async def test() -> None:
        raised = []

        async def handle(exchange: Exchange) -> None:
            responder = exchange.responder
            try:
                await asyncio.get_running_loop().create_future()
            except ClientGone:
                responder.start(200, [], None)
                try:
                    responder.write(b"x")
                except ClientGone:
                    raised.append("write")
                responder.finish()
                responder.send(200, [], b"")
                raise

        async with serving(handle) as house:
            async with house.client() as client:
                client.say(GET)
                await until(lambda: house.server.requests)
            await until(lambda: raised == ["write"])

    run(test())
