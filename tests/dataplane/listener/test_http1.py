"""What is a request and what is refused. RFC 9112, above all its sections 2.2, 5.1, 6.1 and 6.3."""

import asyncio

import pytest

from dataplane.exchange import Exchange
from dataplane.http1.plain import RULED, piece_of
from dataplane.listener import http1
from dataplane.settings import Limits
from tests.dataplane.loops import Run
from tests.dataplane.sides import serving, until

POST = b"POST /a HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


class Echo:
    def __init__(self) -> None:
        self.seen: list[Exchange] = []

    async def handle(self, exchange: Exchange) -> None:
        self.seen.append(exchange)
        exchange.responder.send(200, [], await exchange.body.read())


@pytest.mark.parametrize(
    "request_",
    [
        POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        POST + b"Content-Length: 3, 3\r\n\r\nabc",
        POST + b"Content-Length: +3\r\n\r\nabc",
        POST + b"Content-Length: -3\r\n\r\nabc",
        POST + b"Content-Length: 0x3\r\n\r\nabc",
        POST + b"Content-Length: 99999999999999999999999\r\n\r\nabc",
        POST + b"Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        b"POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"X: a\r\n b\r\n\r\n",
        POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        POST + b"X: a\nY: b\r\n\r\n",
        POST + b"X: a\rY: b\r\n\r\n",
        POST + b"X : a\r\n\r\n",
        POST + b"X(: a\r\n\r\n",
        POST + b": a\r\n\r\n",
        POST + b"X: a\0b\r\n\r\n",
        POST + b"X: a\x01b\r\n\r\n",
        POST + b"no colon\r\n\r\n",
        b"GET / HTTP/1.1\nHost: x\n\n",
        b"GET / HTTP/1.1\r\n X: a\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.2\r\nHost: x\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET a HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://user@h/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET ftp://h/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"SETUP / RTSP/1.0\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"get / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
)
def test_what_two_readers_could_read_differently_is_refused_and_ends_the_connection(run: Run, request_: bytes) -> None:
    async def test() -> None:
        echo = Echo()
        async with serving(echo.handle) as house, house.client() as client:
            reply = await client.ask(request_)
            assert (reply.status, reply.body) == (400, b'{"message":"Bad Request"}')
            assert reply.headers["content-type"] == "application/json"
            assert reply.headers["connection"] == "close"
            assert await client.ended() == b""
            assert echo.seen == []

    run(test())


@pytest.mark.parametrize(
    "rest",
    [
        b"3\nabc\r\n0\r\n\r\n",
        b"3 \r\nabc\r\n0\r\n\r\n",
        b"0x3\r\nabc\r\n0\r\n\r\n",
        b"3;a=b\nabc\r\n0\r\n\r\n",
        b"3\r\nabcd\r\n0\r\n\r\n",
        b"3\r\nabc0\r\n\r\n",
        b"-1\r\nabc\r\n0\r\n\r\n",
        b"fffffffffffffffff\r\nabc\r\n0\r\n\r\n",
        b"3\r\nabc\r\n0\r\nT: v\n\r\n",
        b"3;" + b"x" * 20_000,
        b"3\r\nabc\r\n0\r\nT: " + b"x" * 20_000,
    ],
)
def test_a_chunked_body_that_is_malformed_is_the_pipelines_400_and_ends_the_connection(run: Run, rest: bytes) -> None:
    async def test() -> None:
        faults: list[Exception] = []

        async def handle(exchange: Exchange) -> None:
            try:
                await exchange.body.read()
            except Exception as fault:
                faults.append(fault)
            exchange.responder.send(400, [], b"")

        async with serving(handle) as house, house.client() as client:
            client.say(CHUNKED)
            await until(lambda: house.server.requests)
            client.say(rest)
            assert (await client.reply()).status == 400
            assert await client.ended() == b""
            assert [str(fault) for fault in faults] == ["BAD_REQUEST_BODY"]

    run(test())


def test_requests_before_a_malformed_one_are_answered_first(run: Run) -> None:
    async def test() -> None:
        async with serving(Echo().handle) as house, house.client() as client:
            client.say(POST + b"Content-Length: 3\r\n\r\nabc" + POST + b"X : y\r\n\r\n")
            assert (await client.reply()).body == b"abc"
            assert (await client.reply()).status == 400
            assert await client.ended() == b""

    run(test())


def test_bytes_after_the_last_request_are_nobodys(run: Run) -> None:
    async def test() -> None:
        echo = Echo()
        async with serving(echo.handle) as house, house.client() as client:
            client.say(POST + b"Connection: close\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await client.reply()).body == b"abc"
            assert await client.ended() == b""
            assert len(echo.seen) == 1

    run(test())


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 11_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 2_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 30_000,
        b"\r\n" * 10_000,
    ],
)
def test_a_head_over_the_limit_is_refused(run: Run, head: bytes) -> None:
    async def test() -> None:
        async with serving(Echo().handle) as house, house.client() as client:
            reply = await client.ask(head)
            assert (reply.status, reply.body) == (400, b'{"message":"Request header or cookie too large"}')
            assert await client.ended() == b""

    run(test())


