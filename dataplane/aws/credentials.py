"""Credentials that are there when a request needs them: got off its path, and anew before they expire."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Any, Final, TypeAlias

from dataplane import spawn
from dataplane.aws import sdk
from dataplane.aws.faults import AwsFault
from dataplane.aws.signing import Credentials
from dataplane.faults import UpstreamFault, UpstreamTimeout

log = logging.getLogger(__name__)

FAILED_SECONDS: Final = 5.0  # how long a failure is the answer to whoever asks, and a renewal is not tried again
# The SDK renews what lasts less than 15 minutes and refuses what lasts less than 10: what it gave is good for 5.
_ASK_AGAIN_SECONDS: Final = 60.0
_GOOD_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Obtained:
    """Times in epoch seconds."""

    credentials: Credentials
    renew_at: float
    good_until: float


Obtain: TypeAlias = Callable[[], Coroutine[Any, Any, Obtained]]


class Source:
    """Whoever needs credentials asks `ready`, and waits for `soon` where there are none."""

    def __init__(self, name: str, obtain: Obtain, clock: Callable[[], float] = time.time) -> None:
        self._name = name
        self._obtain = obtain
        self._clock = clock
        self._held: Obtained | None = None
        self._failure: AwsFault | UpstreamFault | None = None
        self._quiet_until = 0.0  # after a failure
        self._waiters: set[asyncio.Future[Credentials]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None  # that asks just now

    def ready(self) -> Credentials | None:
        held = self._held
        if held is None:
            return None
        now = self._clock()
        if now >= held.good_until:
            return None
        if now >= held.renew_at and now >= self._quiet_until:
            self._ask()
        return held.credentials

    async def soon(self, deadline: float) -> Credentials:
        """`deadline` on the loop's clock. Raises AwsFault, UpstreamFault."""
        if self._failure is not None and self._clock() < self._quiet_until:
            raise self._failure
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Credentials] = loop.create_future()
        timer = loop.call_at(deadline, _too_late, waiter, self._name)
        self._waiters.add(waiter)
        self._ask()
        try:
            return await waiter
        finally:
            timer.cancel()
            self._waiters.discard(waiter)

    def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop = loop
            spawn.background(self._renew(), f"getting {self._name}")

    async def _renew(self) -> None:
        try:
            self._held = await self._obtain()
        except (AwsFault, UpstreamFault) as fault:
            log.error("%s: %s", self._name, fault)
            self._fail(fault)
        except Exception as error:
            log.exception("%s", self._name)
            self._fail(AwsFault(f"{self._name}: {error!r}"))
        else:
            self._failure, self._quiet_until = None, 0.0
        self._loop = None
        for waiter in self._waiters:
            if not waiter.done():
                self._tell(waiter)

    def _fail(self, fault: AwsFault | UpstreamFault) -> None:
        self._failure, self._quiet_until = fault, self._clock() + FAILED_SECONDS

    def _tell(self, waiter: "asyncio.Future[Credentials]") -> None:
        if self._failure is not None:
            waiter.set_exception(self._failure)
        elif self._held is not None:
            waiter.set_result(self._held.credentials)


def _too_late(waiter: "asyncio.Future[Credentials]", name: str) -> None:
    if not waiter.done():
        waiter.set_exception(UpstreamTimeout(f"{name} did not come in time"))


async def _of_this_node() -> Obtained:
    credentials, expire = await asyncio.to_thread(sdk.obtain)
    now = time.time()
    if not expire:
        return Obtained(credentials, inf, inf)
    return Obtained(credentials, now + _ASK_AGAIN_SECONDS, now + _GOOD_SECONDS)


@cache
def node_credentials() -> Source:
    """The same for all of a process."""
    return Source("this node's credentials", _of_this_node)
