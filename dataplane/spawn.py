"""The only places where work is started that nobody awaits.

`start` runs a coroutine to its end without an asyncio Task: a request that never waits costs one `send`. Where it
waits, it waits for a future, whose callback sends on. So inside such a coroutine there is no current task:
`asyncio.timeout` and `asyncio.wait_for` don't work there; deadlines are the loop's timers (see `upstream`).
`background` is a Task for work beside the requests; it is held until it ends and its failure is logged.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger(__name__)
_running: set[asyncio.Task[Any]] = set()


def start(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run `coroutine` now, as far as it goes; the rest when what it waits for is done. It must not raise: what it
    raises is logged."""
    _resume(coroutine, None)


def _resume(coroutine: Coroutine[Any, Any, None], done: "asyncio.Future[Any] | None") -> None:
    try:
        waits_for = coroutine.send(None)
    except StopIteration:
        return
    except Exception:
        log.exception("a request's coroutine failed")
        return
    if waits_for is None:  # a bare yield, as of asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(_resume, coroutine, None)
        return
    waits_for._asyncio_future_blocking = False
    waits_for.add_done_callback(_Waker(coroutine))


class _Waker:
    __slots__ = ("coroutine",)

    def __init__(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self.coroutine = coroutine

    def __call__(self, done: "asyncio.Future[Any]") -> None:
        _resume(self.coroutine, done)


def background(coroutine: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
    task = asyncio.get_running_loop().create_task(coroutine, name=name)
    _running.add(task)
    task.add_done_callback(_ended)
    return task


def _ended(task: "asyncio.Task[Any]") -> None:
    _running.discard(task)
    if not task.cancelled() and task.exception() is not None:
        log.error("%s failed", task.get_name(), exc_info=task.exception())


Callback = Callable[[], None]
