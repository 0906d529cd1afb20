"""`python -m benchmarks.scale`: a node with many APIs: boot, memory, what a change costs, latency under deploys.

`--apis 10000` APIs of ten methods each; everything else is bounded in time. The node polls four times a second.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from benchmarks import contenders, report, snapshots
from benchmarks.comparison import Field
from benchmarks.console import ScriptedConsole
from benchmarks.contenders import Contender, path_of
from benchmarks.load import saturate
from benchmarks.machine import described, pins
from benchmarks.pace import Paced
from benchmarks.processes import answers
from dataplane.snapshot import Integration, Method, Resource

METHODS = 10
CHANGES = 20


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--apis", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=15, help="of load, with deploys and without, in each round")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        scale = Scale(folder, options.apis)
        stack.callback(scale.stop)
        print(described())
        print(report.table(["a node of", f"{options.apis:,} APIs, {options.apis * METHODS:,} methods"], scale.booted()))
        print(report.table(["one changed stage", "its API alone is compiled"], scale.changed()))
        print(scale.under_deploys(options.rounds, options.seconds))


class Scale:
    def __init__(self, folder: Path, apis: int) -> None:
        self._folder = folder
        self._pins = pins(1)
        self._backend = contenders.start_backend(folder / "backend", self._pins.others)
        self._console = ScriptedConsole()
        self._apis = [f"api{number:07}" for number in range(apis)]
        self._generation = 0
        self._node: Contender | None = None
        for api in [*self._apis, snapshots.API]:
            self.deploy(api, "first")

    def stop(self) -> None:
        if self._node is not None:
            self._node.stop()
        self._console.stop()
        self._backend.stop()

    def deploy(self, api: str, answer: str) -> None:
        """`answer` is what GET /version of the API says then."""
        self._generation += 1
        body = snapshots.document(api, _drawn(api, self._backend.port, answer))
        self._console.deploy(body, snapshots.entry(body, self._generation, api))

    def start(self) -> float:
        """Seconds until it serves all."""
        began = time.monotonic()
        self._node = contenders.start_node(
            self._folder / "node", self._console, self._pins.gateway, workers=1, seconds=600
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
        if self._node is not None:
            self.node.child.stop()
        return self.start()

    def changed(self) -> list[list[str]]:
        """Means of some changes, less what the node spends while nothing changes."""
        idle = self._spent(lambda number: None)
        busy = self._spent(lambda number: self.deploy(snapshots.API, f"c{number}"))
        delays = [self._delay(f"v{number}") for number in range(CHANGES)]
        return [
            ["CPU time of agent and worker", f"{(busy - idle) / CHANGES * 1000:.1f} ms"],
            ["from the commit until it is served, asked for every 250 ms", f"{median(delays) * 1000:.0f} ms"],
        ]

    def _spent(self, work: Callable[[int], None]) -> float:
        """CPU seconds, with half a second for each."""
        before = self.node.child.cpu_seconds()
        for number in range(CHANGES):
            work(number)
            time.sleep(0.5)
        return self.node.child.cpu_seconds() - before

    def _delay(self, answer: str) -> float:
        began = time.monotonic()
        self.deploy(snapshots.API, answer)
        while not answers(self.node.url(f"/{answer}"), self.node.headers):
            time.sleep(0.01)
        return time.monotonic() - began

    def under_deploys(self, rounds: int, seconds: int) -> str:
        path = path_of("1 KB")
        most = saturate(self.node, path, connections=32, seconds=3, cores=self._pins.others).per_second
        field = Field({self.node.name: self.node}, self._pins)
        runs: dict[str, list[Paced]] = {"no deploys": [], "one deploy a second": []}
        for _ in range(rounds):
            runs["no deploys"].append(field.paced(self.node.name, path, most / 2, seconds))
            with self.deploys_every_second():
                runs["one deploy a second"].append(field.paced(self.node.name, path, most / 2, seconds))
        rows = [
            [what, *(_median(found, column) for column in ("p50_ms", "p99_ms")), str(sum(each.bad for each in found))]
            for what, found in runs.items()
        ]
        return report.table([f"proxy, 1 KB, {most / 2:,.0f} requests/s", "p50 ms", "p99 ms", "bad answers"], rows)

    @contextmanager
    def deploys_every_second(self) -> Iterator[None]:
        """Of the API that is called, and of others, in turn."""
        over = threading.Event()

        def deploying() -> None:
            number = 0
            while not over.wait(1):
                number += 1
                self.deploy(snapshots.API if number % 2 else self._apis[number % len(self._apis)], f"d{number}")

        thread = threading.Thread(target=deploying)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _median(runs: list[Paced], column: str) -> str:
    return f"{median(getattr(run, column) for run in runs):.2f}"


def _drawn(api: str, backend: int, answer: str) -> list[Resource]:
    """Ten methods: eight on four resources, a proxy of all other paths, a mock whose path names the version."""
    base = f"http://127.0.0.1:{backend}/{api}"
    resources = [
        Resource(
            id=f"r{number}",
            path=f"/things{number}/{{id}}",
            methods=(_method("GET", f"{base}/{number}/{{id}}"), _method("PUT", f"{base}/{number}/{{id}}")),
        )
        for number in range(4)
    ]
    return [*resources, snapshots.proxy(backend), snapshots.mock(f"/{answer}", answer)]


def _method(http_method: str, uri: str) -> Method:
    mapping = {"integration.request.path.id": "method.request.path.id"}
    integration = Integration(type="HTTP_PROXY", http_method=http_method, uri=uri, request_parameters=mapping)
    return Method(http_method=http_method, integration=integration)


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
