"""A stage served in this process, between a raw client and a scripted backend, all over real sockets."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import uvloop

from dataplane.compiler import compile_stage
from dataplane.exchange import Exchange
from dataplane.gateway import Gateway
from dataplane.limits.clients import Clients
from dataplane.limits.meter import Meter
from dataplane.listener.server import Server
from dataplane.pipeline import Pipeline
from dataplane.settings import Limits
from dataplane.snapshot import SCHEMA_VERSION, ApiDocument, Canary, Integration, Method, Resource, StageEntry
from dataplane.steps.cache import Caches
from tests.dataplane.sides import SECONDS

API = "abc1234567"
HOST = f"{API}.execute-api.localhost"


@dataclass
class Message:
    """A request as the backend read it, or an answer as the client read it."""

    start: str  # its first line
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        values = self.all(name)
        return values[-1] if values else None

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def status(self) -> int:
        return int(self.start.split(" ")[1])


async def read_message(reader: asyncio.StreamReader, *, bodiless: bool = False) -> Message:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    start, *lines = head.rstrip("\r\n").split("\r\n")
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    message = Message(start, headers, b"")
    if bodiless:
        return message
    if (message.header("Transfer-Encoding") or "").lower() == "chunked":
        while size := int(await reader.readline(), 16):
            message.body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
    else:
        message.body = await reader.readexactly(int(message.header("Content-Length") or 0))
    return message


def answer(status: int = 200, headers: str = "", body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


Script = Callable[[Message], bytes | Awaitable[bytes]]


@dataclass
class Backend:
    script: Script = lambda message: answer(body=b"backend")
    seen: list[Message] = field(default_factory=list)
    port: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        """All that were ever opened."""
        return len(self._writers)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        try:
            while True:
                message = await read_message(reader)
                self.seen.append(message)
                reply = self.script(message)
                writer.write(reply if isinstance(reply, bytes) else await reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


class Recorder:
    def __init__(self) -> None:
        self.done: list[Exchange] = []

    def record(self, exchange: Exchange) -> None:
        self.done.append(exchange)


class House:
    def __init__(self) -> None:
        self.backend = Backend()
        self.gateway = Gateway()
        self.recorder = Recorder()
        self.port = 0
        self.caches = Caches(100 * 1024 * 1024)
        self.access_log: list[tuple[str, str]] = []  # log group and line

    def add(self, group: str, line: str) -> None:
        self.access_log.append((group, line))

    async def start(self) -> None:
        self.clients = Clients(Meter(asyncio.get_running_loop().time))
        await self.backend.start()
        sock = socket.create_server(("127.0.0.1", 0))
        self.port = sock.getsockname()[1]
        self.server = Server(Pipeline(self.gateway, self.recorder).serve, Limits())
        await self.server.listen(sock)

    async def stop(self) -> None:
        await self.server.drain(0.1)
        self.backend.stop()

    def deploy(
        self,
        *resources: Resource,
        variables: dict[str, str] | None = None,
        canary: tuple[float, tuple[Resource, ...], dict[str, str]] | None = None,
        disable_execute_api_endpoint: bool = False,
        authorizers_cache_generation: int = 0,
        use_stage_cache: bool = False,
        stage: dict[str, Any] | None = None,
        **api: Any,
    ) -> None:
        """Serve these resources as stage `dev`; canary: percent, resources, variable overrides; `stage`, `api`: what
        else its entry and the document say."""
        arm = other = None
        if canary:
            percent, drawn, overrides = canary
            arm = Canary(
                deployment_id="canary",
                digest="c" * 64,
                percent_traffic=percent,
                stage_variable_overrides=overrides,
                use_stage_cache=use_stage_cache,
            )
            other = document(*drawn, **api)
        entry = StageEntry(
            api_id=API,
            stage_name="dev",
            generation=1,
            deployment_id="dep123",
            digest="d" * 64,
            variables={"backend": f"127.0.0.1:{self.backend.port}", **(variables or {})},
            canary=arm,
            disable_execute_api_endpoint=disable_execute_api_endpoint,
            authorizers_cache_generation=authorizers_cache_generation,
            **(stage or {}),
        )
        self.gateway.swap([compile_stage(entry, document(*resources, **api), other, self.caches, self, self.clients)])

    async def call(
        self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b"", *, host: str = HOST
    ) -> Message:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = {"Host": host, **({"Content-Length": str(len(body))} if body else {}), **(headers or {})}
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
        writer.write(head.encode("latin-1") + b"\r\n" + body)
        message = await read_message(reader, bodiless=method == "HEAD")
        writer.close()
        return message


def document(*resources: Resource, **api: Any) -> ApiDocument:
    return ApiDocument(schema_version=SCHEMA_VERSION, api_id=API, name="test", resources=resources, **api)


def resource(path: str, http_method: str, integration: Integration, **method: Any) -> Resource:
    return Resource(
        id="res123", path=path, methods=(Method(http_method=http_method, integration=integration, **method),)
    )


def in_house(scenario: Callable[[House], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        house = House()
        await house.start()
        try:
            async with asyncio.timeout(4 * SECONDS):
                await scenario(house)
        finally:
            await house.stop()

    uvloop.run(run())
