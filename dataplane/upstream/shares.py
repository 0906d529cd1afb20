"""What each target behind one endpoint may have of its connections: all functions of a region have one host.

A share is a count, and a line of its own. The connections are the endpoint's: one that lies idle is as good for any
target, and a function that is called now and then finds one that is open, where idle connections of its own would be
opened for it, with TLS, and lie there. Who is in nobody's way has as many as an origin; where many hang at once, each
has less than what is left of the whole, so that there is always something left, and of those who wait the one that has
the least goes first.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from operator import attrgetter
from typing import Final
from weakref import WeakValueDictionary

from dataplane.exchange import Headers
from dataplane.mapping.uri import Origin
from dataplane.settings import Limits
from dataplane.upstream.answer import Answer
from dataplane.upstream.pool import Pool
from dataplane.upstream.waiters import Waiters

Target = tuple[str, ...]
_in_use: Final[Callable[["Share"], int]] = attrgetter("in_use")
_endpoints: "WeakValueDictionary[Origin, SharedEndpoint]" = WeakValueDictionary()


def share_of(origin: Origin, target: Target) -> "Share":
    """The same share for the same target while anybody holds it, a plan or a request under way; opens nothing."""
    endpoint = _endpoints.get(origin)
    if endpoint is None:
        endpoint = _endpoints[origin] = SharedEndpoint(origin)
    return endpoint.share(target)


class SharedEndpoint:
    __slots__ = ("__weakref__", "_in_use", "_shares", "_waiting", "limits", "pool")

    def __init__(self, origin: Origin, *, limits: Limits | None = None) -> None:
        self.limits = limits = limits or Limits()
        whole = replace(limits, upstream_connections=limits.endpoint_connections)
        self.pool = Pool(origin.scheme, origin.host, origin.port, limits=whole)
        self._in_use = 0
        self._shares: WeakValueDictionary[Target, Share] = WeakValueDictionary()
        self._waiting: dict[Share, None] = {}  # those that somebody waits for

    def share(self, target: Target) -> "Share":
        share = self._shares.get(target)
        if share is None:
            share = self._shares[target] = Share(self)
        return share

    # the shares' side

    def take(self, share: "Share") -> bool:
        """One more connection. False: it has to wait. Nobody is overtaken: where somebody waits, there is no room."""
        free = self._has_room(share)
        if free:
            self._count(share, 1)
        return free

    def leave(self, share: "Share") -> None:
        self._count(share, -1)
        while self._waiting:
            least = min(self._waiting, key=_in_use)
            if not self._has_room(least):
                return
            if least.admit():
                self._count(least, 1)

    def wait(self, share: "Share") -> None:
        self._waiting[share] = None

    def wait_no_more(self, share: "Share") -> None:
        self._waiting.pop(share, None)

    def _has_room(self, share: "Share") -> bool:
        has = share.in_use
        return has < self.limits.upstream_connections and has < self.limits.endpoint_connections - self._in_use

    def _count(self, share: "Share", change: int) -> None:
        share.in_use += change
        self._in_use += change


class Share:
    """Of one target."""

    __slots__ = ("__weakref__", "_endpoint", "_waiters", "in_use")

    def __init__(self, endpoint: SharedEndpoint) -> None:
        self._endpoint = endpoint
        self._waiters: Waiters[None] = Waiters()
        self.in_use = 0

    async def send(
        self,
        method: bytes,
        target: bytes,
        headers: Headers,
        body: bytes,
        *,
        timeout: float,  # noqa: ASYNC109  # as in `Pool.send`
    ) -> Answer:
        """As `Pool.send`. The share is in use until the answer's last byte."""
        if not self._endpoint.take(self):
            timeout = await self._turn(timeout)
        try:
            answer = await self._endpoint.pool.send(method, target, headers, body, timeout=timeout)
        except BaseException:
            self._leave()
            raise
        if not answer.arriving(self._leave):
            self._leave()
        return answer

    def admit(self) -> bool:
        """The first who waits; False: all have gone."""
        handed = self._waiters.hand(None)
        if not self._waiters:
            self._endpoint.wait_no_more(self)
        return handed

    async def _turn(self, seconds: float) -> float:
        """How many of them are left."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        self._endpoint.wait(self)
        try:
            await self._waiters.turn(deadline, self._endpoint.limits.upstream_waiters, self._unclaimed)
        finally:
            if not self._waiters:
                self._endpoint.wait_no_more(self)
        return deadline - loop.time()

    def _unclaimed(self, _: None) -> None:
        self._leave()

    def _leave(self) -> None:
        self._endpoint.leave(self)
