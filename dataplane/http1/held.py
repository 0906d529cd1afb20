"""What a worker holds of bodies and answers, all connections together.

Each of them has a bound of its own, and there may be 20 000. So what waits here is counted: bodies that a step needs
whole, as long as their request lasts, and what the other side does not take. Where that is more than a worker may hold,
who has held the longest is given up first: who sends or reads slowly on purpose, and not who has just come.
"""

import asyncio
from collections import OrderedDict
from typing import Final, Protocol
from weakref import ref

# What holds no more is not counted: nearly every request.
UNCOUNTED: Final = 16 * 1024


class Holder(Protocol):
    def let_go(self) -> None:
        """There is no room for what it holds; a turn of the loop later, it may hold nothing any more."""


class Held:
    __slots__ = ("_shares", "bytes", "given_up", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self.bytes = 0
        self.given_up = 0  # since it was last asked for
        self._shares: OrderedDict[ref[Holder], int] = OrderedDict()  # who has held the longest is the first

    def count(self, holder: Holder, size: int) -> None:
        """So much it holds now, all in all."""
        who = ref(holder, self._gone)
        before = self._shares.get(who, 0)
        if size:
            self._shares[who] = size
        elif before:
            del self._shares[who]
        self.bytes += size - before
        while self.bytes > self.most and len(self._shares) > 1:
            self._give_up(self._first_but(who))

    def _first_but(self, newest: "ref[Holder]") -> "ref[Holder]":
        oldest = iter(self._shares)
        first = next(oldest)
        return next(oldest) if first == newest else first

    def _give_up(self, who: "ref[Holder]") -> None:
        self.bytes -= self._shares.pop(who)
        self.given_up += 1
        holder = who()
        if holder is not None:
            asyncio.get_running_loop().call_soon(holder.let_go)  # whose coroutine would else run inside another's

    def _gone(self, who: "ref[Holder]") -> None:
        self.bytes -= self._shares.pop(who, 0)


HELD: Final = Held(256 * 1024 * 1024)  # this worker's; it sets what may be held
