"""`python -m tests.fuzz SECONDS [SEED]`: the listener's and the upstream's fuzzers, a quarter of the time each."""

import asyncio
import gc
import itertools
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator

from tests.dataplane.listener.corpus import framing, heads, sequences
from tests.fuzz import asking, listening

CASES = (*framing.CASES, *heads.CASES, *sequences.CASES)
SEEDS = [case.sent for case in CASES if len(case.sent) < 5_000]
FUZZERS: dict[str, Callable[[int], Awaitable[object]]] = {
    "requests": lambda seed: listening.fuzz(seed, SEEDS),
    "connections of clients": lambda seed: listening.fuzz_conversation(seed, SEEDS),
    "answers": asking.fuzz,
    "connections to backends": asking.fuzz_conversation,
}


class Found(AssertionError):
    """The seed that shows it again."""


def endure(fuzz: Callable[[int], Awaitable[object]], seeds: Iterable[int]) -> int:
    """How many seeds were tried. Raises Found."""
    return asyncio.run(_endure(fuzz, seeds))


def for_seconds(seconds: float, *, first: int) -> Iterator[int]:
    until = time.monotonic() + seconds
    for seed in itertools.count(first):
        if time.monotonic() > until:
            return
        yield seed


class _Errors(logging.Handler):
    """What would only have been logged."""

    def __init__(self, found: list[object]) -> None:
        super().__init__(logging.ERROR)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        self._found.append((record.getMessage(), record.exc_info))


async def _endure(fuzz: Callable[[int], Awaitable[object]], seeds: Iterable[int]) -> int:
    unhandled: list[object] = []
    errors = _Errors(unhandled)
    logging.getLogger().addHandler(errors)
    try:
        return await _tried(fuzz, seeds, unhandled)
    finally:
        logging.getLogger().removeHandler(errors)


async def _tried(fuzz: Callable[[int], Awaitable[object]], seeds: Iterable[int], unhandled: list[object]) -> int:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: unhandled.append(context))
    seed = tried = 0
    for tried, seed in enumerate(seeds, 1):
        try:
            await fuzz(seed)
        except Exception as error:
            raise Found(f"seed {seed}") from error
        if tried % 2000 == 0:
            gc.collect()  # exceptions that nobody retrieved are told by the collector
        if unhandled:
            raise Found(f"at seed {seed} or a little before: {unhandled[0]}")
    gc.collect()
    if unhandled:
        raise Found(f"at seed {seed} or before: {unhandled[0]}")
    return tried


def main() -> None:
    seconds = float(sys.argv[1]) / len(FUZZERS)
    first = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    for name, fuzz in FUZZERS.items():
        print(endure(fuzz, for_seconds(seconds, first=first)), f"{name} from seed", first)


if __name__ == "__main__":
    main()
