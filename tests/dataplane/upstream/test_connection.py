"""One request and its answer: framing, time, breakage, back-pressure."""

import asyncio

import pytest

from dataplane.exchange import ClientGone
from dataplane.faults import GatewayFault, UpstreamBroken, UpstreamTimeout
from dataplane.upstream.answer import Answer
from tests.dataplane.loops import Run
from tests.dataplane.sides import SOON, backend, read_head, spawned, until, within
from tests.dataplane.upstream.origins import OK, Slow, answering, ask, ask_all, endless, once, pool_to

MEGABYTE = 1024 * 1024


def test_headers_are_as_received_without_those_of_the_connection(run: Run) -> None:
    async def test() -> None:
        answer_bytes = (
            b"HTTP/1.1 201 Made\r\nSet-Cookie: a\r\nset-cookie: b \r\nConnection: keep-alive, X-Private\r\n"
            b"Keep-Alive: timeout=5\r\nx-private: 1\r\nTrailer: T\r\nTE: x\r\nUpgrade: h2c\r\n"
            b"Proxy-Connection: x\r\nTransfer-Encoding: chunked\r\n\r\n2;e=1\r\nok\r\n0\r\nT: 1\r\n\r\n"
        )
        async with backend(answering(answer_bytes)) as origin:
            pool = pool_to(origin)
            for _ in range(2):
                answer = await ask(pool)
                assert answer.status == 201
                assert answer.headers == [(b"Set-Cookie", b"a"), (b"set-cookie", b"b")]
                assert answer.body.length is None
                assert answer.body.whole() == b"ok"
            assert origin.connections == 1

    run(test())


def test_a_small_answer_has_arrived_whole_with_its_head(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            answer = await ask(pool_to(origin))
            assert (answer.body.length, answer.body.whole()) == (2, b"ok")
            assert answer.headers == [(b"Content-Length", b"2")]

    run(test())


def test_interim_answers_are_skipped(run: Run) -> None:
    async def test() -> None:
        interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        async with backend(answering(interim + OK)) as origin:
            pool = pool_to(origin)
            for _ in range(2):
                answer = await ask(pool)
                assert (answer.status, answer.headers) == (200, [(b"Content-Length", b"2")])
                assert answer.body.whole() == b"ok"
            assert origin.connections == 1

    run(test())


@pytest.mark.parametrize("status", [204, 304])
def test_204_and_304_have_no_body_whatever_their_length_says(run: Run, status: int) -> None:
    async def test() -> None:
        async with backend(answering(b"HTTP/1.1 %d X\r\nContent-Length: 5\r\n\r\n" % status, OK)) as origin:
            pool = pool_to(origin)
            answer = await ask(pool)
            assert (answer.status, answer.body.whole()) == (status, b"")
            assert await ask_all(pool) == (200, b"ok")
            assert origin.connections == 1

    run(test())


@pytest.mark.parametrize("framing", [b"Content-Length: 5", b"Transfer-Encoding: chunked", b"X: y"])
def test_an_answer_to_head_has_no_body_and_its_connection_is_kept(run: Run, framing: bytes) -> None:
    async def test() -> None:
        async with backend(answering(b"HTTP/1.1 200 OK\r\n%b\r\n\r\n" % framing, OK)) as origin:
            pool = pool_to(origin)
            answer = await ask(pool, b"HEAD")
            assert (answer.status, answer.body.whole()) == (200, b"")
            assert await ask_all(pool) == (200, b"ok")
            assert origin.connections == 1

    run(test())


def test_a_body_may_end_with_its_connection(run: Run) -> None:
    async def test() -> None:
        async with backend(once(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * MEGABYTE)) as origin:
            pool = pool_to(origin)
            assert await ask_all(pool) == (200, b"x" * MEGABYTE)
            assert pool._open == 0

    run(test())


@pytest.mark.parametrize(
    "answer",
    [
        b"hello\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
        b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\nConte",
    ],
)
def test_what_is_not_an_answer_is_broken(run: Run, answer: bytes) -> None:
    async def test() -> None:
        async with backend(once(answer)) as origin:
            pool = pool_to(origin)
            with pytest.raises(UpstreamBroken):
                await ask(pool)
            assert pool._open == 0 and not pool._idle

    run(test())


@pytest.mark.parametrize("status", [b"000", b"099"])
def test_a_status_that_is_none_is_broken_at_once_and_not_taken_for_an_interim_answer(run: Run, status: bytes) -> None:
    async def test() -> None:
        async with backend(answering(b"HTTP/1.1 %b X\r\nContent-Length: 2\r\n\r\nok" % status)) as origin:
            with pytest.raises(UpstreamBroken):
                await ask(pool_to(origin), timeout=2.0)

    run(test())


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\nzz\r\n",
    ],
)
def test_a_body_that_ends_too_soon_is_broken(run: Run, answer: bytes) -> None:
    async def test() -> None:
        async with backend(once(answer)) as origin:
            pool = pool_to(origin)

            async def take() -> None:
                body = (await pool.send(b"GET", b"/", [], b"", timeout=5)).body
                while await body.chunk():
                    pass

            with pytest.raises(UpstreamBroken):
                await spawned(take())
            with pytest.raises(UpstreamBroken):
                await ask_all(pool)
            assert pool._open == 0

    run(test())


