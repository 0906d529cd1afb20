"""What the operating system knows of a child: how to tie it to its parent, recognise it later, and end all of it.

Each child leads a session of its own, so the terminal's Ctrl-C reaches `up` alone, and whatever a child starts can be
found by its session. A child is recognised by its pid and start time together, never by its name.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

_PR_SET_PDEATHSIG = 1
# Every child carries it: what was started for this home is told from everything else.
HOME_MARK = "STAGEDOOR_HOME"


def spawn(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    output: IO[bytes],
    user: str | None = None,
    orphaned: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """`orphaned`: the signal that Linux sends the child when this process dies, however it dies."""
    return subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        preexec_fn=_tie(orphaned),  # safe: this process runs no threads while it spawns
    )


def _tie(orphaned: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None  # the next start ends what is left
    libc, parent = ctypes.CDLL(None, use_errno=True), os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, orphaned)
        if os.getppid() != parent:
            os._exit(1)

    return tie


def ended(process: subprocess.Popen[bytes]) -> bool:
    """As `Popen.poll`, without its lock. A Ctrl-C that comes when `poll` has just taken it leaves it taken: the child
    is never seen to end, and `Popen.wait` waits for ever."""
    if process.returncode is None:
        try:
            pid, status = os.waitpid(process.pid, os.WNOHANG)
        except ChildProcessError:  # it was seen to end, and the Ctrl-C came before that was noted
            process.returncode = 0
        else:
            process.returncode = os.waitstatus_to_exitcode(status) if pid else None
    return process.returncode is not None


def how_it_ended(returncode: int) -> str:
    if returncode >= 0:
        return f"ended with exit code {returncode}"
    return f"was killed by {signal.Signals(-returncode).name}"


def record(path: Path, pid: int) -> None:
    """Write down who runs, for a start after this one was killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{pid} {psutil.Process(pid).create_time()}\n")


def recorded(path: Path) -> psutil.Process | None:
    """The process that was written down, if it is still that process."""
    try:
        pid, created = path.read_text().split()
        process = psutil.Process(int(pid))
        same = abs(process.create_time() - float(created)) < 0.02
    except (OSError, ValueError, psutil.Error):
        return None
    return process if same and process.status() != psutil.STATUS_ZOMBIE else None


def session_of(pid: int, home: Path) -> list[psutil.Process]:
    """What still runs of the session that `pid` led, and was started for this home."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != pid and os.getsid(process.pid) == pid and process.environ().get(HOME_MARK) == str(home):
                found.append(process)
    return found


def end_session(pid: int, home: Path) -> None:
    """Kill what a dead child left: a worker that lives on would hold its port."""
    end(session_of(pid, home), signal.SIGKILL, patience=5)


def end(processes: Iterable[psutil.Process], signal_number: int, *, patience: float) -> None:
    """Ask with the signal, wait, then kill; returns when none is left."""
    asked = list(processes)
    for process in asked:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal_number)
    _, left = psutil.wait_procs(asked, timeout=patience)
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=5)


def end_leftovers(run: Path, home: Path, stop_signals: Mapping[str, int]) -> list[str]:
    """End what an `up` of this home that was killed left running, in the mapping's order; returns their names."""
    return [name for name, number in stop_signals.items() if _end_leftover(run / f"{name}.pid", home, number)]


def _end_leftover(path: Path, home: Path, stop_signal: int) -> bool:
    if not path.exists():
        return False
    leader, pid = recorded(path), int((path.read_text().split() or ["0"])[0])
    members = session_of(pid, home)
    end([leader] if leader else [], stop_signal, patience=10)
    end(members, signal.SIGKILL, patience=5)
    path.unlink()
    return bool(leader or members)


def wait_until(holds: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
