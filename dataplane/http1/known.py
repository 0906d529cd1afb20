"""Heads that were read before: most clients and backends say the same again and again.

llhttp reads a head once; what it said is kept under its very bytes, and the next that is the same needs no reading.
"""

from typing import Final, Generic, TypeVar

T = TypeVar("T")

_MOST: Final = 1024
_LARGEST: Final = 4096  # bytes: larger heads are read each time


class Known(Generic[T]):
    """What was read of some bytes; where there is no more room, the oldest goes."""

    __slots__ = ("_kept", "get")

    def __init__(self) -> None:
        self._kept: dict[bytes, T] = {}
        self.get = self._kept.get

    def keep(self, said: bytes, meaning: T) -> None:
        if len(said) > _LARGEST:
            return
        if len(self._kept) >= _MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[said] = meaning


def end_of_head(data: bytes, begin: int = 0) -> int:
    """Where the body begins; 0: the head is not all there."""
    found = data.find(b"\r\n\r\n", begin)
    return 0 if found < 0 else found + 4
