"""HTTP_PROXY through a deployed stage. Source: behaviours 1-9, 17, 57, 60, 85, 86; developer guide on HTTP proxies."""

import asyncio
import contextlib
import gc
import re
import tracemalloc

import pytest

from dataplane.snapshot import Integration, Resource
from dataplane.upstream.pool import pool_for
from tests.dataplane import sides
from tests.dataplane.execution import API, HOST, House, Message, answer, in_house, resource

BACKEND = "http://${stageVariables.backend}"


def proxy(uri: str, http_method: str = "ANY", **integration: object) -> Integration:
    return Integration(type="HTTP_PROXY", uri=BACKEND + uri, http_method=http_method, **integration)  # type: ignore[arg-type]


def everything() -> Resource:
    return resource(
        "/{proxy+}",
        "ANY",
        proxy("/base/{proxy}", request_parameters={"integration.request.path.proxy": "method.request.path.proxy"}),
    )


def test_nothing_stays_of_what_clients_make_up() -> None:
    """X-Forwarded-For may name anybody, at any length, and be another one in each request."""

    async def scenario(house: House) -> None:
        house.deploy(everything())

        async def ask(begin: int, count: int) -> None:
            for number in range(begin, begin + count):
                await house.call("GET", "/dev/a", {"X-Forwarded-For": f"{number}" + "x" * 8_000})
            house.backend.seen.clear()
            house.recorder.done.clear()
            gc.collect()

        await ask(0, 20)
        tracemalloc.start()
        try:
            await ask(100, 100)
            assert tracemalloc.get_traced_memory()[0] < 400_000
        finally:
            tracemalloc.stop()

    in_house(scenario)


def test_method_path_query_headers_and_body_reach_the_backend_and_its_answer_comes_back() -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(
            201, "X-From: backend\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n", b"made"
        )
        house.deploy(everything())
        reply = await house.call(
            "POST", "/dev/pets/7?a=1&a=2&b=%20", {"X-Mine": "yes", "Content-Type": "text/x"}, b"body"
        )
        assert (reply.status, reply.body) == (201, b"made")
        assert reply.header("X-From") == "backend"
        assert reply.all("Set-Cookie") == ["a=1", "b=2"]
        (seen,) = house.backend.seen
        assert seen.start == "POST /base/pets/7?a=1&a=2&b=%20 HTTP/1.1"
        assert seen.body == b"body"
        assert seen.header("X-Mine") == "yes"
        assert seen.header("Content-Type") == "text/x"
        assert seen.header("Host") == f"127.0.0.1:{house.backend.port}"

    in_house(scenario)


def test_the_backend_learns_who_called_and_by_which_api() -> None:
    async def scenario(house: House) -> None:
        house.deploy(everything())
        await house.call("GET", "/dev/a", {"X-Forwarded-For": "10.1.1.1"})
        (seen,) = house.backend.seen
        assert seen.header("X-Forwarded-For") == "10.1.1.1, 127.0.0.1"
        assert seen.header("X-Forwarded-Proto") == "http"
        assert seen.header("X-Forwarded-Port") == str(house.port)
        assert seen.header("X-Amzn-Apigateway-Api-Id") == API
        assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", seen.header("X-Amzn-Trace-Id") or "")

    in_house(scenario)


def test_a_clients_trace_root_is_kept() -> None:
    async def scenario(house: House) -> None:
        house.deploy(everything())
        await house.call("GET", "/dev/a", {"X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793"})
        trace = house.backend.seen[0].header("X-Amzn-Trace-Id") or ""
        assert re.fullmatch(r"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=[0-9a-f]{16};Sampled=0", trace)

    in_house(scenario)


def test_headers_of_the_connection_do_not_pass_in_either_direction() -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(
            200, "Keep-Alive: timeout=5\r\nVia: 1.1 x\r\nServer: nginx\r\n", b"ok"
        )
        house.deploy(everything())
        reply = await house.call("GET", "/dev/a", {"TE": "trailers", "Via": "1.0 me", "Max-Forwards": "3"})
        seen = house.backend.seen[0]
        assert [seen.header(name) for name in ("TE", "Via", "Max-Forwards")] == [None, None, None]
        assert [reply.header(name) for name in ("Keep-Alive", "Via", "Server")] == [None, None, None]
        assert reply.header("x-amzn-Remapped-Server") == "nginx"

    in_house(scenario)