@pytest.mark.parametrize(
    ("before", "again"),
    [(b"0\r\nT: ", b"x" * 10_000), (b"0\r\n", b"T: x\r\n" * 1_000), (b"5;a=", b"x" * 10_000)],
    ids=["a trailer", "trailers", "an extension"],
)
def test_a_body_whose_end_never_comes_is_broken(run: Run, before: bytes, again: bytes) -> None:
    """What frames it is kept until it is complete: it may be as much as a head."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n" + before)
        while True:
            writer.write(again)
            await writer.drain()

    async def test() -> None:
        async with backend(script) as origin:
            pool = pool_to(origin)
            with pytest.raises(UpstreamBroken, match="too large"):
                await ask_all(pool)
            assert pool._open == 0

    run(test())


@pytest.mark.parametrize("trailer", [b"Connection: close", b"transfer-encoding: gzip", b"Upgrade: x", b"TE: x"])
def test_a_trailer_says_nothing_of_the_next_answer(run: Run, trailer: bytes) -> None:
    """RFC 9110 6.5.1: framing has no place in trailers, and the parser remembers it."""

    async def test() -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        async with backend(answering(head + b"2\r\nok\r\n0\r\n" + trailer + b"\r\n\r\n")) as origin:
            pool = pool_to(origin)
            for count in (1, 2, 3):
                assert await ask_all(pool) == (200, b"ok")
                assert origin.connections == count

    run(test())


def test_chunks_in_http_1_0_are_read_and_their_connection_is_not_kept(run: Run) -> None:
    """RFC 9112 6.1."""

    async def test() -> None:
        head = b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
        async with backend(answering(head + b"2\r\nok\r\n0\r\n\r\n")) as origin:
            pool = pool_to(origin)
            for count in (1, 2):
                assert await ask_all(pool) == (200, b"ok")
                assert origin.connections == count

    run(test())


@pytest.mark.parametrize("extra", [b"HTTP/1.1 200 OK\r\n", OK, b"x"])
def test_a_connection_that_says_more_than_was_asked_is_not_used_again(run: Run, extra: bytes) -> None:
    async def test() -> None:
        async with backend(answering(OK + extra)) as origin:
            pool = pool_to(origin)
            for count in (1, 2, 3):
                assert await ask_all(pool) == (200, b"ok")
                assert origin.connections == count

    run(test())


def test_what_comes_while_nobody_asks_ends_the_connection(run: Run) -> None:
    async def test() -> None:
        taken = asyncio.Event()

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_head(reader)
            writer.write(OK)
            await taken.wait()
            writer.write(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")

        async with backend(script) as origin:
            pool = pool_to(origin)
            await ask_all(pool)
            assert len(pool._idle) == 1
            taken.set()
            await until(lambda: not pool._idle and pool._open == 0)

    run(test())


def test_the_body_of_an_answer_to_head_is_nobodys(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin)
            assert (await ask(pool, b"HEAD")).body.whole() == b""
            assert await ask_all(pool) == (200, b"ok")
            assert origin.connections == 2

    run(test())


def test_time_runs_out_before_the_head(run: Run) -> None:
    async def test() -> None:
        async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()

        async with backend(silence) as origin:
            pool = pool_to(origin)
            loop = asyncio.get_running_loop()
            start = loop.time()
            with pytest.raises(UpstreamTimeout):
                await ask(pool, timeout=0.1)
            assert 0.09 < loop.time() - start < SOON
            assert pool._open == 0

    run(test())


def test_a_short_time_after_a_long_one_on_the_same_connection(run: Run) -> None:
    async def test() -> None:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_head(reader)
            writer.write(OK)
            await reader.read()

        async with backend(script) as origin:
            pool = pool_to(origin)
            await ask_all(pool, timeout=29)
            with pytest.raises(UpstreamTimeout):
                await within(ask(pool, timeout=0.05))
            assert origin.connections == 1

    run(test())


def test_time_runs_out_in_the_middle_of_the_body_however_it_trickles(run: Run) -> None:
    async def test() -> None:
        async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_head(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while True:
                writer.write(b"x")
                await asyncio.sleep(0.01)

        async with backend(trickle) as origin:
            pool = pool_to(origin)

            async def take_pieces() -> None:
                body = (await pool.send(b"GET", b"/", [], b"", timeout=0.1)).body
                while await body.chunk():
                    pass

            with pytest.raises(UpstreamTimeout):
                await spawned(take_pieces())
            with pytest.raises(UpstreamTimeout):
                await ask_all(pool, timeout=0.1)

    run(test())


def test_an_answer_that_is_given_up_closes_its_connection(run: Run) -> None:
    async def test() -> None:
        written: list[int] = []
        async with backend(endless(b"x" * 1000, written.append)) as origin:
            pool = pool_to(origin)
            answer = await ask(pool)
            answer.close()
            await until(lambda: pool._open == 0)
            answer.close()
            with pytest.raises(ClientGone):
                await spawned(answer.body.chunk())

    run(test())


def test_closing_a_complete_answer_spares_the_connection(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin)
            first = await ask(pool)
            second = await ask(pool)
            first.close()
            second.close()
            assert len(pool._idle) == 1
            assert await ask_all(pool) == (200, b"ok")
            assert origin.connections == 1

    run(test())


def test_an_answer_that_nobody_takes_waits_at_the_backend(run: Run) -> None:
    async def test() -> None:
        written = 0

        def count(size: int) -> None:
            nonlocal written
            written += size

        async with backend(endless(b"x" * 16384, count)) as origin:
            pool = pool_to(origin, stream_bytes=64 * 1024)
            answer = await ask(pool, timeout=10)
            before = -1
            while before != written:
                before = written
                await asyncio.sleep(0.1)
            assert answer.body._held <= 64 * 1024 + 256 * 1024  # type: ignore[attr-defined]
            taken = 0
            while taken < 2 * before:
                taken += len(await spawned(answer.body.chunk()))
            assert written > before
            answer.close()

    run(test())


def test_an_answer_too_large_to_be_held_is_broken_but_can_be_streamed(run: Run) -> None:
    async def test() -> None:
        body = b"x" * 200_000
        async with backend(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + body)) as origin:
            pool = pool_to(origin, body_bytes=100_000, stream_bytes=10_000)
            with pytest.raises(UpstreamBroken):
                await ask_all(pool)

            async def stream() -> bytes:
                answer = await pool.send(b"GET", b"/", [], b"", timeout=5)
                taken = b""
                while piece := await answer.body.chunk():
                    taken += piece
                return taken

            assert await spawned(stream()) == body

    run(test())


def test_a_body_of_bytes_leaves_with_its_head(run: Run) -> None:
    async def test() -> None:
        got = []

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            got.append(await reader.read(65536))
            writer.write(OK)

        async with backend(script) as origin:
            await ask(pool_to(origin), b"POST", body=b"abc", headers=[])
            assert got == [b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"]

    run(test())


@pytest.mark.parametrize(
    ("length", "sent"),
    [
        (6, b"POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nabcdef"),
        (None, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"),
    ],
)
def test_a_body_that_is_arriving_is_sent_as_it_comes(run: Run, length: int | None, sent: bytes) -> None:
    async def test() -> None:
        got = bytearray()

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while True:
                for _ in sent:
                    got.extend(await reader.readexactly(1))
                writer.write(OK)

        async with backend(script) as origin:
            pool = pool_to(origin)
            for _ in range(2):
                body = Slow(length)
                asking = asyncio.ensure_future(ask(pool, b"POST", headers=[], body=body))
                await until(lambda: got.endswith(b"\r\n\r\n"))
                body.pieces.put_nowait(b"abc")
                await until(lambda: b"abc" in got)
                assert not asking.done()
                body.pieces.put_nowait(b"def")
                body.pieces.put_nowait(b"")
                assert (await within(asking)).status == 200
                assert got == sent
                got.clear()
            assert origin.connections == 1

    run(test())


def test_sending_waits_for_a_backend_that_reads_slowly(run: Run) -> None:
    async def test() -> None:
        go_on = asyncio.Event()

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_head(reader)
            await go_on.wait()
            await reader.readexactly(64 * MEGABYTE)
            writer.write(OK)

        async with backend(script) as origin:
            body = Slow(64 * MEGABYTE)
            for _ in range(1024):
                body.pieces.put_nowait(b"x" * 65536)
            body.pieces.put_nowait(b"")
            asking = asyncio.ensure_future(ask(pool_to(origin), b"POST", body=body))
            before = -1
            while not body.taken or before != body.taken:
                before = body.taken
                await asyncio.sleep(0.1)
            assert 0 < before < 32 * MEGABYTE
            go_on.set()
            assert (await within(asking)).status == 200
            assert body.taken == 64 * MEGABYTE

    run(test())


def test_an_answer_before_the_end_of_the_body_stops_the_sending(run: Run) -> None:
    async def test() -> None:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_head(reader)
            writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
            await reader.read()

        async with backend(script) as origin:
            pool = pool_to(origin)
            body = Slow(1000)
            body.pieces.put_nowait(b"x")
            answer = await ask(pool, b"POST", body=body)
            assert (answer.status, answer.body.whole()) == (413, b"no")
            assert pool._open == 0
            body.pieces.put_nowait(b"y")
            await asyncio.sleep(0.02)
            assert body.taken == 1

    run(test())


def test_an_answer_before_the_whole_of_a_large_body_was_sent_ends_the_connection(run: Run) -> None:
    """Or the next request waited behind megabytes that nobody reads."""

    async def test() -> None:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_head(reader)
            writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
            await writer.wait_closed()

        async with backend(script) as origin:
            pool = pool_to(origin)
            answer = await ask(pool, b"POST", body=bytes(32 * MEGABYTE))
            assert (answer.status, answer.body.whole()) == (413, b"no")
            assert pool._open == 0

    run(test())


def test_a_large_body_that_was_sent_leaves_the_connection_to_the_next(run: Run) -> None:
    async def test() -> None:
        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for _ in range(2):
                await read_head(reader)
                await reader.readexactly(MEGABYTE)
                writer.write(OK)

        async with backend(script) as origin:
            pool = pool_to(origin)
            for _ in range(2):
                assert (await ask(pool, b"POST", body=bytes(MEGABYTE))).status == 200
            assert origin.connections == 1

    run(test())


def test_a_backend_may_answer_while_it_still_listens(run: Run) -> None:
    async def test() -> None:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_head(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while (line := await reader.readuntil(b"\r\n")) != b"0\r\n":
                writer.write(line + await reader.readuntil(b"\r\n"))
            writer.write(b"0\r\n\r\n")

        async with backend(echo) as origin:
            pool = pool_to(origin)
            body = Slow(None)
            answer = await ask(pool, b"POST", body=body)
            for piece in (b"abc", b"def"):
                body.pieces.put_nowait(piece)
                assert await spawned(answer.body.chunk()) == piece
            body.pieces.put_nowait(b"")
            assert await spawned(answer.body.chunk()) == b""

    run(test())


@pytest.mark.parametrize("fault", [ClientGone(), GatewayFault("REQUEST_TOO_LARGE")])
def test_a_fault_of_the_body_ends_the_request_with_that_fault(run: Run, fault: Exception) -> None:
    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = pool_to(origin)
            body = Slow(10)
            body.pieces.put_nowait(fault)
            with pytest.raises(type(fault)):
                await ask(pool, b"POST", body=body)
            assert pool._open == 0

    run(test())


def test_an_answer_knows_nothing_of_the_next_one_on_its_connection(run: Run) -> None:
    async def test() -> None:
        async with backend(answering(OK, b"HTTP/1.1 404 X\r\nA: b\r\nContent-Length: 4\r\n\r\nnone")) as origin:
            pool = pool_to(origin)
            answers: list[Answer] = [await ask(pool), await ask(pool)]
            assert [(a.status, a.headers[0], a.body.whole()) for a in answers] == [
                (200, (b"Content-Length", b"2"), b"ok"),
                (404, (b"A", b"b"), b"none"),
            ]

    run(test())
