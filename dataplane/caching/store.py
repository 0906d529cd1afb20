"""Answers by key, per stage. The least recently used go first; what is counted is bytes.

A worker has one `Stores`; a stage's `Store` lives as long as a served stage holds it, so that a change of variables or
a deployment keeps what is cached, as on AWS, while a flush, another size or the end of the stage begins anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Generic, TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")

GIGABYTE: Final = 1024**3
DEFAULT_SIZE: Final = "0.5"  # gigabytes: AWS's smallest cluster
_OVERHEAD: Final = 512  # bytes, about, of an entry beside what it holds


class Store(Generic[T]):
    __slots__ = ("__weakref__", "_all", "_entries", "bytes", "generation", "limit")

    def __init__(self, stores: "Stores[T]", limit: int, generation: int) -> None:
        self._all = stores
        # With its end, its size, and when it was asked for.
        self._entries: OrderedDict[Hashable, tuple[T, float, int, float]] = OrderedDict()
        self.bytes = 0
        self.limit = limit
        self.generation = generation

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, key: Hashable, now: float) -> T | None:
        found = self._entries.get(key)
        if found is None:
            return None
        if found[1] <= now:
            self.drop(key)
            return None
        self._entries.move_to_end(key)
        return found[0]

    def keep(self, key: Hashable, value: T, *, size: int, asked: float, until: float) -> None:
        """In the place of what is there, unless that was asked for later: a slow answer must not undo an invalidation.
        Not at all where it alone is larger than the store."""
        found = self._entries.get(key)
        if found is not None and found[3] > asked:
            return
        self.drop(key)
        size += _OVERHEAD
        if size > min(self.limit, self._all.limit):
            return
        self._entries[key] = value, until, size, asked
        self.bytes += size
        while self.bytes > self.limit:
            self.evict()
        self._all.make_room()

    def evict(self) -> None:
        """What has not been asked for the longest."""
        self.bytes -= self._entries.popitem(last=False)[1][2]

    def drop(self, key: Hashable) -> None:
        found = self._entries.pop(key, None)
        if found is not None:
            self.bytes -= found[2]


class Stores(Generic[T]):
    """All of one worker. `limit`: bytes of all stages together."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._stores: WeakValueDictionary[tuple[str, str], Store[T]] = WeakValueDictionary()
        self._lock = threading.Lock()  # stages are compiled in a thread

    def of(self, api_id: str, stage_name: str, *, size: str, generation: int) -> Store[T]:
        """`size` in gigabytes, as AWS's clusters have it."""
        limit = int(float(size or DEFAULT_SIZE) * GIGABYTE)
        with self._lock:
            found = self._stores.get((api_id, stage_name))
            if found is None or found.limit != limit or found.generation != generation:
                found = Store(self, limit, generation)
                self._stores[api_id, stage_name] = found
            return found

    def make_room(self) -> None:
        """At the cost of the stage that holds the most."""
        with self._lock:
            stores = list(self._stores.values())
        over = sum(store.bytes for store in stores) - self.limit
        while over > 0:
            largest = max(stores, key=lambda store: store.bytes)
            before = largest.bytes
            largest.evict()
            over -= before - largest.bytes
