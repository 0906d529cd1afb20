"""What was found out for something that clients say, kept for the next one who says the same.

Clients make up what they like, so it is kept from the second time on (most of what comes once never comes again), and
when there is no more room all of it goes: what comes again is soon back, and to choose the oldest would cost more.
"""

from abc import ABC, abstractmethod
from array import array
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_MOST: Final = 512
_SEEN: Final = 4096


class Kept(ABC, Generic[K, T]):
    __slots__ = ("_kept", "_seen", "clear", "get")

    def __init__(self) -> None:
        self._kept: dict[K, T] = {}
        # Hashes, of what was seen last of those that share a place: bare numbers, for objects would be all over memory.
        self._seen = array("q", bytes(8 * _SEEN))
        self.get = self._kept.get
        self.clear = self._kept.clear

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, said: K, meaning: T) -> None:
        number = hash(said)
        place = number % _SEEN
        if self._seen[place] != number:
            self._seen[place] = number
        elif self.worth(said):
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[said] = meaning

    @abstractmethod
    def worth(self, said: K) -> bool:
        """Whether it is small enough."""
