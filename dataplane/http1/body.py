"""Bodies that are still arriving, with the back-pressure that keeps them small."""

import asyncio
from typing import Protocol

from dataplane.faults import overloaded
from dataplane.http1.held import UNCOUNTED


class Source(Protocol):
    """The connection that a body arrives on."""

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def wanted(self) -> None:
        """Somebody waits for more of the body."""

    def holds(self, body: "Inflow", size: int) -> None:
        """So much waits in `body`: more than is not worth counting, or nothing any more."""

    def too_large(self) -> Exception:
        """What is raised when a body that is read as a whole passes its ceiling."""


class NoBody:
    length: int | None = 0

    def whole(self) -> bytes | None:
        return b""

    async def read(self) -> bytes:
        return b""

    async def chunk(self) -> bytes:
        return b""


NO_BODY = NoBody()


class Whole:
    """A Body that is all there."""

    __slots__ = ("_body", "length")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.length: int | None = len(body)

    def whole(self) -> bytes | None:
        return self._body

    async def read(self) -> bytes:
        return self._body

    async def chunk(self) -> bytes:
        body, self._body = self._body, b""
        return body


class Inflow:
    """A Body. The connection feeds it and ends or fails it; one coroutine at a time takes from it."""

    __slots__ = (
        "__weakref__",
        "_bound",
        "_ceiling",
        "_fault",
        "_gathering",
        "_held",
        "_paused",
        "_pieces",
        "_source",
        "_taken",
        "_waiter",
        "complete",
        "length",
    )

    def __init__(self, source: Source, length: int | None, *, bound: int, ceiling: int) -> None:
        """`bound`: bytes held before the source is paused; `ceiling`: bytes that `read` gathers at most."""
        self.length = length
        self.complete = False
        self._source = source
        self._bound = bound
        self._ceiling = ceiling
        self._pieces: list[bytes] = []
        self._held = 0
        self._paused = False
        self._taken = False
        self._gathering = False
        self._fault: BaseException | None = None
        self._waiter: asyncio.Future[None] | None = None

    @property
    def awaited(self) -> bool:
        return self._waiter is not None

    # the connection's side

    def feed(self, piece: bytes) -> None:
        if self._fault is not None:
            return
        self._pieces.append(piece)
        self._held += len(piece)
        self.count()
        if self._gathering:
            if self._held > self._ceiling:
                self.fail(self._source.too_large())
            return
        if self._held > self._bound and not self._paused:
            self._paused = True
            self._source.pause()
        self._wake()

    def count(self) -> None:
        if self._held > UNCOUNTED:
            self._source.holds(self, self._held)

    def let_go(self) -> None:
        self.fail(overloaded())

    def end(self) -> None:
        self.complete = True
        self._open_valve()
        self._wake()

    def fail(self, fault: BaseException) -> None:
        """The first fault stays. What had arrived is dropped."""
        if self.complete or self._fault is not None:
            return
        self._fault = fault
        self._drop()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _open_valve(self) -> None:
        if self._paused:
            self._paused = False
            self._source.resume()

    # the taker's side

    def whole(self) -> bytes | None:
        if not self.complete or self._taken:
            return None
        return self._joined()

    async def read(self) -> bytes:
        self._gathering = True
        if self._held > self._ceiling:
            self.fail(self._source.too_large())
        self._open_valve()
        while not self.complete:
            await self._more()
        return self._joined()

    async def chunk(self) -> bytes:
        self._taken = True
        if not self._pieces and not self.complete:
            await self._more()
        elif self._fault is not None:
            raise self._fault
        piece = self._joined()
        self._drop()
        return piece

    def _drop(self) -> None:
        self._pieces.clear()
        if self._held > UNCOUNTED:
            self._source.holds(self, 0)
        self._held = 0
        self._open_valve()

    async def _more(self) -> None:
        if self._fault is not None:
            raise self._fault
        waiter = self._waiter = asyncio.get_running_loop().create_future()
        self._source.wanted()
        try:
            await waiter
        finally:
            self._waiter = None
        if self._fault is not None:
            raise self._fault

    def _joined(self) -> bytes:
        pieces = self._pieces
        if len(pieces) > 1:
            pieces[:] = [b"".join(pieces)]
        return pieces[0] if pieces else b""
