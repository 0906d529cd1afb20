"""What Lambda authorizers answered, kept for their time to live: one cache per worker, the last used stay.

A key is a digest, so that no token stays in memory. What is kept is the policy, not the decision: each request is held
against it anew. Source: behaviours 40, 41.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from dataplane.authorizers.grant import Grant

MAX_ENTRIES: Final = 10_000
MAX_BYTES: Final = 16 * 1024 * 1024  # of answers as they came


def result_key(scope: bytes, identity: tuple[str, ...]) -> bytes:
    """`scope`: the stage, the authorizer as it is defined, how often its cache was flushed."""
    lengths = ",".join([str(len(part)) for part in identity])
    return blake2b(
        "".join((lengths, ":", *identity)).encode("utf-8", "surrogatepass"), key=scope, digest_size=16
    ).digest()


@dataclass(frozen=True, slots=True)
class _Kept:
    grant: Grant
    until: float
    size: int


class Results:
    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        max_entries: int = MAX_ENTRIES,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._clock = clock
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._bytes = 0

    def get(self, key: bytes) -> Grant | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.until <= self._clock():
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return kept.grant

    def keep(self, key: bytes, grant: Grant, *, seconds: float, size: int) -> None:
        self._drop(key)
        if size > self._max_bytes:
            return
        self._kept[key] = _Kept(grant, self._clock() + seconds, size)
        self._bytes += size
        while len(self._kept) > self._max_entries or self._bytes > self._max_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: bytes) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._bytes -= kept.size


RESULTS: Final = Results()
