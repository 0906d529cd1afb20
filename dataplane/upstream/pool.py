"""The connections of one origin: the last one used is the next one used, and no origin waits for another."""

import asyncio
import ssl
from functools import lru_cache
from weakref import WeakValueDictionary

from dataplane import spawn
from dataplane.exchange import Body, Headers
from dataplane.faults import UpstreamBroken, UpstreamFault, UpstreamTimeout, UpstreamUnreachable
from dataplane.http1.head import header_lines, request_target
from dataplane.settings import Limits
from dataplane.tls import client_context
from dataplane.upstream.answer import Answer
from dataplane.upstream.connection import Connection
from dataplane.upstream.faults import Stale, Unsent
from dataplane.upstream.resolver import Resolver
from dataplane.upstream.waiters import Waiters, let_go

_IDEMPOTENT = frozenset((b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"TRACE"))
_LENGTH_ALWAYS = frozenset((b"POST", b"PUT", b"PATCH"))  # RFC 9110 8.6: say so even when there is no body
_resolver = Resolver()
_pools: "WeakValueDictionary[tuple[str, str, int, bool], Pool]" = WeakValueDictionary()


def pool_for(scheme: str, host: str, port: int, verify: bool = True) -> "Pool":
    """The same pool for the same origin while anybody holds it; opens nothing."""
    key = (scheme, host.lower(), port, verify)
    pool = _pools.get(key)
    if pool is None:
        pool = _pools[key] = Pool(*key)
    return pool


class Pool:
    def __init__(
        self,
        scheme: str,
        host: str,
        port: int,
        verify: bool = True,
        *,
        limits: Limits | None = None,
        resolver: Resolver = _resolver,
    ) -> None:
        self.limits = limits or Limits()
        self._resolver = resolver
        self._scheme = scheme
        self._host = host
        self._port = port
        self._verify = verify
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._idle: dict[Connection, None] = {}  # the last one is the freshest
        self._members: set[Connection] = set()
        self._open = 0  # members, and connections to be
        self._waiters: Waiters[Connection | None] = Waiters()  # None: leave to open one

    async def send(
        self,
        method: bytes,
        target: bytes,
        headers: Headers,
        body: bytes | Body,
        *,
        timeout: float,  # noqa: ASYNC109  # no task, so no asyncio.timeout: a deadline that the connection watches
        lines: bytes = b"",
    ) -> Answer:
        """Raises an UpstreamFault, or what `body` raises. `timeout`: seconds until the last byte of the answer.
        `lines`: more headers, written out, and known to be lines."""
        loop = self._loop
        if loop is None or loop.is_closed():  # to ask which one runs would be a system call for each request
            self._loop = loop = asyncio.get_running_loop()
            self._begin_anew()
        deadline = loop.time() + timeout
        if not isinstance(body, bytes):
            whole = body.whole()
            body = body if whole is None else whole
        head = _head(method, target, headers, lines, body)
        connection = self._kept()
        again = False
        while True:
            if connection is None:
                connection = await self._another(deadline)
            waiter = connection.ask(head, body, deadline=deadline, head_only=method == b"HEAD")
            try:
                return await waiter
            except Unsent:
                connection = None
            except Stale:
                if again or not connection.kept or connection.took or method not in _IDEMPOTENT:
                    raise
                connection, again = None, True  # once more, on another that has not lain idle
            except BaseException:
                connection.withdraw(waiter)
                raise
            finally:
                del waiter  # or what it failed with would hold it, by this frame in its traceback

    # the connections' side

    def returned(self, connection: Connection) -> None:
        connection.kept = True
        if self._waiters:
            if connection.old:
                connection.close(UpstreamBroken("the connection is old"))  # who waits opens another
                return
            connection.keep_still()
            if self._waiters.hand(connection):
                return
        self._idle[connection] = None
        connection.rest(self.limits.upstream_idle_seconds)

    def lost(self, connection: Connection) -> None:
        self._idle.pop(connection, None)
        if connection in self._members:
            self._members.discard(connection)
            self._leave()

    # finding a connection

    def _kept(self) -> Connection | None:
        while self._idle:
            connection, _ = self._idle.popitem()
            if connection.usable:
                return connection
        return None

    async def _another(self, deadline: float) -> Connection:
        if self._open >= self.limits.upstream_connections:
            connection = await self._waiters.turn(deadline, self.limits.upstream_waiters, self._unclaimed)
            if connection is not None:
                return connection
        else:
            self._open += 1
        return await self._opened(deadline)

    def _unclaimed(self, connection: Connection | None) -> None:
        """It was given to one who has gone."""
        if connection is None:
            self._leave()
        elif connection.usable:
            self.returned(connection)

    def _leave(self) -> None:
        """One connection less: the first who waits may open one."""
        if not self._waiters.hand(None):
            self._open -= 1

    async def _opened(self, deadline: float) -> Connection:
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[Connection | None] = loop.create_future()
        spawn.background(self._open_one(opened, deadline - loop.time()), f"connecting to {self._host}:{self._port}")
        try:
            connection = await opened
        except BaseException:
            let_go(opened, self._unclaimed)
            raise
        finally:
            del opened  # as in `send`
        assert connection is not None
        return connection

    async def _open_one(self, opened: "asyncio.Future[Connection | None]", seconds: float) -> None:
        where = f"{self._host}:{self._port}"
        try:
            async with asyncio.timeout(seconds):
                connection = await self._connected()
        except UpstreamFault as fault:
            self._not_opened(opened, fault)
        except TimeoutError:
            self._not_opened(opened, UpstreamTimeout(f"no connection to {where} in time"))
        except (OSError, ValueError) as error:  # ValueError: not a host name
            self._not_opened(opened, UpstreamUnreachable(f"no connection to {where}: {error}"))
        else:
            self._members.add(connection)
            if opened.done():
                self.returned(connection)
            else:
                opened.set_result(connection)

    async def _connected(self) -> Connection:
        """To the first of the host's addresses that takes it; the last one's failure is the failure."""
        *others, last = await self._resolver.addresses(self._host)
        for address in others:
            try:
                return await self._connected_to(address)
            except OSError:  # TimeoutError is one
                continue
        return await self._connected_to(last)

    async def _connected_to(self, address: str) -> Connection:
        context = _tls(self._verify) if self._scheme == "https" else None
        name = self._host if context else None
        async with asyncio.timeout(self.limits.connect_seconds):
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: Connection(self), address, self._port, ssl=context, server_hostname=name
            )
        return connection

    def _not_opened(self, opened: "asyncio.Future[Connection | None]", fault: Exception) -> None:
        if not opened.done():
            opened.set_exception(fault)
        self._leave()


def _head(method: bytes, target: bytes, headers: Headers, lines: bytes, body: bytes | Body) -> bytes:
    framing = b""
    if isinstance(body, bytes):
        if body or method in _LENGTH_ALWAYS:
            framing = b"Content-Length: %d\r\n" % len(body)
    elif body.length is None:
        framing = b"Transfer-Encoding: chunked\r\n"
    else:
        framing = b"Content-Length: %d\r\n" % body.length
    if headers:
        lines += header_lines(headers)
    return b"%b %b HTTP/1.1\r\n%b%b\r\n" % (method, request_target(target), lines, framing)


@lru_cache(maxsize=2)
def _tls(verify: bool) -> ssl.SSLContext:
    context = client_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
