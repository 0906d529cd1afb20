"""`python -m tests.memory`: the table of the README, what each process holds when nothing is asked of it (Linux)."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.house import House

IDLE_SECONDS = 30
PARTS = ("console", "worker", "beat", "dataplane", "postgres", "valkey", "backend")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="stagedoor-memory-") as folder:
        house = House(Path(folder) / "home").start()
        try:
            house.wait_ready()
            assert house.process is not None
            time.sleep(IDLE_SECONDS)
            measured = {name: mib(family(house.pid(name))) for name in PARTS}
            measured["up itself"] = mib([psutil.Process(house.process.pid)])
        finally:
            house.kill()
    print("| process | MiB |\n|---|---|")
    for name, value in measured.items():
        print(f"| {name} | {value} |")
    print(f"| all | {sum(measured.values())} |")


def family(pid: int) -> list[psutil.Process]:
    leader = psutil.Process(pid)
    return [leader, *leader.children(recursive=True)]


def mib(processes: Sequence[psutil.Process]) -> int:
    """Proportional set size: memory that processes share is divided among them, so the rows can be added."""
    return round(sum(process.memory_full_info().pss for process in processes) / 2**20)


if __name__ == "__main__":
    main()
