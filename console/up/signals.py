"""Ctrl-C, SIGTERM and a closed terminal: the first stops, one that comes while it stops hurries."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Stop:
    asked: bool = False
    begun: bool = False  # set by who stops


@contextmanager
def stopping(hurry: Callable[[], None]) -> Iterator[Stop]:
    """Raises KeyboardInterrupt wherever the start is, and `hurry` is called once the stop has begun.

    Where nobody is told of an exception, in a weak reference's callback, say, or a `__del__`, Python drops it: so who
    has nothing to wait for looks at `asked` too, and who asks again is heard.
    """
    stop = Stop()

    def handle(number: int, frame: FrameType | None) -> None:
        if stop.begun:
            hurry()
            return
        stop.asked = True
        raise KeyboardInterrupt

    before = {number: signal.signal(number, handle) for number in STOPPING}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
