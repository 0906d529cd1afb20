"""What is served leaves nothing that only the collector could free: a worker puts what lives when a stage changes away
from it (node/upkeep.py), and a circle among that would stay for ever."""

import asyncio
import gc
import socket
from collections.abc import Awaitable, Callable

import pytest

from dataplane.snapshot import Integration, IntegrationResponse
from dataplane.upstream import pool
from tests.dataplane.aws.node import Node
from tests.dataplane.execution import API, House, Message, answer, in_house, resource
from tests.dataplane.functions import URI as FUNCTION
from tests.dataplane.functions import lambda_proxy

URI = "http://${stageVariables.backend}/"
LATE = FUNCTION.replace("pets", "late")
TEXT = IntegrationResponse(status_code="200", response_templates={"application/json": '"$input.body"'})
DRAWN = (
    resource("/proxied", "ANY", Integration(type="HTTP_PROXY", uri=URI, http_method="ANY")),
    resource("/mapped", "POST", Integration(type="HTTP", uri=URI, http_method="POST", responses=(TEXT,))),
    resource("/malformed", "ANY", Integration(type="HTTP_PROXY", uri=f"{URI}malformed", http_method="ANY")),
    resource("/late", "ANY", Integration(type="HTTP_PROXY", uri=f"{URI}late", http_method="ANY", timeout_in_millis=50)),
    resource("/refused", "ANY", Integration(type="HTTP_PROXY", uri="http://127.0.0.1:1/", http_method="ANY")),
    resource("/unknown", "ANY", Integration(type="HTTP_PROXY", uri="http://nobody.test/", http_method="ANY")),
    resource("/mock", "GET", Integration(type="MOCK", request_templates={"application/json": '{"statusCode": 200}'})),
)
FUNCTIONS = (lambda_proxy("/function"), lambda_proxy("/function/late", uri=LATE, timeout_in_millis=50))
ASKED = (("GET", "/mock", b""), ("GET", "/proxied", b""), ("POST", "/proxied", b"x" * 100_000))
MORE = (("POST", "/mapped", b"{}"), ("GET", "/nowhere", b""))
FAILING = ("/malformed", "/late", "/refused", "/unknown")
# How a client leaves: at rest, within a head, within a body that is on its way to the backend.
ENDINGS = (b"", b"GET / HT", b"POST /dev/proxied HTTP/1.1\r\nHost: %b\r\nContent-Length: 50\r\n\r\nabc")


def head(method: str, path: str, length: int) -> bytes:
    host = f"{API}.execute-api.localhost"
    return f"{method} /dev{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n".encode()


def talk(port: int, asked: tuple[tuple[str, str, bytes], ...], ending: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client, client.makefile("rb") as answers:
        for method, path, body in asked:
            client.sendall(head(method, path, len(body)) + body)
            lines = iter(answers.readline, b"\r\n")
            length = next(line for line in list(lines) if line.lower().startswith(b"content-length:"))
            answers.read(int(length.partition(b":")[2]))
        client.sendall(ending.replace(b"%b", f"{API}.execute-api.localhost".encode()))


def backend(message: Message) -> bytes | Awaitable[bytes]:
    if message.start.startswith("GET /malformed"):
        return b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"
    if "functions" in message.start:
        return late() if "late" in message.start else answer(body=b'{"body": "%b"}' % (b"z" * 100_000))
    return late() if message.start.startswith("GET /late") else answer(body=b"z" * 100)


async def late() -> bytes:
    await asyncio.sleep(0.1)
    return answer()


def look_up(host: str) -> tuple[str, ...]:
    raise OSError(f"nobody is called {host}")


def leaves_nothing(talk: Callable[[House], None], node: Node | None = None) -> None:
    """With a node that may call functions: those are drawn too."""

    async def scenario(house: House) -> None:
        house.backend.script = backend
        if node is not None:
            node.set(AWS_ENDPOINT_URL_LAMBDA=house.backend.url)
        house.deploy(*DRAWN, *(FUNCTIONS if node else ()))

        async def served() -> None:
            await asyncio.to_thread(talk, house)
            while house.server.connections:
                await asyncio.sleep(0)
            await asyncio.sleep(0.2)  # until the backend has noticed, late answers among it
            for _ in range(20):  # where the loop stood still, all that is due by now comes in its next turns
                await asyncio.sleep(0.001)
            house.recorder.done.clear()

        await served()  # what is imported and kept for all, once
        gc.collect()
        gc.freeze()
        gc.disable()
        try:
            await served()
            assert gc.collect() == 0
        finally:
            gc.enable()
            gc.unfreeze()

    in_house(scenario)


@pytest.mark.parametrize("ending", ENDINGS)
def test_connections_leave_nothing_for_the_collector_however_they_end(ending: bytes) -> None:
    leaves_nothing(lambda house: talk(house.port, ASKED + MORE, ending))


@pytest.mark.parametrize("path", FAILING)
def test_a_backend_that_fails_leaves_nothing_for_the_collector(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception holds the frames that it came through, and their variables."""
    monkeypatch.setattr(pool._resolver, "_look_up", look_up)
    leaves_nothing(lambda house: talk(house.port, (("GET", path, b""),), b""))


@pytest.mark.parametrize("path", ["/function", "/function/late"])
def test_a_function_leaves_nothing_for_the_collector(path: str, node: Node) -> None:
    leaves_nothing(lambda house: talk(house.port, (("GET", path, b""),), b""), node)