@pytest.mark.parametrize("lines", ["Connection: close, X-Hop\r\n", "Connection: x-hop\r\nConnection: close\r\n"])
def test_headers_that_connection_names_do_not_pass(lines: str) -> None:
    """RFC 9110 7.6.1. But who called is not for the caller to take away."""

    async def scenario(house: House) -> None:
        house.deploy(everything())
        named = lines.replace("close", "close, X-Forwarded-For, X-Amzn-Trace-Id")
        root = "1-5759e988-bd862e3fe1be46a994272793"
        await house.call("GET", f"/dev/a HTTP/1.1\r\n{named}X-Forwarded-For: 1.2.3.4\r\nX-Kept: 1\r\nX-Hop: 1\r\nX:")
        seen = house.backend.seen[0]
        assert (seen.header("X-Hop"), seen.header("X-Kept")) == (None, "1")
        assert seen.header("X-Forwarded-For") == "1.2.3.4, 127.0.0.1"
        await house.call("GET", "/dev/a", {"Connection": "X-Amzn-Trace-Id", "X-Amzn-Trace-Id": f"Root={root}"})
        assert root in (house.backend.seen[1].header("X-Amzn-Trace-Id") or "")

    in_house(scenario)


def test_several_lines_of_x_forwarded_for_are_one_list() -> None:
    """RFC 9110 5.3: the same as one line, joined in their order."""

    async def scenario(house: House) -> None:
        house.deploy(everything())
        lines = "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2, 3.3.3.3\r\nX:"
        await house.call("GET", f"/dev/a HTTP/1.1\r\n{lines}")
        assert house.backend.seen[0].header("X-Forwarded-For") == "1.1.1.1, 2.2.2.2, 3.3.3.3, 127.0.0.1"

    in_house(scenario)


def test_every_reply_carries_its_request_id_and_the_api_gateway_id() -> None:
    async def scenario(house: House) -> None:
        house.deploy(everything())
        for reply in (await house.call("GET", "/dev/a"), await house.call("GET", "/nowhere/a")):
            assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", reply.header("x-amzn-RequestId") or "")
            assert reply.header("x-amz-apigw-id")

    in_house(scenario)


def test_mapped_query_values_are_added_to_those_of_the_client() -> None:
    async def scenario(house: House) -> None:
        mapping = {
            "integration.request.querystring.kind": "method.request.header.X-Kind",
            "integration.request.header.X-Stage": "context.stage",
            "integration.request.header.X-Fixed": "'one'",
        }
        house.deploy(resource("/pets", "GET", proxy("/pets", request_parameters=mapping)))
        await house.call("GET", "/dev/pets?kind=dog", {"X-Kind": "a cat"})
        seen = house.backend.seen[0]
        assert seen.start == "GET /pets?kind=dog&kind=a%20cat HTTP/1.1"
        assert (seen.header("X-Stage"), seen.header("X-Fixed")) == ("dev", "one")

    in_house(scenario)


@pytest.mark.parametrize(
    ("target", "host"),
    [("/dev/pets/1", None), (f"/restapis/{API}/dev/_user_request_/pets/1", "127.0.0.1")],
)
def test_host_style_and_path_style_reach_the_same_method(target: str, host: str | None) -> None:
    async def scenario(house: House) -> None:
        house.deploy(everything())
        reply = await house.call("GET", target, **({"host": host} if host else {}))  # type: ignore[arg-type]
        assert reply.body == b"backend"
        assert house.backend.seen[0].start == "GET /base/pets/1 HTTP/1.1"

    in_house(scenario)


@pytest.mark.parametrize(
    ("method", "target", "kind", "message"),
    [
        ("GET", "/dev/nothing", "MissingAuthenticationTokenException", "Missing Authentication Token"),
        ("DELETE", "/dev/pets", "MissingAuthenticationTokenException", "Missing Authentication Token"),
        ("GET", "/prod/pets", "ForbiddenException", "Forbidden"),
    ],
)
def test_what_does_not_exist_is_403_as_aws_says_it(method: str, target: str, kind: str, message: str) -> None:
    async def scenario(house: House) -> None:
        house.deploy(resource("/pets", "GET", proxy("/pets", "GET")))
        reply = await house.call(method, target)
        assert reply.status == 403
        assert reply.header("x-amzn-ErrorType") == kind
        assert reply.header("Content-Type") == "application/json"
        assert reply.body == b'{"message":"%b"}' % message.encode()
        assert not house.backend.seen

    in_house(scenario)


