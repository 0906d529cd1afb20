"""One call for all who need the same answer at the same time."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

from dataplane import spawn

T = TypeVar("T")


class Flights(Generic[T]):
    """The call is nobody's own: it goes on when the one for whom it began has gone."""

    __slots__ = ("_loop", "_under_way")

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._under_way: dict[Hashable, set[asyncio.Future[T]]] = {}

    def begin(self, key: Hashable, call: Callable[[], Coroutine[Any, Any, T]]) -> None:
        """Unless one of this key is under way."""
        if self.under_way(key):
            return
        waiters: set[asyncio.Future[T]] = set()
        self._under_way[key] = waiters
        spawn.background(self._fly(key, waiters, call), "a shared call")

    def under_way(self, key: Hashable) -> bool:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._under_way = loop, {}
        return key in self._under_way

    async def join(self, key: Hashable, seconds: float) -> T:
        """The result of the call that is under way. Raises TimeoutError, and what the call raises."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[T] = loop.create_future()
        waiters = self._under_way[key]
        waiters.add(waiter)
        timer = loop.call_later(seconds, _too_late, waiter)
        try:
            return await waiter
        finally:
            timer.cancel()
            waiters.discard(waiter)

    async def _fly(
        self, key: Hashable, waiters: "set[asyncio.Future[T]]", call: Callable[[], Coroutine[Any, Any, T]]
    ) -> None:
        try:
            result = await call()
        except Exception as error:
            del self._under_way[key]
            if not waiters:
                raise
            for waiter in _waiting(waiters):
                waiter.set_exception(error)
        else:
            del self._under_way[key]
            for waiter in _waiting(waiters):
                waiter.set_result(result)


def _waiting(waiters: "set[asyncio.Future[T]]") -> "list[asyncio.Future[T]]":
    return [waiter for waiter in waiters if not waiter.done()]


def _too_late(waiter: "asyncio.Future[Any]") -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())
