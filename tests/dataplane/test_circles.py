"""What is served leaves nothing that only the collector could free: a worker puts what lives when a stage changes away
from it (node/upkeep.py), and a circle among that would stay for ever."""

import asyncio
import gc
import socket

from dataplane.snapshot import Integration, IntegrationResponse
from tests.dataplane.execution import API, House, answer, in_house, resource

URI = "http://${stageVariables.backend}/"
TEXT = IntegrationResponse(status_code="200", response_templates={"application/json": '"$input.body"'})
DRAWN = (
    resource("/proxied", "ANY", Integration(type="HTTP_PROXY", uri=URI, http_method="ANY")),
    resource("/mapped", "POST", Integration(type="HTTP", uri=URI, http_method="POST", responses=(TEXT,))),
    resource("/mock", "GET", Integration(type="MOCK", request_templates={"application/json": '{"statusCode": 200}'})),
)
ASKED = (("GET", "/mock", b""), ("GET", "/proxied", b""), ("POST", "/proxied", b"x" * 100_000))
MORE = (("POST", "/mapped", b"{}"), ("GET", "/nowhere", b""))
# How a client leaves: at rest, within a head, within a body that is on its way to the backend.
ENDINGS = (b"", b"GET / HT", b"POST /dev/proxied HTTP/1.1\r\nHost: %b\r\nContent-Length: 50\r\n\r\nabc")


def head(method: str, path: str, length: int) -> bytes:
    host = f"{API}.execute-api.localhost"
    return f"{method} /dev{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n".encode()


def talk(port: int, ending: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as client, client.makefile("rb") as answers:
        for method, path, body in ASKED + MORE:
            client.sendall(head(method, path, len(body)) + body)
            lines = iter(answers.readline, b"\r\n")
            length = next(line for line in list(lines) if line.lower().startswith(b"content-length:"))
            answers.read(int(length.partition(b":")[2]))
        client.sendall(ending.replace(b"%b", f"{API}.execute-api.localhost".encode()))


def test_connections_leave_nothing_for_the_collector_however_they_end() -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(body=b"z" * 100)
        house.deploy(*DRAWN)

        async def served() -> None:
            for ending in ENDINGS:
                await asyncio.to_thread(talk, house.port, ending)
            while house.server.connections:
                await asyncio.sleep(0)
            for _ in range(10):  # the backend's connections are told a few turns later
                await asyncio.sleep(0)
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
