"""Who is given up when a worker holds too much, and who is not."""

import asyncio
import gc

from dataplane.http1.held import Held
from tests.dataplane.loops import Run


class Holding:
    def __init__(self, name: str, told: list[str]) -> None:
        self._name = name
        self._told = told

    def let_go(self) -> None:
        self._told.append(self._name)


async def turn() -> None:
    """Of the loop."""
    await asyncio.sleep(0)


def test_who_has_held_the_longest_goes_first(run: Run) -> None:
    async def test() -> None:
        told: list[str] = []
        held = Held(100)
        a, b, c = (Holding(name, told) for name in "abc")
        held.count(a, 40)
        held.count(b, 40)
        held.count(a, 50)  # has held since then all the same
        held.count(c, 40)
        assert (told, held.bytes, held.given_up) == ([], 80, 1), "not inside what another one does"
        await turn()
        assert told == ["a"]

    run(test())


def test_who_has_just_come_is_not_given_up_for_itself(run: Run) -> None:
    async def test() -> None:
        told: list[str] = []
        held = Held(100)
        a, b = (Holding(name, told) for name in "ab")
        held.count(a, 500)
        await turn()
        assert (told, held.bytes) == ([], 500), "one may be larger than all that may be held"
        held.count(b, 10)
        held.count(a, 0)
        await turn()
        assert (told, held.bytes) == (["a"], 10)

    run(test())


def test_who_grows_the_oldest_makes_the_next_one_go(run: Run) -> None:
    async def test() -> None:
        told: list[str] = []
        held = Held(100)
        holders = [Holding(name, told) for name in "abcd"]
        for holder in holders:
            held.count(holder, 20)
        held.count(holders[0], 70)
        await turn()
        assert (told, held.bytes) == (["b", "c"], 90)

    run(test())


def test_what_is_no_more_holds_nothing() -> None:
    held = Held(100)
    one, other = Holding("one", []), Holding("other", [])
    held.count(one, 60)
    held.count(other, 30)
    held.count(other, 0)
    held.count(other, 0)
    assert held.bytes == 60
    del one
    gc.collect()
    assert (held.bytes, held.given_up) == (0, 0)
