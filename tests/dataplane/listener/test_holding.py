"""What all clients of a worker hold together is bounded: who sends or reads slowly goes before who comes."""

import asyncio

import pytest

from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.http1.held import HELD
from dataplane.settings import Limits
from dataplane.snapshot import Integration, IntegrationResponse
from tests.dataplane import sides
from tests.dataplane.execution import HOST, House, in_house, resource
from tests.dataplane.listener.handlers import answer_length, flooding
from tests.dataplane.loops import Run
from tests.dataplane.proxying import proxying
from tests.dataplane.sides import SECONDS, serving, until, within

KILOBYTE = 1024
GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HELD, "most", 1_000 * KILOBYTE)
    assert HELD.bytes == 0, "another test has left something"


async def take_all(exchange: Exchange) -> None:
    try:
        while await exchange.body.chunk():
            pass
    except GatewayFault as fault:
        exchange.responder.send(fault.status, [], b"")
    else:
        exchange.responder.send(200, [], b"")


def post(length: int) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % length


def test_of_bodies_that_are_read_whole_the_one_that_takes_the_longest_is_refused(run: Run) -> None:
    async def test() -> None:
        async with serving(answer_length) as house:
            async with house.client() as first, house.client() as second, house.client() as third:
                for client in (first, second, third):
                    client.say(post(500 * KILOBYTE) + b"x" * (400 * KILOBYTE))
                    await asyncio.sleep(0.05)
                reply = await first.reply()
                assert (reply.status, reply.headers["connection"]) == (503, "close")
                for client in (second, third):
                    assert (await client.ask(b"x" * (100 * KILOBYTE))).body == b"512000"
            await until(lambda: HELD.bytes == 0)

    run(test())


def test_a_body_that_is_passed_on_as_it_comes_holds_nothing(run: Run) -> None:
    async def test() -> None:
        async with serving(take_all) as house, house.client() as client:
            reply = await client.ask(post(5_000 * KILOBYTE) + b"x" * (5_000 * KILOBYTE))
            assert (reply.status, HELD.bytes, HELD.given_up) == (200, 0, given_up)

    given_up = HELD.given_up
    run(test())


def test_what_is_sent_behind_a_request_that_takes_its_time_counts(run: Run) -> None:
    over = asyncio.Event()

    async def hanging(exchange: Exchange) -> None:
        status = 200
        try:
            await asyncio.ensure_future(over.wait())
        except GatewayFault as fault:
            status = fault.status
        exchange.responder.send(status, [], b"")

    async def test() -> None:
        async with serving(hanging) as house:
            async with house.client() as first, house.client() as others:
                first.say(GET * 8_000)
                await until(lambda: HELD.bytes)
                HELD.most = HELD.bytes
                others.say(GET * 8_000)
                assert (await first.reply()).status == 503
            over.set()  # a client that is not read is not seen to go
            await until(lambda: HELD.bytes == 0)

    run(test())


def test_of_readers_that_stand_still_those_go_that_do_so_the_longest(run: Run) -> None:
    ended: list[bytes] = []

    async def test() -> None:
        async with serving(flooding(ended)) as house:
            clients = [
                sides.Client(*await asyncio.open_connection("127.0.0.1", house.port, limit=1_000)) for _ in range(30)
            ]
            for number, client in enumerate(clients):
                client.say(GET.replace(b"/a", b"/%d" % number))
                await until(lambda number=number: house.server.requests > number)  # type: ignore[misc]
            await until(lambda: len(ended) >= 15)
            assert sorted(ended, key=lambda path: int(path[1:])) == [b"/%d" % n for n in range(len(ended))]
            held = sum(connection.transport.get_write_buffer_size() for connection in house.server._open)
            assert held <= HELD.most + Limits().stream_bytes  # of one who doesn't stand still yet
            for client in clients:
                client.reset()
            await until(lambda: HELD.bytes == 0)

    run(test())


