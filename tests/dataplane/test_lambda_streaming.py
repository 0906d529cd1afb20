"""AWS_PROXY and HTTP_PROXY with response streaming. Source: developer guide, "Stream the integration response for your
proxy integrations", "Lambda proxy integration format for response streaming"."""

import asyncio
import base64
import json
from typing import Any

import pytest

from dataplane.compiler import CompileError
from dataplane.snapshot import MethodSetting, Resource
from tests.dataplane.aws.frames import chunk, complete, streamed
from tests.dataplane.aws.node import Node
from tests.dataplane.aws.verifying import signed_for
from tests.dataplane.execution import HOST, House, Message, answer, in_house
from tests.dataplane.functions import ARN, URI, lambda_proxy
from tests.dataplane.proxying import proxying
from tests.dataplane.sides import Client, backend, read_head

STREAMED = f"arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/{ARN}/response-streaming-invocations"
ERROR = b'{"message":"Internal server error"}'
NUL = b"\0" * 8


def streaming(**integration: Any) -> Resource:
    return lambda_proxy(uri=STREAMED, response_transfer_mode="STREAM", **integration)


def begun(**metadata: Any) -> bytes:
    return json.dumps(metadata).encode() + NUL


def asked(node: Node, script: Any, headers: dict[str, str] | None = None, **deployed: Any) -> tuple[Message, Message]:
    """What a client gets, and what Lambda got."""
    found: list[tuple[Message, Message]] = []

    async def scenario(house: House) -> None:
        house.backend.script = script if callable(script) else lambda message: answer(body=script)
        node.set(AWS_ENDPOINT_URL_LAMBDA=house.backend.url)
        house.deploy(streaming(), **deployed)
        reply = await house.call("GET", "/dev/a", headers)
        found.append((reply, house.backend.seen[0]))

    in_house(scenario)
    return found[0]


def test_the_metadata_is_the_head_and_what_follows_it_the_body(node: Node) -> None:
    metadata = begun(statusCode=201, headers={"Content-Type": "image/png"}, cookies=["a=1", "b=2"])
    reply, sent = asked(node, streamed(metadata[:5], metadata[5:] + b"\x89PNG", b"\0\xff"))
    assert (reply.status, reply.body) == (201, b"\x89PNG\0\xff")
    assert (reply.header("Content-Type"), reply.all("Set-Cookie")) == ("image/png", ["a=1", "b=2"])
    assert (reply.header("X-Amzn-Trace-Id") or "").startswith("Root=1-")
    assert sent.start == f"POST /2021-11-15/functions/{ARN}/response-streaming-invocations HTTP/1.1"
    assert signed_for(sent) == "lambda/us-east-1"
    assert json.loads(sent.body)["path"] == "/a"


def test_cookies_join_those_of_the_headers(node: Node) -> None:
    metadata = begun(multiValueHeaders={"set-cookie": ["a=1"]}, cookies=["b=2"])
    assert asked(node, streamed(metadata))[0].all("set-cookie") == ["a=1", "b=2"]


def test_no_metadata_is_mandatory(node: Node) -> None:
    reply, _ = asked(node, streamed(begun(), b"body"))
    assert (reply.status, reply.body, reply.header("Content-Type")) == (200, b"body", "application/json")


@pytest.mark.parametrize(
    "body",
    [
        streamed(b"no delimiter"),
        streamed(b"x" * 20_000 + NUL),
        streamed(b"no json" + NUL),
        streamed(begun(statusCode="soon")),
        streamed(begun(body="there is none here")),
        complete("Function.Unhandled", "no such pet"),
    ],
)
def test_a_malformed_begin_is_a_502(node: Node, body: bytes) -> None:
    reply, _ = asked(node, body)
    assert (reply.status, reply.body) == (502, ERROR)


def test_an_invocation_that_the_lambda_api_rejects_is_a_500(node: Node) -> None:
    refusal = answer(404, "x-amzn-ErrorType: ResourceNotFoundException\r\n", b"{}")
    reply, _ = asked(node, lambda message: refusal)
    assert (reply.status, reply.body) == (500, ERROR)


