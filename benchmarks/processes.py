"""Child processes: started, waited for, measured, and all of them ended."""

import contextlib
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import psutil

T = TypeVar("T")


class Child:
    """A program and all that it starts."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        cores: tuple[int, ...] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                preexec_fn=pinned(cores),
                start_new_session=True,  # Ctrl-C is the parent's to pass on
            )

    def await_ready(self, ready: Callable[[], bool], seconds: float = 30) -> float:
        """Seconds it took. Raises SystemExit with what the child said."""
        began = time.monotonic()
        while not ready():
            if self._process.poll() is not None or time.monotonic() - began > seconds:
                tail = self._log.read_text(errors="replace")[-2000:]
                raise SystemExit(f"benchmarks: {self.name} did not get ready: {tail}")
            time.sleep(0.005)
        return time.monotonic() - began

    def cpu_seconds(self) -> float:
        """User and system time of all its live processes."""
        return sum(times.user + times.system for times in self._each(lambda process: process.cpu_times()))

    def memory_bytes(self) -> int:
        """What its processes hold for themselves, with shared pages counted once (proportionally)."""
        return sum(self._each(_proportional))

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            for process in self._family():
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
            self._process.wait()

    def _family(self) -> list[psutil.Process]:
        parent = psutil.Process(self._process.pid)
        return [parent, *parent.children(recursive=True)]

    def _each(self, measure: Callable[[psutil.Process], T]) -> list[T]:
        return [measure(process) for process in self._family()]


def pinned(cores: tuple[int, ...] | None) -> Callable[[], None] | None:
    return None if cores is None else lambda: os.sched_setaffinity(0, cores)


def _proportional(process: psutil.Process) -> int:
    info = process.memory_full_info()
    return int(getattr(info, "pss", info.uss))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def answers(url: str, headers: Mapping[str, str] | None = None) -> bool:
    """Whether it says 200."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers or {})), timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