def test_an_answer_that_nobody_takes_goes_before_one_that_is_asked_for(run: Run) -> None:
    async def large(exchange: Exchange) -> None:
        exchange.responder.send(200, [], b"x" * (800 * KILOBYTE))

    async def test() -> None:
        async with (
            serving(large) as house,
            house.client(receive_buffer=4096) as still,
            house.client(receive_buffer=4096) as reader,
        ):
            still.say(GET)
            await until(lambda: house.server.requests)
            await asyncio.sleep(0.05)
            assert len((await within(reader.ask(GET))).body) == 800 * KILOBYTE
            await until(lambda: HELD.bytes <= HELD.most)

    run(test())


def templated() -> Integration:
    return Integration(
        type="HTTP",
        uri="http://${stageVariables.backend}/",
        http_method="POST",
        request_templates={"application/json": "$input.body"},
        responses=(IntegrationResponse(status_code="200"),),
    )


def asking(length: int) -> bytes:
    head = f"POST /dev/a HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    return head.encode() + b'"%b"' % (b"x" * (length - 2))


def test_a_body_counts_as_long_as_its_backend_lets_it_wait() -> None:
    """All of it had come: the request to the backend ends, and the caller is told so."""
    left: list[bytes] = []

    async def hanging(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        left.append(b"gone")

    async def scenario(house: House) -> None:
        async with sides.backend(hanging) as origin:
            house.deploy(resource("/a", "POST", templated()), variables={"backend": f"127.0.0.1:{origin.port}"})
            sent = []
            for number in range(4):
                sent.append(await asyncio.open_connection("127.0.0.1", house.port))
                sent[-1][1].write(asking(300 * KILOBYTE))
                await until(lambda number=number: origin.connections == number + 1)  # type: ignore[misc]
            answer = await within(sent[0][0].readuntil(b"}"))
            assert answer.startswith(b"HTTP/1.1 503 ")
            assert answer.endswith(b'{"message":"Service Unavailable"}')
            assert b"x-amzn-ErrorType: ServiceUnavailableException\r\n" in answer
            await until(lambda: left == [b"gone"])
            assert HELD.bytes == 900 * KILOBYTE
            for _, writer in sent:
                sides.reset(writer)
            await until(lambda: HELD.bytes == 0)

    in_house(scenario)


def test_answers_that_a_template_needs_whole_count_too() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * (400 * KILOBYTE))
        await reader.read()

    async def scenario(house: House) -> None:
        read = IntegrationResponse(status_code="200", response_templates={"application/json": "$input.body"})
        integration = Integration(
            type="HTTP", uri="http://${stageVariables.backend}/", http_method="GET", responses=(read,)
        )
        async with sides.backend(endless) as origin:
            house.deploy(resource("/a", "GET", integration), variables={"backend": f"127.0.0.1:{origin.port}"})
            calls = []
            for number in range(3):
                calls.append(asyncio.ensure_future(house.call("GET", "/dev/a")))
                await until(lambda number=number: HELD.bytes >= min(number + 1, 2) * 400 * KILOBYTE)  # type: ignore[misc]
            reply = await within(calls[0])
            assert (reply.status, reply.body) == (503, b'{"message":"Service Unavailable"}')
            origin.close_all()
            assert [(await within(call)).status for call in calls[1:]] == [504, 504]
            await until(lambda: HELD.bytes == 0)

    in_house(scenario)


def test_an_upload_to_a_backend_that_stands_still_counts() -> None:
    over = asyncio.Event()

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()
        await over.wait()

    async def scenario(house: House) -> None:
        async with sides.backend(deaf) as origin:
            house.deploy(proxying(), variables={"backend": f"127.0.0.1:{origin.port}"})
            answers = []
            for _ in range(30):
                answers.append(await asyncio.open_connection("127.0.0.1", house.port))
                answers[-1][1].write(asking(9_000 * KILOBYTE))
            said = [asyncio.ensure_future(reader.readuntil(b"}")) for reader, _ in answers]
            (first, *_), rest = await asyncio.wait(said, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
            assert b'{"message":"Service Unavailable"}' in first.result()
            for reading in rest:
                reading.cancel()
            for _, writer in answers:
                writer.transport.abort()
            over.set()
            origin.close_all()  # a client that is not read is not seen to go
            await until(lambda: HELD.bytes == 0)

    in_house(scenario)
