"""The children of `up`: started, watched, started again when they die, stopped in order."""

import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from console.up import processes
from console.up.logs import TROUBLE, Log, log_path
from console.up.refusal import Refusal

Say = Callable[[str], None]

LONGEST_PAUSE = 30.0  # seconds between two tries of a child that keeps dying
STEADY = 30.0  # seconds after which a child counts as running again
LINES_SHOWN = 4  # of one child's trouble in so many seconds; the log has the rest
SHOWN_EVERY = 10.0
KILLED = 10.0  # seconds in which the system ends one that was killed
TRIES = 3  # of a child that dies while the house starts


@dataclass(frozen=True)
class Part:
    """What a child is."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ready: Callable[[], bool]
    stop_signal: int = signal.SIGTERM
    patience: float = 10.0  # seconds from the stop signal to SIGKILL
    user: str | None = None
    trouble: re.Pattern[str] = TROUBLE


@dataclass
class Child:
    part: Part
    log: Log
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    deaths: int = 0  # in a row
    next_try: float = 0.0
    shown: int = 0  # lines of trouble since `shown_since`
    shown_since: float = 0.0

    @property
    def pid(self) -> int:
        return self.process.pid


class Children:
    def __init__(self, home: Path, say: Say) -> None:
        self.home = home
        self.say = say
        self.children: dict[str, Child] = {}  # in the order of starting
        self.hurry = False

    @property
    def run(self) -> Path:
        return self.home / "run"

    def start(self, part: Part) -> None:
        log = Log(log_path(self.home, part.name))
        self.children[part.name] = Child(part, log, self._spawn(part, log))

    def _spawn(self, part: Part, log: Log) -> subprocess.Popen[bytes]:
        with log.open() as output:
            process = processes.spawn(
                part.command,
                environment=part.environment,
                output=output,
                user=part.user,
                orphaned=part.stop_signal,
            )
        processes.record(self.run / f"{part.name}.pid", process.pid)
        return process

    def await_ready(self, name: str, *, seconds: float) -> None:
        """Raises Refusal, with the child's last words, when it does not get ready."""
        part = self.children[name].part
        self.await_answer(part.ready, name, seconds=seconds)

    def await_answer(self, answers: Callable[[], bool], name: str, *, seconds: float) -> None:
        """The same for an answer that comes through several children, `name` the nearest."""
        child = self.children[name]
        begun = said = time.monotonic()
        while not answers():
            now = time.monotonic()
            self.watch()
            self._refuse_dying()
            if now - begun > seconds:
                raise self._refusal(child, f"{name} was not ready within {seconds:.0f} seconds")
            if now - said > 5:
                said = now
                self.say(f"still waiting for {name}, {now - begun:.0f} s (its log: {child.log.path})")
            time.sleep(0.05 if now - begun < 2 else 0.25)

    def _refuse_dying(self) -> None:
        for name, child in self.children.items():
            if child.deaths >= TRIES:
                raise self._refusal(child, f"{name} ended {child.deaths} times while it started")

    def _refusal(self, child: Child, what: str) -> Refusal:
        words = child.log.last_line()
        return Refusal(f"{what} (last words: {words!r}): see {child.log.path}, mend what it says, and start again")

    def watch(self) -> None:
        """One round: say what children complain of, start again those that died."""
        for child in self.children.values():
            self._relay(child)
            if not processes.ended(child.process):
                if child.deaths and time.monotonic() - child.started > STEADY:
                    child.deaths = 0
            elif not child.next_try:
                self._died(child, child.process.returncode)
            elif time.monotonic() >= child.next_try:
                self._restart(child)

    def _relay(self, child: Child) -> None:
        now = time.monotonic()
        if now - child.shown_since > SHOWN_EVERY:
            if child.shown > LINES_SHOWN:
                self.say(f"{child.part.name} | and {child.shown - LINES_SHOWN} more such lines in {child.log.path}")
            child.shown, child.shown_since = 0, now
        for line in child.log.new_lines():
            if child.part.trouble.search(line):
                child.shown += 1
                if child.shown <= LINES_SHOWN:
                    self.say(f"{child.part.name} | {line[:400]}")

    def _died(self, child: Child, returncode: int) -> None:
        processes.end_session(child.pid, self.home)
        child.deaths += 1
        pause = 0.0 if child.deaths == 1 else min(2.0 ** (child.deaths - 2), LONGEST_PAUSE)
        child.next_try = time.monotonic() + pause
        how = f"(pid {child.pid} {processes.how_it_ended(returncode)})"
        if pause:
            self.say(f"{child.part.name} keeps dying {how}: next try in {pause:.0f} s; see {child.log.path}")
            return
        self._restart(child)
        self.say(f"restarted: {child.part.name} {how}")

    def _restart(self, child: Child) -> None:
        child.next_try = 0.0
        child.process = self._spawn(child.part, child.log)
        child.started = time.monotonic()

    def stop(self, order: Sequence[str]) -> None:
        for name in order:
            child = self.children.pop(name, None)
            if child is not None:
                self._stop(child)

    def _stop(self, child: Child) -> None:
        begun = time.monotonic()
        process = child.process
        if not processes.ended(process):
            process.send_signal(child.part.stop_signal)
            asked = processes.wait_until(lambda: processes.ended(process) or self.hurry, seconds=child.part.patience)
            if not asked or self.hurry:
                processes.wait_until(lambda: processes.ended(process), seconds=1.0)
                process.kill()
            processes.wait_until(lambda: processes.ended(process), seconds=KILLED)
        processes.end_session(child.pid, self.home)
        (self.run / f"{child.part.name}.pid").unlink(missing_ok=True)
        self.say(f"stopped: {child.part.name} ({time.monotonic() - begun:.1f} s)")
