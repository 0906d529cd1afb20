"""Who waits for a turn: the first has waited the longest; who gives up leaves at once, wherever it stands."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from dataplane.faults import UpstreamTimeout, UpstreamUnreachable

T = TypeVar("T")


class Waiters(OrderedDict["asyncio.Future[T]", None]):
    """True if there are any, which is asked for each answer: a dictionary, so that no function of ours is called."""

    def hand(self, turn: T) -> bool:
        """To the first. False: nobody waits."""
        while self:
            waiter, _ = self.popitem(last=False)
            if not waiter.done():
                waiter.set_result(turn)
                return True
        return False

    async def turn(self, deadline: float, most: int, unclaimed: Callable[[T], None]) -> T:
        """Raises UpstreamTimeout at `deadline`, on the loop's clock; UpstreamUnreachable where `most` wait already.
        `unclaimed` is told what was handed to one who has gone."""
        if len(self) >= most:
            raise UpstreamUnreachable("too many requests wait for the backend already")
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[T] = loop.create_future()
        self[waiter] = None
        timer = loop.call_at(deadline, _too_late, waiter)
        try:
            return await waiter
        except BaseException:
            let_go(waiter, unclaimed)
            raise
        finally:
            self.pop(waiter, None)
            timer.cancel()


def let_go(waiter: "asyncio.Future[T]", unclaimed: Callable[[T], None]) -> None:
    """Who waited has gone."""
    if not waiter.done():
        waiter.cancel()
    elif not waiter.cancelled() and waiter.exception() is None:
        unclaimed(waiter.result())


def _too_late(waiter: "asyncio.Future[T]") -> None:
    if not waiter.done():
        waiter.set_exception(UpstreamTimeout("all connections to the backend were busy"))
