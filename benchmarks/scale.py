"""`python -m benchmarks.scale`: a node with many APIs: boot, memory, what a change costs, latency under deploys.

`--apis 10000` APIs of ten methods each; everything else is bounded in time, all of it in less than four minutes. The
node polls four times a second. Load is half of what the node carries, in windows without deploys and with one a second,
in turn; each kind's figures are medians of its windows, and the ratio is that of the ratios of neighbours. `--quick`
takes half a minute, for a look.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path
from statistics import median

from benchmarks import contenders, pauses, report, snapshots
from benchmarks.comparison import Field
from benchmarks.console import TOKEN, ScriptedConsole
from benchmarks.contenders import Contender, path_of
from benchmarks.deployments import Deployments
from benchmarks.load import saturate
from benchmarks.machine import described, pins, refuse_missing
from benchmarks.pace import Paced
from benchmarks.pauses import Pause, Pauses
from benchmarks.processes import answers
from dataplane.snapshot import Resource

METHODS = 10
CHANGES = 20


def main() -> None:
    options = _options()
    refuse_missing("nginx", "wrk")
    with tempfile.TemporaryDirectory(prefix="bench") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        scale = Scale(folder, options.apis)
        stack.callback(scale.stop)
        print(described())
        print(report.table(["a node of", f"{options.apis:,} APIs, {options.apis * METHODS:,} methods"], scale.booted()))
        print(report.table(["one changed stage", "its API alone is compiled"], scale.changed()))
        print(scale.under_deploys(options.rounds, options.seconds))
        print(scale.paused())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--apis", type=int)
    parser.add_argument("--seconds", type=int, help="of load in each window")
    parser.add_argument("--rounds", type=int, help="a window without deploys and one with them")
    parser.add_argument("--quick", action="store_true", help="1,000 APIs and short windows, unless said otherwise")
    options = parser.parse_args()
    for name, quick, whole in (("apis", 1_000, 10_000), ("seconds", 3, 15), ("rounds", 1, 3)):
        if getattr(options, name) is None:
            setattr(options, name, quick if options.quick else whole)
    return options


class Scale:
    def __init__(self, folder: Path, apis: int) -> None:
        self._folder = folder
        self._pins = pins(1)
        if self._pins.others is not None:
            os.sched_setaffinity(0, self._pins.others)  # the console is in this process, and no part of the node
        self._backend = contenders.start_backend(folder / "backend", self._pins.others)
        self._deployments = Deployments(lambda api, generation: _drawn(api, self._backend.port, generation))
        self._apis = [f"api{number:07}" for number in range(apis)]
        self._node: Contender | None = None
        for api in [*self._apis, snapshots.API]:
            self._deployments.deploy(api)

    def stop(self) -> None:
        if self._node is not None:
            self._node.child.stop()
        self._deployments.console.stop()
        self._backend.stop()

    def start(self) -> float:
        """Seconds until it serves all."""
        began = time.monotonic()
        self._node = contenders.start_node(
            self._folder / "node", self._deployments.console, self._pins.gateway, workers=1, seconds=600
        )
        return time.monotonic() - began

    @property
    def node(self) -> Contender:
        assert self._node is not None
        return self._node

    def booted(self) -> list[list[str]]:
        first = self.start()
        self.node.child.stop()
        boots = [self._boot() for _ in range(3)]
        memory = self.node.child.memory_bytes()
        empty = _empty(self._folder / "empty", self._pins.gateway)
        each = (memory - empty) / (len(self._apis) * METHODS)
        return [
            ["first start, all fetched from the console", f"{first:.1f} s"],
            ["start from what is on disk", f"{median(boots):.1f} s"],
            ["memory of agent and one worker", f"{memory / 1e6:.0f} MB"],
            ["the same of a node with one API", f"{empty / 1e6:.0f} MB"],
            ["per method", f"{each / 1000:.1f} KB"],
        ]

    def _boot(self) -> float:
        self.node.child.stop()
        return self.start()

    def changed(self) -> list[list[str]]:
        """Means of some changes, less what the node spends while nothing changes."""
        idle = self._spent(lambda: None)
        busy = self._spent(lambda: self._deployments.deploy(snapshots.API))
        delays = [self._delay() for _ in range(CHANGES)]
        return [
            ["CPU time of agent and worker", f"{(busy - idle) / CHANGES * 1000:.1f} ms"],
            ["from the commit until it is served, asked for every 250 ms", f"{median(delays) * 1000:.0f} ms"],
        ]

    def _spent(self, work: Callable[[], object]) -> float:
        """CPU seconds, with half a second for each."""
        before = self.node.child.cpu_seconds()
        for _ in range(CHANGES):
            work()
            time.sleep(0.5)
        return self.node.child.cpu_seconds() - before

    def _delay(self) -> float:
        began = time.monotonic()
        generation = self._deployments.deploy(snapshots.API)
        while not answers(self.node.url(_path(generation)), self.node.headers):
            time.sleep(0.01)
        return time.monotonic() - began

    def under_deploys(self, rounds: int, seconds: int) -> str:
        path = path_of("1 KB")
        rate = saturate(self.node, path, connections=64, seconds=3, cores=self._pins.others).per_second / 2
        field = Field({self.node.name: self.node}, self._pins)
        without: list[Paced] = []
        during: list[Paced] = []
        turns = self._in_turn()
        for _ in range(rounds):
            for runs, deploys in ((without, nullcontext()), (during, self._deployments.every(1, turns))):
                with deploys:
                    runs.append(field.paced(self.node.name, path, rate, seconds))
        ratio = median(one.p99_ms / other.p99_ms for one, other in zip(during, without, strict=True))
        rows = [_latencies("no deploys", without), _latencies("one deploy a second", during)]
        head = [f"proxy, 1 KB, {rate:,.0f} requests/s", "p50 ms", "p99 ms", "longest ms", "bad answers"]
        return report.table(head, [*rows, ["the second to the first", "", f"{ratio:.2f} x", "", ""]])

    def _in_turn(self) -> Iterator[str]:
        """The API that is called, and others."""
        for other in itertools.cycle(self._apis):
            yield snapshots.API
            yield other

    def paused(self) -> str:
        """Stops the node, and goes on with what it has on disk."""
        self.node.child.stop()
        many, few = self._pauses(len(self._apis)), self._pauses(10)
        rows = [
            [what, *itertools.chain.from_iterable(_pause(getattr(found, kind)) for found in (many, few))]
            for what, kind in (
                ("nothing changes", "idle"),
                (f"a stage of {pauses.SMALL} methods", "small"),
                (f"a stage of {pauses.LARGE:,} methods", "large"),
            )
        ]
        head = ["a worker's longest turn, ms of CPU", f"{len(self._apis):,} APIs", "at most", "10 APIs", "at most"]
        return report.table(head, rows)

    def _pauses(self, apis: int) -> Pauses:
        command = [sys.executable, "-m", "benchmarks.pauses", str(self._folder / "node" / "node"), str(apis)]
        environment = {**os.environ, "STAGEDOOR_NODE_TOKEN": TOKEN}
        ran = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
        if ran.returncode:
            raise SystemExit(f"benchmarks: pauses: {ran.stderr}")
        return Pauses(**{kind: Pause(**found) for kind, found in json.loads(ran.stdout).items()})


def _latencies(what: str, runs: Sequence[Paced]) -> list[str]:
    figures = [f"{median(getattr(run, column) for run in runs):.2f}" for column in ("p50_ms", "p99_ms", "worst_ms")]
    return [what, *figures, str(sum(run.bad for run in runs))]


def _pause(pause: Pause) -> list[str]:
    return [f"{pause.median:.2f}", f"{pause.longest:.2f}"]


def _drawn(api: str, backend: int, generation: int) -> list[Resource]:
    """Ten methods: eight on four resources, a proxy of all other paths, a mock whose path names the generation."""
    things = snapshots.things(f"http://127.0.0.1:{backend}/{api}", 4)
    return [*things, snapshots.proxy(backend), snapshots.mock(_path(generation), "now")]


def _path(generation: int) -> str:
    return f"/v{generation}"


def _empty(folder: Path, cores: tuple[int, ...] | None) -> int:
    """Memory of a node that serves one small API."""
    console = ScriptedConsole()
    body = snapshots.document(snapshots.API, [snapshots.mock("/mock", "")])
    console.deploy(body, snapshots.entry(body, 1))
    node = contenders.start_node(folder, console, cores, workers=1)
    try:
        return node.child.memory_bytes()
    finally:
        node.stop()


if __name__ == "__main__":
    main()
