"""The workers: one process each, told what to serve, replaced when they die."""

import asyncio
import contextlib
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from dataplane import spawn
from dataplane.limits.meter import Counted, Level, Levels, Spent
from dataplane.loader.access import merged
from dataplane.loader.loader import Change
from dataplane.loader.refusals import Name, name_of
from dataplane.node.messages import DRAIN_SECONDS, Beat, Begin, Drain, Failure, Hear, Load, Loaded, Tell
from dataplane.node.process import Process
from dataplane.settings import Settings
from dataplane.snapshot import Access, StageEntry, StageName
from dataplane.telemetry.counters import Tally

log = logging.getLogger(__name__)

QUICK_SECONDS: Final = 5.0  # a worker that lives shorter than this died at once
SLOWEST_RESTART: Final = 10.0
GRACE_SECONDS: Final = 2.0  # for a worker whose time to drain is over
WATCH_SECONDS: Final = 1.0
SILENT_SECONDS: Final = 15.0  # a worker says something every second; one that is silent for so long hangs
START_SECONDS: Final = 60.0  # until it says anything at all

Standing: TypeAlias = tuple[list[Level], list[Counted]]


@dataclass(frozen=True, slots=True)
class Position:
    """What a load brings its workers to."""

    origin: str = ""
    generation: int = 0
    changed: int = 0
    removed: int = 0
    at: float = field(default_factory=time.monotonic)


