"""The only places where work is started that nobody awaits.

`start` runs a coroutine to its end without an asyncio Task: a request that never waits costs one `send`. Where it
waits, it waits for a future, whose callback sends on, or for a `Signal`, which sends on itself. So inside such a
coroutine there is no current task: `asyncio.timeout` and `asyncio.wait_for` don't work there; deadlines are the loop's
timers (see `upstream`).
`background` is a Task for work beside the requests; it is held until it ends and its failure is logged.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from typing import Any, Generic, TypeVar

from dataplane.exchange import ClientGone

log = logging.getLogger(__name__)
_running: set[asyncio.Task[Any]] = set()
T = TypeVar("T")


class Signal(Generic[T]):
    """One result for one coroutine: a future without the turn of the loop that a future's callback waits for.

    A coroutine that `start` runs goes on inside `set_result` or `set_exception`, so these belong at the very end of
    what their caller does. A Task may wait for one too, as for any future.
    """

    __slots__ = ("_asyncio_future_blocking", "_failure", "_result", "ended", "wakes")

    _result: T

    def __init__(self) -> None:
        self.ended = False
        self._failure: BaseException | None = None
        self.wakes: Callable[[Signal[T]], object] | None = None  # called at its end, at once

    def __await__(self) -> Generator["Signal[T]", None, T]:
        if not self.ended:
            self._asyncio_future_blocking = True
            yield self
        if self._failure is None:
            return self._result
        try:
            raise self._failure
        finally:
            del self  # or the failure's traceback would hold it: a circle is the collector's work

    def result(self) -> T:
        if self._failure is not None:
            raise self._failure
        return self._result

    def exception(self) -> BaseException | None:
        return self._failure

    def set_result(self, result: T) -> None:
        self._result = result
        self.ended = True
        wakes, self.wakes = self.wakes, None  # whom it wakes holds it: a circle is the collector's work
        if wakes is not None:
            wakes(self)

    def set_exception(self, failure: BaseException) -> None:
        self._failure = failure
        self.ended = True
        wakes, self.wakes = self.wakes, None
        if wakes is not None:
            wakes(self)

    def cancel(self, msg: object = None) -> bool:
        """Whoever waits for it is told so; a result that comes later is nobody's."""
        if self.ended:
            return False
        self.set_exception(asyncio.CancelledError())
        return True

    # what a Task asks of a future

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    def add_done_callback(self, callback: Callable[["Signal[T]"], object], *, context: Context | None = None) -> None:
        loop = asyncio.get_running_loop()

        def wake(signal: "Signal[T]") -> None:
            loop.call_soon(callback, signal, context=context)

        self.wakes = wake


Awaited = asyncio.Future[Any] | Signal[Any] | None  # None: a bare yield


def start(coroutine: Coroutine[Any, Any, None], ended: Callable[[], None] | None = None) -> "Running | None":
    """Run `coroutine` now, as far as it goes; the rest when what it waits for is done. None: it has ended already.
    `ended` is called after its end, however it ends. It raises nothing but ClientGone: anything else is logged."""
    try:
        waits_for = coroutine.send(None)
    except BaseException as end:
        _end(end, ended)
        return None
    running = Running(coroutine, ended)
    running.park(waits_for)
    return running


class Running:
    """A coroutine that waits."""

    __slots__ = ("_coroutine", "_ended", "_waits_for", "waits")

    def __init__(self, coroutine: Coroutine[Any, Any, None], ended: Callable[[], None] | None) -> None:
        self._coroutine = coroutine
        self._ended = ended
        self._waits_for: Awaited = None
        self.waits = False

    def __call__(self, done: "Awaited") -> None:
        # After `give_up` the coroutine may be waiting for something else than what wakes it here.
        if self.waits and done is self._waits_for:
            # The future's own `__await__` takes its result, so an exception or a cancellation is raised inside.
            self.waits = False
            try:
                waits_for = self._coroutine.send(None)
            except BaseException as end:
                _end(end, self._ended)
            else:
                self.park(waits_for)

    def give_up(self, reason: BaseException) -> None:
        """Raise `reason` where it waits. Not to be called from within."""
        if self.waits:
            self.waits = False
            self._waits_for = None  # which, where it never ends, holds this: a circle is the collector's work
            try:
                waits_for = self._coroutine.throw(reason)
            except BaseException as end:
                _end(end, self._ended)
            else:
                self.park(waits_for)

    def close(self) -> None:
        """End it where it waits, without a reason."""
        if self.waits:
            self.waits = False
            self._waits_for = None
            self._coroutine.close()
            if self._ended is not None:
                self._ended()

    def park(self, waits_for: "Awaited") -> None:
        self.waits = True
        self._waits_for = waits_for
        if type(waits_for) is Signal:
            waits_for.wakes = self
        elif waits_for is None:  # a bare yield, as of asyncio.sleep(0)
            asyncio.get_running_loop().call_soon(self, None)
        elif getattr(waits_for, "_asyncio_future_blocking", False):
            waits_for._asyncio_future_blocking = False
            waits_for.add_done_callback(self)
        else:
            self.give_up(RuntimeError(f"a request's coroutine waits for something else than a future: {waits_for!r}"))


def _end(end: BaseException, ended: Callable[[], None] | None) -> None:
    if ended is not None:
        ended()
    if isinstance(end, StopIteration):
        return
    if isinstance(end, ClientGone):
        forget(end)
        return
    if not isinstance(end, (Exception, asyncio.CancelledError)):
        raise end
    log.error("a request's coroutine failed", exc_info=end)
    forget(end)


def forget(failure: BaseException) -> None:
    """Where a failure is dealt with. Its traceback holds frames; since Python 3.12 a coroutine's holds those that sent
    to it, some of which have the failure in a variable: a circle is the collector's work."""
    seen: BaseException | None = failure
    while seen is not None:
        seen.__traceback__ = None
        seen = seen.__context__


def background(coroutine: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
    task = asyncio.get_running_loop().create_task(coroutine, name=name)
    _running.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: "asyncio.Task[Any]") -> None:
    _running.discard(task)
    if not task.cancelled() and task.exception() is not None:
        log.error("%s failed", task.get_name(), exc_info=task.exception())