def test_any_means_every_verb_and_an_exact_method_beats_it() -> None:
    async def scenario(house: House) -> None:
        both = resource("/a", "ANY", proxy("/any"))
        exact = resource("/a", "GET", proxy("/exact"))
        house.deploy(Resource(id="r", path="/a", methods=both.methods + exact.methods))
        for verb in ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT"):
            await house.call(verb, "/dev/a")
        assert [seen.start.split(" ")[1] for seen in house.backend.seen] == ["/any", "/exact", *["/any"] * 4]

    in_house(scenario)


def test_head_asks_the_backend_for_a_head_and_sends_no_body() -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nX-A: b\r\n\r\n"
        house.deploy(everything())
        reply = await house.call("HEAD", "/dev/a")
        assert (reply.status, reply.header("X-A"), reply.header("Content-Length")) == (200, "b", "1234")
        assert house.backend.seen[0].start.startswith("HEAD ")

    in_house(scenario)


@pytest.mark.parametrize("size", [0, 3, 3_000_000])
def test_a_head_that_is_asked_for_as_get_says_its_length_and_lets_the_backend_go(size: int) -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(body=b"x" * size)
        house.deploy(resource("/a", "ANY", proxy("/a", "GET")))
        reply = await house.call("HEAD", "/dev/a")
        assert (reply.status, reply.header("Content-Length")) == (200, str(size))
        pool = pool_for("http", "127.0.0.1", house.backend.port)
        await sides.until(lambda: not any(connection._busy for connection in pool._members))

    in_house(scenario)


def test_a_backend_that_is_too_slow_is_504() -> None:
    async def scenario(house: House) -> None:
        async def late(message: Message) -> bytes:
            await asyncio.sleep(5)
            return answer()

        house.backend.script = late
        house.deploy(resource("/slow", "GET", proxy("/slow", timeout_in_millis=60)))
        reply = await house.call("GET", "/dev/slow")
        assert (reply.status, reply.body) == (504, b'{"message":"Endpoint request timed out"}')
        assert reply.header("x-amzn-ErrorType") == "InternalServerErrorException"

    in_house(scenario)


def test_a_backend_that_cannot_be_reached_is_504_with_the_networks_text() -> None:
    async def scenario(house: House) -> None:
        house.deploy(
            resource("/gone", "GET", Integration(type="HTTP_PROXY", uri="http://127.0.0.1:1/", http_method="GET"))
        )
        reply = await house.call("GET", "/dev/gone")
        assert (reply.status, reply.body) == (504, b'{"message":"Network error communicating with endpoint"}')

    in_house(scenario)


def test_a_body_over_10_mb_is_413() -> None:
    async def scenario(house: House) -> None:
        house.deploy(everything())
        reply = await house.call("POST", "/dev/a", {"Content-Length": str(10 * 1024 * 1024 + 1)})
        assert (reply.status, reply.body) == (413, b'{"message":"Request Too Long"}')

    in_house(scenario)


def test_a_chunked_answer_streams_through() -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda m: (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"
        )
        house.deploy(everything())
        reply = await house.call("GET", "/dev/a")
        assert reply.body == b"abcdef"

    in_house(scenario)


