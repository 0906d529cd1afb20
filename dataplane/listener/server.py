"""A worker's door: one listening socket, its open connections, and how it closes."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

from dataplane.exchange import Exchange
from dataplane.listener.connection import Connection
from dataplane.listener.door import let_nobody_begin, waiting_at
from dataplane.settings import Limits

_BACKLOG = 4096
# The kernel resets connections that wait for a listening socket that closes: first they are accepted. Who has begun to
# connect needs a round trip to be there.
_ACCEPTING_SECONDS = 0.2


Handle = Callable[[Exchange], Coroutine[Any, Any, None] | None]


class Server:
    """Starts `handle` for each request; it answers everything through the exchange's responder, faults included. It may
    have done so when it returns: then it returns None, and else what is left to do."""

    def __init__(self, handle: Handle, limits: Limits, *, scheme: str = "http") -> None:
        self.handle = handle
        self.limits = limits
        self.scheme = scheme
        self.requests = 0
        self.draining = False
        self._open: set[Connection] = set()
        self._listening: list[asyncio.Server] = []
        self._sockets: list[socket.socket] = []
        self._emptied: asyncio.Event | None = None

    @property
    def connections(self) -> int:
        return len(self._open)

    async def listen(self, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._sockets.append(sock)
        self._listening.append(await loop.create_server(lambda: Connection(self), sock=sock, backlog=_BACKLOG))

    async def drain(self, seconds: float) -> None:
        """Stop listening, let what is under way end, then close what is left after `seconds`."""
        self.draining = True
        for sock in self._sockets:
            let_nobody_begin(sock)
        if self._listening:
            await asyncio.sleep(min(seconds, _ACCEPTING_SECONDS))
        last = [one for sock in self._sockets for one in waiting_at(sock)]
        for listening in self._listening:
            listening.close()
        for accepted in last:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: Connection(self), accepted)
        for connection in list(self._open):
            connection.drain()
        if self._open:
            self._emptied = asyncio.Event()
            try:
                await asyncio.wait_for(self._emptied.wait(), seconds)
            except TimeoutError:
                for connection in list(self._open):
                    connection.break_off()

    # a connection's side

    def admit(self, connection: Connection) -> bool:
        self._open.add(connection)
        return len(self._open) <= self.limits.connections

    @property
    def crowded(self) -> bool:
        """So many are being refused that no more can be told so."""
        return len(self._open) > self.limits.connections + self.limits.connections // 8 + 1

    def forget(self, connection: Connection) -> None:
        self._open.discard(connection)
        if not self._open and self._emptied is not None:
            self._emptied.set()
