"""One deadline of one connection, moved often and hardly ever met."""

import asyncio
from collections.abc import Callable
from math import inf

_SLACK = 0.001  # uvloop's clock counts milliseconds


def _nobody() -> None:
    """Is left to be told."""


class Alarm:
    """Calls `ring` once `when` has passed. Moving it later costs no timer: the armed one looks again when it fires."""

    __slots__ = ("_armed", "_loop", "_ring", "_timer", "when")

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop = loop
        self._ring = ring
        self._timer: asyncio.TimerHandle | None = None
        self._armed = inf
        self.when = inf

    def set(self, when: float) -> None:
        """`when` on the loop's clock; inf: never."""
        self.when = when
        if when < self._armed:
            self._arm()

    def stop(self) -> None:
        self.when = self._armed = inf
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def end(self) -> None:
        """Its owner has gone, and is held no longer."""
        self.stop()
        self._ring = _nobody

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._armed = self.when
        self._timer = self._loop.call_at(self.when, self._fire)

    def _fire(self) -> None:
        self._timer = None
        self._armed = inf
        if self.when <= self._loop.time() + _SLACK:
            self.when = inf
            self._ring()
        elif self.when < inf:
            self._arm()
