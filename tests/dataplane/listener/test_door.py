"""How a worker closes its door: whoever came in time is let in, nobody is reset."""

import asyncio
import contextlib
import socket
import threading

import uvloop

from dataplane.exchange import Exchange
from dataplane.listener.door import let_nobody_begin, waiting_at
from dataplane.listener.server import Server
from dataplane.settings import Limits
from tests.dataplane.sides import SECONDS

ASKING = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def test_who_has_begun_comes_in_and_who_begins_now_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as before, socket.socket() as late:
        before.connect(listening.getsockname())
        closed = let_nobody_begin(listening)
        late.settimeout(0.3)
        came = late.connect_ex(listening.getsockname()) == 0
        assert came is not closed, "its packet is lost, and is sent again after a second"
        accepted, _ = listening.accept()
        with accepted:
            before.sendall(b"hello")
            assert accepted.recv(100) == b"hello"


class Crowd:
    """Each connects, asks once and is answered, again and again, until it is refused."""

    def __init__(self, port: int, count: int) -> None:
        self.answered = 0
        self.wrong: list[str] = []
        self._port = port
        self.threads = [threading.Thread(target=self._come, daemon=True) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def _come(self) -> None:
        with contextlib.suppress(ConnectionRefusedError, ConnectionResetError):  # the second: while it connects
            while not self.wrong:
                with socket.create_connection(("127.0.0.1", self._port), timeout=SECONDS) as client:
                    self._ask(client)

    def _ask(self, client: socket.socket) -> None:
        said = b""
        try:
            client.sendall(ASKING)
            while piece := client.recv(10_000):
                said += piece
        except OSError as error:
            self.wrong.append(repr(error))
        if said.startswith(b"HTTP/1.1 200 "):
            self.answered += 1
        else:
            self.wrong.append(repr(said))


def test_nobody_is_reset_when_the_door_closes_on_a_crowd() -> None:
    async def answer(exchange: Exchange) -> None:
        exchange.responder.send(200, [], b"hello")

    async def closing() -> Crowd:
        with socket.create_server(("127.0.0.1", 0)) as sock:
            server = Server(answer, Limits())
            await server.listen(sock)
            crowd = Crowd(sock.getsockname()[1], 8)
            async with asyncio.timeout(SECONDS):
                while crowd.answered < 500:
                    await asyncio.sleep(0.01)
            await server.drain(5.0)
        for thread in crowd.threads:
            await asyncio.to_thread(thread.join, SECONDS)
        return crowd

    crowd = uvloop.run(closing())
    assert crowd.wrong == [] or not can_close()


def test_who_waits_there_is_had_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as first, socket.socket() as second:
        listening.setblocking(False)
        for client in (first, second):
            client.connect(listening.getsockname())
        waiting = list(waiting_at(listening))
        assert {each.getpeername() for each in waiting} == {first.getsockname(), second.getsockname()}
        for each in waiting:
            each.close()


def can_close() -> bool:
    """Not every user may, nor on every system."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return let_nobody_begin(listening)
