"""Requests that wait for something else than the database: a node that runs a test, a worker that builds.

They take half of the console's threads at most, so that pages and the admin API answer meanwhile.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from console.core.faults import TooManyRequests

_places = threading.BoundedSemaphore(settings.CONSOLE_THREADS // 2)


@contextmanager
def a_place() -> Iterator[None]:
    """Held while it waits. Raises TooManyRequests at once when all are taken."""
    if not _places.acquire(blocking=False):
        raise TooManyRequests("Too Many Requests: as many tests and builds as may be are waited for. Try again later")
    try:
        yield
    finally:
        _places.release()