def test_what_is_no_event_stream_is_a_504(node: Node) -> None:
    reply, _ = asked(node, b"<html>not an event stream</html>")
    assert reply.status == 504


def test_each_piece_reaches_the_client_before_the_next_is_sent(node: Node) -> None:
    async def scenario(house: House) -> None:
        next_piece = asyncio.Event()

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await read_head(reader)
            begin = chunk(begun(headers={"Content-Type": "text/event-stream"}) + b"data: 1\n\n")
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n" % (len(begin), begin))
            await next_piece.wait()
            rest = chunk(b"data: 2\n\n") + complete()
            writer.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(rest), rest))

        async with backend(script) as functions:
            node.set(AWS_ENDPOINT_URL_LAMBDA=f"http://127.0.0.1:{functions.port}")
            house.deploy(streaming())
            client = Client(*await asyncio.open_connection("127.0.0.1", house.port))
            client.say(f"GET /dev/a HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            head = await client.reader.readuntil(b"\r\n\r\n")
            assert b"Transfer-Encoding: chunked" in head
            assert await client.reader.readexactly(14) == b"9\r\ndata: 1\n\n\r\n"
            next_piece.set()
            assert await client.reader.readexactly(19) == b"9\r\ndata: 2\n\n\r\n0\r\n\r\n"
            client.close()

    in_house(scenario)


def test_a_failure_under_way_ends_the_connection(node: Node) -> None:
    async def scenario(house: House) -> None:
        body = chunk(begun() + b"one") + complete("Function.Unhandled", "too late")
        house.backend.script = lambda message: answer(body=body)
        node.set(AWS_ENDPOINT_URL_LAMBDA=house.backend.url)
        house.deploy(streaming())
        client = Client(*await asyncio.open_connection("127.0.0.1", house.port))
        client.say(f"GET /dev/a HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        said = await client.ended()
        assert b"200 OK" in said
        assert not said.endswith(b"0\r\n\r\n")
        client.close()

    in_house(scenario)


def test_a_connection_is_used_again_after_a_stream(node: Node) -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(body=streamed(begun(), b"one"))
        node.set(AWS_ENDPOINT_URL_LAMBDA=house.backend.url)
        house.deploy(streaming())
        for _ in range(3):
            assert (await house.call("GET", "/dev/a")).body == b"one"
        assert house.backend.connections == 1

    in_house(scenario)


def test_a_stream_is_neither_compressed_nor_cached_nor_converted(node: Node) -> None:
    deployed = {
        "stage": {"cache_enabled": True, "method_settings": {"*/*": MethodSetting(caching_enabled=True)}},
        "minimum_compression_size": 0,
        "binary_media_types": ("image/png",),
    }
    asks = {"Accept-Encoding": "gzip", "Accept": "image/png"}
    image = base64.b64encode(b"\x89PNG")
    reply, _ = asked(node, streamed(begun(headers={"Content-Type": "text/plain"}), image), asks, **deployed)
    assert (reply.body, reply.header("Content-Encoding")) == (image, None)

    async def scenario(house: House) -> None:
        house.deploy(proxying(response_transfer_mode="STREAM"), **deployed)
        for _ in range(2):
            reply = await house.call("GET", "/dev/x", asks)
            assert (reply.body, reply.header("Content-Encoding")) == (b"backend", None)
        assert len(house.backend.seen) == 2

    in_house(scenario)


@pytest.mark.parametrize(
    "integration",
    [{"uri": URI, "response_transfer_mode": "STREAM"}, {"uri": STREAMED, "response_transfer_mode": "BUFFERED"}],
)
def test_the_uri_says_what_the_mode_says(node: Node, integration: dict[str, Any]) -> None:
    async def scenario(house: House) -> None:
        with pytest.raises(CompileError, match="AWS_PROXY is for the invocation of Lambda functions"):
            house.deploy(lambda_proxy(**integration))

    in_house(scenario)
