"""`python -m benchmarks.pauses FOLDER APIS`: how long a worker's event loop stands still when one stage changes.

FOLDER is that of a node that has been started and stopped; a worker in this process serves the first APIS of its stages
and is told of changes as by its agent. Its loop turns without a rest. A turn is measured in CPU time of the process, so
that its own threads and the collector count, and other processes do not. Prints a line of JSON.
"""

import asyncio
import json
import socket
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from time import process_time

import uvloop

from benchmarks import snapshots
from dataplane import spawn
from dataplane.loader.console import Console
from dataplane.loader.documents import Documents
from dataplane.loader.loader import Loader
from dataplane.node.messages import Drain, Load, Loaded, receive_answer, send
from dataplane.node.worker import Worker
from dataplane.settings import Settings, from_environment
from dataplane.snapshot import StageEntry

CHANGES = 30
SMALL, LARGE = 10, 1_000  # methods of the stage that changes
_API = "pauses1234"


@dataclass(frozen=True)
class Pause:
    """In milliseconds, of the longest turn during each change."""

    median: float
    longest: float


@dataclass(frozen=True)
class Pauses:
    idle: Pause
    small: Pause
    large: Pause


class Turns:
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._longest = 0.0
        self._last = process_time()
        self._over = False
        self._turn()

    def _turn(self) -> None:
        now = process_time()
        self._longest = max(self._longest, now - self._last)
        self._last = now
        if not self._over:
            self._loop.call_soon(self._turn)

    def longest(self) -> float:
        """In milliseconds, since it was last asked."""
        longest, self._longest = self._longest, 0.0
        return longest * 1000

    def end(self) -> None:
        self._over = True


class Told:
    """A worker, and its agent's end."""

    def __init__(self, settings: Settings, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._documents = Documents(settings.home / "snapshots" / "documents")
        self._reader, self._writer = reader, writer
        self._sequence = 0

    async def load(self, *changed: StageEntry) -> None:
        self._sequence += 1
        send(self._writer, Load(self._sequence, changed))
        while not isinstance(answer := await receive_answer(self._reader), Loaded):
            assert answer is not None
        assert not answer.failures, answer.failures[0].reason

    def drawn(self, methods: int) -> StageEntry:
        """A stage that is on disk, and another one each time."""
        name = f"v{self._sequence}"
        resources = [*snapshots.things("http://127.0.0.1:1", methods // 2 - 1), snapshots.proxy(1)]
        body = snapshots.document(_API, [*resources, snapshots.mock(f"/{name}", name)])
        entry = snapshots.entry(body, self._sequence, _API)
        self._documents.add(entry.digest, body)
        self._documents.commit()
        return entry

    def drain(self) -> None:
        send(self._writer, Drain(0.1))


async def _measured(settings: Settings, entries: Sequence[StageEntry]) -> Pauses:
    ours, theirs = socket.socketpair()
    told = Told(settings, *await asyncio.open_unix_connection(sock=ours))
    running = spawn.background(Worker(settings, *await asyncio.open_unix_connection(sock=theirs)).run(), "worker")
    await told.load(*entries)
    turns = Turns()
    found = Pauses(await _idle(turns), await _changes(told, turns, SMALL), await _changes(told, turns, LARGE))
    turns.end()
    told.drain()
    await running
    return found


async def _idle(turns: Turns) -> Pause:
    longest = []
    for _ in range(CHANGES):
        turns.longest()
        await asyncio.sleep(0.05)
        longest.append(turns.longest())
    return Pause(median(longest), max(longest))


async def _changes(told: Told, turns: Turns, methods: int) -> Pause:
    longest = []
    for _ in range(CHANGES):
        entry = told.drawn(methods)
        await asyncio.sleep(0.05)
        turns.longest()
        await told.load(entry)
        longest.append(turns.longest())
    return Pause(median(longest), max(longest))


def main(folder: str, apis: str) -> None:
    settings = replace(from_environment(), home=Path(folder), gateway_port=0)
    change = Loader(settings, Console(settings.console_url, settings.node_token)).boot()
    assert change is not None, folder
    print(json.dumps(asdict(uvloop.run(_measured(settings, change.changed[: int(apis)])))))


if __name__ == "__main__":
    main(*sys.argv[1:])
