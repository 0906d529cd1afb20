"""`python -m benchmarks.soak`: one deploy a second under steady load for ten minutes, and what happens to memory."""

import argparse
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks import report
from benchmarks.comparison import Field
from benchmarks.contenders import path_of
from benchmarks.machine import described, pins
from benchmarks.scale import Scale


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--apis", type=int, default=1_000)
    parser.add_argument("--rate", type=float, default=1_000, help="requests a second")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        scale = Scale(folder, options.apis)
        stack.callback(scale.stop)
        scale.start()
        soak(scale, options.minutes * 60, options.rate)


def soak(scale: Scale, seconds: float, rate: float) -> None:
    print(f"{described()}. {rate:,.0f} requests/s for {seconds:,.0f} s, one deploy a second")
    memory: list[tuple[float, int]] = []
    over = threading.Event()
    watching = threading.Thread(target=_watch, args=(scale, seconds / 10, over, memory))
    watching.start()
    try:
        with scale.deploys_every_second():
            field = Field({scale.node.name: scale.node}, pins(1))
            paced = field.paced(scale.node.name, path_of("1 KB"), rate, int(seconds))
    finally:
        over.set()
        watching.join()
    print(report.table(["after", "MB"], [[f"{at:,.0f} s", f"{size / 1e6:.1f}"] for at, size in memory]))
    print(f"{paced.count:,} requests, {paced.bad} bad answers, p50 {paced.p50_ms:.2f} ms, p99 {paced.p99_ms:.2f} ms")


def _watch(scale: Scale, every: float, over: threading.Event, memory: list[tuple[float, int]]) -> None:
    began = time.monotonic()
    while True:
        memory.append((time.monotonic() - began, scale.node.child.memory_bytes()))
        if over.wait(every):
            return


if __name__ == "__main__":
    main()