@pytest.mark.parametrize(
    ("framing", "sent"),
    [
        ("Transfer-Encoding: chunked", (b"3\r\n(i)\r\n", b"zz\r\n0\r\n\r\n")),
        ("Transfer-Encoding: chunked", (b"3\r\n(i)\r\n", b"0\r\nno trailer\r\n\r\n")),
        ("Content-Length: 9", (b"(i)", b"")),
    ],
    ids=["a bad chunk", "a bad trailer", "a client that leaves"],
)
def test_a_body_that_goes_bad_under_way_never_looks_whole(framing: str, sent: tuple[bytes, bytes]) -> None:
    """Its beginning has reached the backend, for bodies stream. What follows is the end of that connection."""
    came = asyncio.Queue[bytes]()

    async def reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await came.put(await reader.readuntil(b"(i)"))
        with contextlib.suppress(ConnectionResetError):
            await came.put(await reader.read())
        await came.put(b"the end")

    async def scenario(house: House) -> None:
        async with sides.backend(reading) as origin:
            house.deploy(everything(), variables={"backend": f"127.0.0.1:{origin.port}"})
            _, writer = await asyncio.open_connection("127.0.0.1", house.port)
            writer.write(f"POST /dev/a HTTP/1.1\r\nHost: {HOST}\r\n{framing}\r\n\r\n".encode() + sent[0])
            assert (await came.get()).endswith(b"(i)")
            writer.write(sent[1])
            if not sent[1]:
                writer.close()
            rest = b""
            while (more := await came.get()) != b"the end":
                rest += more
            assert rest in (b"", b"\r\n"), "no last chunk, nothing of the rest"
            writer.close()

    in_house(scenario)


def test_a_request_that_goes_bad_while_its_answer_streams_gets_no_second_head() -> None:
    """The client would take it for the rest of a body that was promised, and the next answer for something else."""

    async def early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe first")
        await reader.read()

    async def scenario(house: House) -> None:
        async with sides.backend(early) as eager:
            house.deploy(everything(), variables={"backend": f"127.0.0.1:{eager.port}"})
            reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
            head = f"POST /dev/a HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n"
            writer.write(head.encode() + b"2\r\nhi\r\n")
            await reader.readuntil(b"the first")
            writer.write(b"no chunk\r\n")
            with contextlib.suppress(ConnectionResetError):
                assert await reader.read() == b""
            writer.close()
        (exchange,) = house.recorder.done
        assert exchange.response_status == 200

    in_house(scenario)


def test_when_the_client_goes_the_backend_is_let_go_at_once() -> None:
    async def scenario(house: House) -> None:
        gone = asyncio.Event()

        async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
            await reader.read()  # until the gateway closes
            writer.close()
            gone.set()

        backend = await asyncio.start_server(endless, "127.0.0.1", 0)
        house.deploy(everything(), variables={"backend": f"127.0.0.1:{backend.sockets[0].getsockname()[1]}"})
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        writer.write(f"GET /dev/events HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        await reader.readuntil(b"first")
        writer.close()
        await writer.wait_closed()
        await sides.within(gone.wait())
        backend.close()
        await asyncio.sleep(0)

    in_house(scenario)


def test_a_canary_takes_its_share_with_its_own_variables() -> None:
    async def scenario(house: House) -> None:
        drawn = everything()
        house.deploy(drawn, canary=(100.0, (resource("/a", "GET", proxy("/${stageVariables.arm}")),), {"arm": "new"}))
        await house.call("GET", "/dev/a")
        house.deploy(drawn, canary=(0.0, (drawn,), {}))
        await house.call("GET", "/dev/a")
        assert [seen.start for seen in house.backend.seen] == ["GET /new HTTP/1.1", "GET /base/a HTTP/1.1"]

    in_house(scenario)


@pytest.mark.parametrize(
    ("drawn", "status"),
    [
        ({"authorization_type": "AWS_IAM"}, 403),
        ({"authorization_type": "CUSTOM"}, 401),
        ({"authorization_type": "COGNITO_USER_POOLS"}, 401),
        ({"api_key_required": True}, 403),
    ],
)
def test_a_method_whose_callers_cannot_be_checked_is_closed(drawn: dict[str, object], status: int) -> None:
    async def scenario(house: House) -> None:
        house.deploy(resource("/a", "GET", proxy("/a"), **drawn))
        assert (await house.call("GET", "/dev/a")).status == status
        assert not house.backend.seen

    in_house(scenario)


def test_each_request_is_recorded_once_with_its_status_and_sizes() -> None:
    async def scenario(house: House) -> None:
        house.deploy(everything())
        await house.call("GET", "/dev/a")
        await house.call("GET", "/prod/a")
        first, second = house.recorder.done
        assert (first.response_status, first.response_length, first.integration_status) == (200, 7, 200)
        assert first.plan is not None and first.plan.resource_path == "/{proxy+}"
        assert (second.response_status, second.stage) == (403, None)

    in_house(scenario)
