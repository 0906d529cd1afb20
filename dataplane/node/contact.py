"""Whether the console answers: said once when it stops and once when it does again."""

import logging
import time
from collections.abc import Callable
from typing import Final

log = logging.getLogger(__name__)

SLOWEST_SECONDS: Final = 2.0


class Contact:
    def __init__(self, url: str, poll_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._poll_seconds = poll_seconds
        self._clock = clock
        self._failures = 0
        self._said: set[str] = set()
        self._made_at: float | None = None

    @property
    def lost(self) -> bool:
        return self._failures > 0

    @property
    def age(self) -> float | None:
        """Seconds since the last good answer; None: there was none."""
        return None if self._made_at is None else self._clock() - self._made_at

    @property
    def delay(self) -> float:
        """Seconds until the console is asked again."""
        return max(self._poll_seconds, min(self._poll_seconds * 2.0**self._failures, SLOWEST_SECONDS))

    def made(self) -> None:
        if self.lost:
            log.info("the console at %s answers again", self._url)
        self._made_at = self._clock()
        self._failures = 0
        self._said.clear()

    def away(self, reason: str) -> None:
        self._fail("away", "no contact with the console at %s: %s; serving on", reason)

    def refused(self, reason: str) -> None:
        """It answers, but not with what can be used."""
        self._fail(reason, "the console at %s is of no use: %s; serving on", reason)

    def unkept(self, reason: str) -> None:
        """It answers, and the disk does not take it."""
        self._fail("disk", "what the console at %s gives cannot be kept on disk: %s; serving on", reason)

    def _fail(self, kind: str, sentence: str, reason: str) -> None:
        self._failures = min(self._failures + 1, 16)
        if kind not in self._said:
            self._said.add(kind)
            log.warning(sentence, self._url, reason)
