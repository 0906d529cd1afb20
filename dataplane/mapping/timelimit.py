"""A bound on what customers' regular expressions may cost.

Java's and Python's engines go back and try again, and some patterns take for ever on some texts, which clients choose.
A worker serves all its requests in one thread, so such a match has to end. The timer counts the process's CPU time, and
the engine asks for signals while it matches. Other threads than the main one run without a bound.
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final, TypeVar

SECONDS: Final = 0.5

T = TypeVar("T")


class TooSlow(Exception):
    def __init__(self) -> None:
        super().__init__(f"regular expressions took more than {SECONDS} s")


class _Timer:
    """`running`: within `limited`. It rings once, wherever that is."""

    def __init__(self) -> None:
        self.running = False
        self.installed = False

    def install(self) -> None:
        if not self.installed:
            signal.signal(signal.SIGVTALRM, self._rang)
            self.installed = True

    def _rang(self, number: int, frame: FrameType | None) -> None:
        if self.running:
            self.running = False
            raise TooSlow


_timer = _Timer()


def limited(work: Callable[[], T]) -> T:
    """What `work` returns. Raises TooSlow. Within another call, that one's time counts."""
    if _timer.running or threading.current_thread() is not threading.main_thread():
        return work()
    _timer.install()
    try:
        _timer.running = True
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        return work()
    finally:
        _timer.running = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
