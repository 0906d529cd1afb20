"""Ctrl-C, SIGTERM and a closed terminal: the first stops, the second hurries."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stopping(hurry: Callable[[], None]) -> Iterator[None]:
    """The first raises KeyboardInterrupt wherever the start is; each further one calls `hurry`."""
    asked = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            hurry()
            return
        asked = True
        raise KeyboardInterrupt

    before = {number: signal.signal(number, handle) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