@pytest.mark.parametrize("url", [b"/" + b"a" * 8_192, b"/?" + b"a" * 20_000])
def test_a_url_over_the_limit_is_refused_by_its_own_name(run: Run, url: bytes) -> None:
    async def test() -> None:
        async with serving(Echo().handle) as house, house.client() as client:
            reply = await client.ask(b"GET " + url + b" HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (reply.status, reply.body) == (414, b'{"message":"URI Too Long"}')
            assert await client.ended() == b""

    run(test())


def test_a_url_at_the_limit_is_taken(run: Run) -> None:
    async def test() -> None:
        async with serving(Echo().handle) as house, house.client() as client:
            assert (await client.ask(b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n" % (b"a" * 8_191))).status == 200

    run(test())


@pytest.mark.parametrize("header", ["X: ", "X:", "X:  "], ids=["plainly written", "without a space", "with two"])
@pytest.mark.parametrize(
    "behind", [b"", b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n"], ids=["alone", "with another behind"]
)
def test_a_head_has_10240_bytes_at_most_and_not_one_more(run: Run, header: str, behind: bytes) -> None:
    begin = f"GET /a HTTP/1.1\r\nHost: x\r\n{header}".encode()

    async def test() -> None:
        async with serving(Echo().handle) as house:
            for size, status in ((10_240, 200), (10_241, 400)):
                async with house.client() as client:
                    head = begin + b"a" * (size - len(begin) - 4) + b"\r\n\r\n"
                    assert (await client.ask(head + behind)).status == status

    run(test())


def test_a_head_behind_another_may_be_as_large(run: Run) -> None:
    begin = b"GET /a HTTP/1.1\r\nHost: x\r\n" + b"a:b\r\n" * 1_000 + b"X:"

    async def test() -> None:
        async with serving(Echo().handle) as house, house.client() as client:
            client.say(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
            client.say(begin + b"a" * (10_240 - len(begin) - 4) + b"\r\n\r\n")
            assert (await client.reply()).body == b"abc"
            assert (await client.reply()).status == 200

    run(test())


def test_a_head_at_the_limit_is_taken_even_when_more_follows(run: Run) -> None:
    async def test() -> None:
        head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000\r\nX: %b\r\n\r\n" % (b"a" * 10_000)
        async with serving(Echo().handle) as house, house.client() as client:
            for _ in range(3):
                assert (await client.ask(head + b"b" * 8000)).body == b"b" * 8000

    run(test())


def test_an_absolute_target_may_name_the_host_again(run: Run) -> None:
    async def test() -> None:
        echo = Echo()
        async with serving(echo.handle) as house, house.client() as client:
            await client.ask(b"GET http://API.example:80/p?q=1 HTTP/1.1\r\nHost: api.example\r\n\r\n")
            await client.ask(b"GET HTTPS://[::1]:8?q HTTP/1.1\r\nHost: [::1]:8\r\n\r\n")
            assert [(e.authority, e.path, e.query) for e in echo.seen] == [
                ("api.example", b"/p", b"q=1"),
                ("[::1]", b"/", b"q"),
            ]

    run(test())


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_chunks_are_joined_and_trailers_dropped(run: Run, size: int) -> None:
    async def test() -> None:
        echo = Echo()
        async with serving(echo.handle) as house, house.client() as client:
            message = CHUNKED + b"3;ext=1\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Trailer: t\r\nHost: y\r\n\r\n"
            for start in range(0, len(message), size):
                client.say(message[start : start + size])
                await asyncio.sleep(0.001)
            assert (await client.reply()).body == b"abc0123456789"
            assert (await client.ask(POST + b"\r\n")).status == 200
            assert echo.seen[0].headers == [(b"Host", b"x"), (b"Transfer-Encoding", b"chunked")]
            assert echo.seen[1].headers == [(b"Host", b"x")]

    run(test())


def test_many_small_chunks_are_a_body_like_any_other(run: Run) -> None:
    async def test() -> None:
        async with serving(Echo().handle) as house, house.client() as client:
            reply = await client.ask(CHUNKED + b"1\r\na\r\n" * 50_000 + b"0\r\n\r\n")
            assert reply.body == b"a" * 50_000

    run(test())


@pytest.mark.parametrize(
    "framed",
    [b"Content-Length: 3\r\n\r\nabc", b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"],
)
def test_an_upgrade_is_ignored_and_its_body_is_not(run: Run, framed: bytes) -> None:
    async def test() -> None:
        upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        async with serving(Echo().handle) as house, house.client() as client:
            client.say(b"GET / HTTP/1.1\r\nHost: x\r\n" + upgrade + b"\r\n" + POST + upgrade + framed)
            assert (await client.reply()).body == b""
            assert (await client.reply()).body == b"abc"
            assert (await client.ask(POST + b"Content-Length: 1\r\n\r\nz")).body == b"z"

    run(test())


def test_the_limits_are_those_of_aws() -> None:
    limits = Limits()
    assert (limits.head_bytes, limits.url_bytes, limits.body_bytes) == (10_240, 8_192, 10_485_760)


@pytest.mark.parametrize(("before", "status"), [(b"\r\n", 200), (b"\n", 400), (b"\r", 400)])
def test_what_comes_before_a_request_line_counts_however_it_is_cut(run: Run, before: bytes, status: int) -> None:
    """RFC 9112 2.2: an empty line is passed over."""
    get = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"

    async def test() -> None:
        for pieces in ([before + get], [before, get]):
            async with serving(Echo().handle) as house, house.client() as client:
                assert (await client.ask(get)).status == 200
                for piece in pieces:
                    client.say(piece)
                    await asyncio.sleep(0.02)
                assert (await client.reply()).status == status

    run(test())


def test_empty_lines_between_requests_never_fill_a_head(run: Run) -> None:
    """Some clients send one behind each body."""
    post = POST + b"Content-Length: 3\r\n\r\nabc"

    async def test() -> None:
        async with serving(Echo().handle, head_bytes=200) as house, house.client() as client:
            for _ in range(120):
                assert (await client.ask(post)).body == b"abc"
                client.say(b"\r\n")
                await asyncio.sleep(0.001)

    run(test())


def test_a_head_is_cut_at_whatever_says_how_a_request_is_framed() -> None:
    assert set(map(piece_of, RULED)) >= http1._OTHERS | {http1._HOST, http1._CONNECTION, http1._LENGTH}
