"""How an answer ends, and what a caller is told of it, through a deployed stage."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from dataplane.faults import UpstreamBroken
from dataplane.settings import Limits
from dataplane.upstream.connection import Connection
from dataplane.upstream.pool import Pool
from tests.dataplane.execution import House, in_house
from tests.dataplane.loops import Run
from tests.dataplane.proxying import proxying
from tests.dataplane.sides import SOON, backend, read_head, reset, until, within
from tests.dataplane.upstream.origins import OK, answering, ask, ask_all, pool_to

NETWORK_ERROR = (504, b'{"message":"Network error communicating with endpoint"}')
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def ending(answer: bytes, end: Callable[[asyncio.StreamWriter], None]) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(answer)
        await asyncio.sleep(0.05)
        end(writer)

    return serve


UNTIL_THE_END = b"HTTP/1.1 200 OK\r\n\r\nabc"


def test_a_body_until_the_end_is_whole_at_fin_and_broken_at_reset(run: Run) -> None:
    async def test() -> None:
        async with backend(ending(UNTIL_THE_END, asyncio.StreamWriter.close)) as origin:
            assert await ask_all(pool_to(origin)) == (200, b"abc")
        async with backend(ending(UNTIL_THE_END, reset)) as origin:
            with pytest.raises(UpstreamBroken):
                await ask_all(pool_to(origin))

    run(test())


def through_a_stage(serve: Serve, request: bytes = b"", **integration: object) -> bytes:
    """All that the caller reads until the connection ends."""
    said: list[bytes] = []

    async def scenario(house: House) -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        house.deploy(proxying(**integration), variables={"backend": f"127.0.0.1:{port}"})
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(request or b"GET /restapis/abc1234567/dev/_user_request_/a HTTP/1.1\r\nHost: x\r\n\r\n")
        await asyncio.sleep(0.2)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        try:
            said.append(await within(reader.read()))
        except ConnectionResetError:
            said.append(b"")
        writer.close()
        server.close()

    in_house(scenario)
    return said[0]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
    ],
)
@pytest.mark.parametrize("end", [asyncio.StreamWriter.close, reset])
def test_what_is_no_answer_is_a_network_error(answer: bytes, end: Callable[[asyncio.StreamWriter], None]) -> None:
    said = through_a_stage(ending(answer, end))
    assert said.startswith(b"HTTP/1.1 504 ")
    assert NETWORK_ERROR[1] in said


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n",
    ],
)
def test_an_answer_that_is_cut_never_looks_whole(answer: bytes) -> None:
    said = through_a_stage(ending(answer, asyncio.StreamWriter.close))
    assert not said.endswith(b"0\r\n\r\n")
    assert said.count(b"HTTP/1.1 ") <= 1, "nothing follows on this connection"


def test_server_sent_events_pass_as_they_come() -> None:
    """Each is sent once the one before it has arrived."""
    arrived = asyncio.Semaphore(0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for number in range(10):
            event = b"data: %d\n\n" % number
            writer.write(b"%x\r\n%b\r\n" % (len(event), event))
            await arrived.acquire()
        writer.write(b"0\r\n\r\n")
        writer.close()

    async def scenario(house: House) -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        house.deploy(proxying(), variables={"backend": f"127.0.0.1:{port}"})
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(b"GET /restapis/abc1234567/dev/_user_request_/a HTTP/1.1\r\nHost: x\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"Content-Type: text/event-stream\r\n" in head
        for number in range(10):
            assert (await within(reader.readuntil(b"\n\n"))).endswith(b"data: %d\n\n" % number)
            arrived.release()
        assert await reader.readuntil(b"0\r\n\r\n")
        writer.close()
        server.close()

    in_house(scenario)


def test_a_client_that_leaves_a_stream_lets_the_backend_go() -> None:
    gone = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
        gone.append(await reader.read())
        writer.close()

    async def scenario(house: House) -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        house.deploy(proxying(), variables={"backend": f"127.0.0.1:{port}"})
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(b"GET /restapis/abc1234567/dev/_user_request_/a HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"x\r\n")
        reset(writer)
        await until(lambda: gone)
        assert gone == [b""]
        server.close()

    in_house(scenario)


def test_a_client_that_closes_its_sending_side_has_its_answer_of_a_slow_backend() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_head(reader)
        await asyncio.sleep(0.2)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        await asyncio.sleep(0.2)
        writer.write(b"3\r\ntwo\r\n0\r\n\r\n")

    async def scenario(house: House) -> None:
        async with backend(serve) as origin:
            house.deploy(proxying(), variables={"backend": f"127.0.0.1:{origin.port}"})
            reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
            writer.write(b"GET /restapis/abc1234567/dev/_user_request_/a HTTP/1.1\r\nHost: x\r\n\r\n")
            writer.write_eof()
            answer = await within(reader.read())
            assert answer.startswith(b"HTTP/1.1 200 OK") and answer.endswith(b"one\r\n3\r\ntwo\r\n0\r\n\r\n")
            writer.close()

    in_house(scenario)


@pytest.mark.parametrize("millis", [50, 300])
def test_the_integration_time_out_is_the_methods_own(millis: int) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    said: list[float] = []

    async def scenario(house: House) -> None:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        house.deploy(proxying(timeout_in_millis=millis), variables={"backend": f"127.0.0.1:{port}"})
        loop = asyncio.get_running_loop()
        began = loop.time()
        reply = await house.call("GET", "/dev/a")
        said.append(loop.time() - began)
        assert (reply.status, reply.body) == (504, b'{"message":"Endpoint request timed out"}')
        server.close()

    in_house(scenario)
    assert millis / 1000 <= said[0] + 0.002 and said[0] < millis / 1000 + SOON


def test_connecting_has_its_own_time_and_leaves_some_for_the_next_address(run: Run) -> None:
    class Two:
        async def addresses(self, host: str) -> tuple[str, ...]:
            return ("127.0.0.1", "127.0.0.2")

    async def test() -> None:
        with socket.socket() as full:  # a listening socket whose queue is full answers no more
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            port = full.getsockname()[1]
            fillers = [socket.socket() for _ in range(4)]
            for filler in fillers:
                filler.setblocking(False)
                filler.connect_ex(full.getsockname())
            server = await asyncio.start_server(answering(OK), "127.0.0.2", port)
            pool = Pool("http", "two", port, limits=Limits(connect_seconds=2.5), resolver=Two())  # type: ignore[arg-type]
            answer = await within(ask(pool, timeout=20))
            assert answer.status == 200
            for connection in list(pool._idle):
                connection.close(UpstreamBroken("the test ends"))
            server.close()
            for filler in fillers:
                filler.close()
            await asyncio.sleep(0.05)

    run(test())


def test_what_was_not_sent_is_sent_again_whatever_it_is(run: Run) -> None:
    class Late(Pool):
        """Its first connection ends on its way to the request."""

        def _kept(self) -> Connection | None:
            connection = super()._kept()
            if connection is not None:
                connection.close(UpstreamBroken("just now"))
            return connection

    async def test() -> None:
        async with backend(answering(OK)) as origin:
            pool = Late("http", "127.0.0.1", origin.port)
            await ask_all(pool)
            assert (await ask(pool, b"POST", body=b"")).status == 200
            assert origin.connections == 2

    run(test())
