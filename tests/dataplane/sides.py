"""The other side of a connection, scripted over real sockets on loopback."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from dataplane import spawn
from dataplane.exchange import Exchange
from dataplane.listener.server import Server
from dataplane.settings import Limits

Handle = Callable[[Exchange], Coroutine[Any, Any, None]]
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

SECONDS = 30.0  # for what has to come: a busy machine may stand still for some of them
# For what a limit of a fraction of a second ends: without it, the shortest of the server's own would end it later.
SOON = 9.0


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def ask(self, data: bytes, *, head: bool = False) -> Reply:
        self.say(data)
        return await self.reply(head=head)

    async def reply(self, *, head: bool = False) -> Reply:
        lines = (await within(self.reader.readuntil(b"\r\n\r\n"))).decode().split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if line)}
        return Reply(status, headers, b"" if head or status in (100, 204, 304) else await self._body(headers))

    async def _body(self, headers: dict[str, str]) -> bytes:
        if "content-length" in headers:
            return await within(self.reader.readexactly(int(headers["content-length"])))
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(await within(self.reader.readuntil(b"\r\n")), 16):
                body += (await within(self.reader.readexactly(size + 2)))[:-2]
            await self.reader.readexactly(2)
            return body
        return await within(self.reader.read())

    async def ended(self) -> bytes:
        """What is left until the other side closes."""
        try:
            return await within(self.reader.read())
        except ConnectionResetError:
            return b""

    def close(self) -> None:
        self.writer.close()

    def reset(self) -> None:
        """Not a FIN, behind which somebody may be reading still."""
        reset(self.writer)


def reset(writer: asyncio.StreamWriter) -> None:
    """A process that is killed with data unread, or a firewall: RST, no FIN."""
    if not writer.transport.is_closing():
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def within(wait: Awaitable[Any], seconds: float = SECONDS) -> Any:
    return await asyncio.wait_for(wait, seconds)


async def until(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


@dataclass
class House:
    """A server under test and its address."""

    server: Server
    port: int

    @asynccontextmanager
    async def client(self, *, receive_buffer: int = 0) -> AsyncIterator[Client]:
        sock = socket.socket()
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", self.port))
        except OSError:
            sock.close()
            raise
        client = Client(*await asyncio.open_connection(sock=sock, limit=receive_buffer or 65536))
        try:
            yield client
        finally:
            client.reset()


@asynccontextmanager
async def serving(handle: Handle, **limits: Any) -> AsyncIterator[House]:
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    server = Server(handle, Limits(**limits))
    await server.listen(sock)
    try:
        yield House(server, sock.getsockname()[1])
    finally:
        await server.drain(0.0)
        await until(lambda: server.connections == 0)


class Backend:
    """Runs a script per connection and counts the connections."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._writers: list[asyncio.StreamWriter] = []
        self.connections = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        try:
            await self._script(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            writer.close()

    def close_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def backend(script: Script) -> AsyncIterator[Backend]:
    other_side = Backend(script)
    server = await asyncio.start_server(other_side.serve, "127.0.0.1", 0)
    other_side.port = server.sockets[0].getsockname()[1]
    try:
        yield other_side
    finally:
        server.close()
        other_side.close_all()
        await asyncio.sleep(0.01)


async def read_head(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


async def spawned(work: Coroutine[Any, Any, Any]) -> Any:
    """As the pipeline runs it: without a current task."""
    done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def run() -> None:
        assert asyncio.current_task() is None
        try:
            result = await work
        except BaseException as error:
            done.set_exception(error)
        else:
            done.set_result(result)

    asyncio.get_running_loop().call_soon(spawn.start, run())
    return await within(done)