class Fleet:
    def __init__(
        self,
        settings: Settings,
        *,
        served: Callable[[], None],
        counted: Callable[[Tally], None],
        failed: Callable[[Failure], None],
        spent: Callable[[Spent], None],
        standing: Callable[[], Standing],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._settings = settings
        self._served = served  # every worker serves the last load
        self._counted = counted
        self._failed = failed
        self._spent = spent
        self._standing = standing  # of all limits, for a worker that begins
        self._entries: dict[Name, StageEntry] = {}
        self._access: Access | None = None
        self._positions: dict[int, Position] = {}
        self._sequence = 0  # of the last load; 0: there is no set yet
        self._served_sequence = 0
        self._keepers: list[asyncio.Task[None]] = []
        self._draining = asyncio.Event()
        self._was_whole = False  # all workers have served a set
        self._due: dict[Process, float] = {}  # when it will have been silent for too long
        self.processes: dict[int, Process] = {}  # by number, the live ones
        self.restarts = 0

    def start(self) -> None:
        numbers = range(1, self._settings.workers + 1)
        self._keepers = [spawn.background(self._keep(number), f"keeper of worker {number}") for number in numbers]
        self._watching = spawn.background(self._watch(), "watchdog")

    def load(self, change: Change) -> None:
        for name in change.removed:
            self._entries.pop(name, None)
        for entry in change.changed:
            self._entries[name_of(entry)] = entry
        self._sequence += 1
        self._positions[self._sequence] = Position(
            change.origin, change.generation, len(change.changed), len(change.removed)
        )
        if change.access is not None:
            self._access = merged(self._access, change.access, whole=change.whole_access)
        removed = tuple(StageName(api_id=api_id, stage_name=stage_name) for api_id, stage_name in change.removed)
        for process in self.processes.values():
            process.send(Load(self._sequence, change.changed, removed, change.access, change.whole_access))

    def tell(self, levels: list[Level], counted: list[Counted]) -> None:
        """Where limits stand, to all; and to each that what it told was taken in."""
        for process in self.processes.values():
            if levels or counted or process.answered != process.told:
                process.send(Hear(Levels(process.told, levels, counted)))
                process.answered = process.told

    async def drain(self) -> None:
        """Returns when no worker is left."""
        self._draining.set()
        self._watching.cancel()
        for process in self.processes.values():
            process.send(Drain(DRAIN_SECONDS))
        _, late = await asyncio.wait(self._keepers, timeout=DRAIN_SECONDS + GRACE_SECONDS)
        for process in list(self.processes.values()):
            log.error("worker %d does not end: killing it", process.number)
            process.kill()
        if late:
            await asyncio.wait(late)

    @property
    def position(self) -> Position:
        """What each of the workers that serve has reached; generation 0: none serves."""
        sequences = [process.sequence for process in self.processes.values() if process.sequence]
        return self._positions[min(sequences)] if sequences else Position()

    @property
    def serving(self) -> int:
        return sum(1 for process in self.processes.values() if process.sequence)

    @property
    def ready(self) -> bool:
        """Once all have served a set, as long as one does: a worker's death is no reason to take the node out."""
        return self._was_whole and self.serving > 0 and not self._draining.is_set()

    @property
    def stages(self) -> int:
        return len(self._entries)

    @property
    def connections(self) -> int:
        return sum(process.connections for process in self.processes.values())

    @property
    def held_bytes(self) -> int:
        return sum(process.held_bytes for process in self.processes.values())

    async def _keep(self, number: int) -> None:
        quick_deaths = 0
        while not self._draining.is_set():
            began = self._clock()
            how = await self._live_once(number)
            if self._draining.is_set():
                break
            quick_deaths = quick_deaths + 1 if self._clock() - began < QUICK_SECONDS else 0
            self.restarts += 1
            delay = restart_delay(quick_deaths)
            when = f"in {delay:g} s, as it died at once {quick_deaths} times in a row" if delay else "now"
            log.error("worker %d %s: another starts %s", number, how, when)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._draining.wait(), delay)

    async def _live_once(self, number: int) -> str:
        """One process, from its start to its end; returns how it ended."""
        try:
            process = await Process.start(number)
        except OSError as error:
            return f"cannot be started ({error})"
        process.send(Begin(number, self._settings))
        levels, counted = self._standing()
        if levels or counted:  # before it serves anything
            process.send(Hear(Levels(0, levels, counted)))
        if self._draining.is_set():  # since it was started: nobody else tells it
            process.send(Drain(DRAIN_SECONDS))
        elif self._sequence:
            process.send(Load(self._sequence, tuple(self._entries.values()), access=self._access))
        self.processes[number] = process
        self._due[process] = self._clock() + START_SECONDS
        await self._listen_to(process)
        how = await process.ended()
        del self.processes[number], self._due[process]
        return f"(process {process.pid}) {how}"

    async def _listen_to(self, process: Process) -> None:
        while (message := await process.receive()) is not None:
            self._due[process] = self._clock() + SILENT_SECONDS
            match message:
                case Beat():
                    process.connections, process.held_bytes = message.connections, message.held_bytes
                    self._counted(message.tally)
                case Tell():
                    process.told = message.spent.sequence
                    self._spent(message.spent)
                case Loaded():
                    process.sequence = message.sequence
                    for failure in message.failures:
                        self._failed(failure)
                    self._reached()

    async def _watch(self) -> None:
        """Kills workers that hang; their keepers replace them."""
        woken = self._clock()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            late, woken = self._clock() - woken - WATCH_SECONDS, self._clock()
            for process, due in self._due.items():
                # If this process was held up itself, what its workers said meanwhile is not read yet.
                if woken - late > due:
                    log.error("worker %d (process %d) hangs: killing it", process.number, process.pid)
                    self._due[process] = math.inf
                    process.kill()

    def _reached(self) -> None:
        """A worker has come further."""
        slowest = min(process.sequence for process in self.processes.values())
        everybody = len(self.processes) == self._settings.workers
        if not everybody or slowest <= self._served_sequence:
            return
        self._served_sequence, self._was_whole = slowest, True
        position = self._positions[slowest]
        self._positions = {n: p for n, p in self._positions.items() if n >= slowest}
        log.info(
            "generation %d is served: %d changed, %d removed, %d in all, %.0f ms after it was taken",
            position.generation,
            position.changed,
            position.removed,
            self.stages,
            (time.monotonic() - position.at) * 1000,
        )
        self._served()


def restart_delay(quick_deaths: int) -> float:
    """Seconds; the first replacement comes at once."""
    return min(2.0 ** (quick_deaths - 2), SLOWEST_RESTART) if quick_deaths > 1 else 0.0
