"""A crowd that sends, stalls, leaves and resets as it likes, and a backend that does the same."""

import asyncio
import contextlib
from random import Random

import msgspec

from dataplane.snapshot import Integration, IntegrationResponse, Resource
from tests.dataplane.execution import HOST, House, resource
from tests.dataplane.proxying import proxying
from tests.dataplane.sides import until

_HOST = f"Host: {HOST}\r\nContent-Type: application/json\r\n".encode()
_GET = b"GET /dev/p/x HTTP/1.1\r\n" + _HOST + b"\r\n"
_LARGE = b"z" * 300_000
_MILLIS = 1_000
_SIZES = (0, 10, 20_000, 200_000, 900_000)


def resources() -> tuple[Resource, Resource]:
    """One that streams, and one that needs all of the request and of the answer."""
    read = IntegrationResponse(status_code="200", response_templates={"application/json": "$input.body"})
    whole = Integration(
        type="HTTP",
        uri="http://${stageVariables.backend}/",
        http_method="POST",
        request_templates={"application/json": "$input.body"},
        responses=(read,),
        timeout_in_millis=_MILLIS,
    )
    streaming = msgspec.structs.replace(proxying(timeout_in_millis=_MILLIS), path="/p/{proxy+}")
    return streaming, msgspec.structs.replace(resource("/whole", "POST", whole), id="whole")


class Moody:
    """A backend."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._serving: set[asyncio.StreamWriter] = set()

    async def start(self) -> int:
        """Its port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """A transport that is left open when its loop closes warns of that; and where warnings are errors, uvloop then
        waits for it for ever, in C."""
        self._server.close()
        for writer in self._serving:
            writer.transport.abort()
        await until(lambda: not self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._answer(reader, writer)
        finally:
            writer.close()
            self._serving.discard(writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        moods = (self._cut, self._refuse, self._chunk, self._large)
        while True:
            await reader.readuntil(b"\r\n\r\n")
            if self._random.random() < 0.2:
                await asyncio.sleep(self._random.random() * _MILLIS / 800)
            if writer.is_closing():
                return
            self._random.choice(moods)(writer)
            await writer.drain()

    def _cut(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + _LARGE[: self._random.randrange(300_000)])
        self._random.choice((writer.close, writer.transport.abort))()

    def _refuse(self, writer: asyncio.StreamWriter) -> None:
        """Before it has read the body."""
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")

    def _chunk(self, writer: asyncio.StreamWriter) -> None:
        chunks = b"493e0\r\n" + _LARGE + b"\r\n"
        last = self._random.choice((b"0\r\n\r\n", b"0\r\nT: v\r\n\r\n", b"zz\r\n"))
        writer.write(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks * self._random.randrange(5) + last
        )

    def _large(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + _LARGE)


class Client:
    def __init__(self, house: House, random: Random) -> None:
        self._house = house
        self._random = random

    async def call_on(self, over: asyncio.Event) -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                await self._come()

    async def _come(self) -> None:
        random = self._random
        limit = random.choice((1_000, 100_000))
        reader, writer = await asyncio.open_connection("127.0.0.1", self._house.port, limit=limit)
        try:
            for _ in range(random.randrange(1, 5)):
                if writer.is_closing():
                    break
                writer.write(random.choice((self._several, self._declared, self._chunked))())
                shuts = random.random() < 0.1
                if shuts:
                    writer.write_eof()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(random.random() / 2):
                        await reader.read(random.choice((1, 100_000)))
                if shuts:
                    break
        finally:
            random.choice((writer.close, writer.transport.abort))()
            await writer.wait_closed()

    def _several(self) -> bytes:
        return _GET * self._random.choice((1, 1, 3, 1_000))

    def _line(self) -> bytes:
        return b"POST /dev/%b HTTP/1.1\r\n%b" % (self._random.choice((b"p/x", b"whole")), _HOST)

    def _declared(self) -> bytes:
        size = self._random.choice(_SIZES)
        body = b'"%b"' % (b"b" * self._random.choice((size, size // 2)))
        return b"%bContent-Length: %d\r\n\r\n%b" % (self._line(), size + 2, body)

    def _chunked(self) -> bytes:
        size = self._random.choice(_SIZES)
        end = self._random.choice((b"0\r\n\r\n", b"zz\r\n", b""))
        body = b'%x\r\n"%b"\r\n%b' % (size + 2, b"c" * size, end)
        return self._line() + b"Transfer-Encoding: chunked\r\n\r\n" + body
