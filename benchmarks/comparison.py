"""Cases, each contender in turn in each round, and the medians of the rounds."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from benchmarks import contenders, snapshots
from benchmarks.contenders import Contender, path_of
from benchmarks.load import BROWSER, VARIED, Sample, saturate
from benchmarks.machine import Pins, pins
from benchmarks.pace import Paced
from benchmarks.processes import pinned

US = "Stagedoor"


@dataclass(frozen=True)
class Case:
    kind: str  # of work
    path: str
    connections: int
    workers: int = 1
    body: str = ""
    against: tuple[str, ...] = ("nginx", "Envoy")
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    script: str = ""
    guarded: bool = False


@dataclass
class Result:
    case: Case
    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def of(self, name: str) -> Sample:
        """Medians, each for itself."""
        samples = self.samples[name]
        return Sample(*(median(getattr(each, column) for each in samples) for column in Sample.__annotations__))

    def ratio(self, name: str) -> float:
        """Our CPU time per request to another's: the median of the rounds' ratios."""
        pairs = zip(self.samples[US], self.samples[name], strict=True)
        return median(ours.cpu_us / theirs.cpu_us for ours, theirs in pairs)


PROXY, MOCK, HEADERS, RENDERED = "proxy", "mock", "proxy, a browser's headers", "template"
VARYING, GUARDED = "proxy, nothing comes again", "proxy, API key, plan's throttle, access log"


def cases(*, quick: bool) -> list[Case]:
    if quick:
        return [_proxy("1 KB", 32), _guarded(32), _mock(32)]
    proxied = [_proxy(body, connections) for body in contenders.BODIES for connections in (1, 32, 256)]
    return [
        *proxied,
        Case(HEADERS, path_of("1 KB"), 32, body="1 KB", headers=BROWSER),
        Case(VARYING, "/varied", 32, body="1 KB", headers=BROWSER, script=VARIED),
        *(_guarded(connections) for connections in (1, 32, 256)),
        *(_mock(connections) for connections in (1, 32, 256)),
        Case(RENDERED, "/rendered", 32, against=()),
        *(_proxy("1 KB", connections, workers=2) for connections in (32, 256)),
        _guarded(32, workers=2),
        _mock(32, workers=2),
        Case(RENDERED, "/rendered", 32, workers=2, against=()),
    ]


def _proxy(body: str, connections: int, workers: int = 1) -> Case:
    return Case(PROXY, path_of(body), connections, workers, body)


def _guarded(connections: int, workers: int = 1) -> Case:
    headers = {"X-Api-Key": snapshots.API_KEY}
    return Case(GUARDED, path_of("1 KB"), connections, workers, "1 KB", headers=headers, guarded=True)


def _mock(connections: int, workers: int = 1) -> Case:
    return Case(MOCK, "/mock", connections, workers, against=("nginx",))


@dataclass
class Field:
    """Who competes, with as many workers each."""

    contenders: dict[str, Contender]
    pins: Pins

    def one(self, result: Result, seconds: int) -> None:
        """One round of one case."""
        case = result.case
        for name in (US, *case.against):
            sample = saturate(
                self._way(name, guarded=case.guarded),
                case.path,
                connections=case.connections,
                seconds=seconds,
                headers=case.headers,
                script=case.script,
                cores=self.pins.others,
            )
            result.samples.setdefault(name, []).append(sample)

    def _way(self, name: str, *, guarded: bool) -> Contender:
        contender = self.contenders[name]
        if not guarded:
            return contender
        assert contender.guarded is not None
        return contender.guarded

    def paced(self, name: str, path: str, rate: float, seconds: int) -> Paced:
        contender = self.contenders[name]
        arguments = [contender.port, contender.prefix + path, contender.host or "bench", f"{rate:.0f}", 64, seconds]
        command = [sys.executable, "-m", "benchmarks.pace", *map(str, arguments)]
        before = contender.child.cpu_seconds()
        ran = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds + 30, preexec_fn=pinned(self.pins.others)
        )
        used = contender.child.cpu_seconds() - before
        if ran.returncode:
            raise SystemExit(f"benchmarks: {name} {path}: {ran.stderr}")
        paced = Paced(**json.loads(ran.stdout))
        return replace(paced, cpu_us=used / paced.count * 1e6)

    def memory(self) -> dict[str, int]:
        return {name: contender.child.memory_bytes() for name, contender in self.contenders.items()}


@contextmanager
def field_of(folder: Path, workers: int) -> Iterator[Field]:
    """The contenders, running; and stopped at the end, however it ends."""
    pinned_to = pins(workers)
    with ExitStack() as stack:
        backend = contenders.start_backend(folder / f"backend{workers}", pinned_to.others)
        stack.callback(backend.stop)
        started = {}
        for start in (contenders.start_nginx, contenders.start_envoy, contenders.start_stagedoor):
            contender = start(folder / f"{start.__name__}{workers}", backend.port, pinned_to.gateway, workers)
            stack.callback(contender.stop)
            started[contender.name] = contender
        yield Field(started, pinned_to)


def compare(field: Field, chosen: Iterable[Case], *, rounds: int, seconds: int) -> list[Result]:
    results = [Result(case) for case in chosen]
    for result in results:
        field.one(Result(result.case), 1)  # warm: connections, caches, clocks
    for number in range(rounds):
        for result in results:
            field.one(result, seconds)
        print(f"  round {number + 1} of {rounds}", file=sys.stderr)
    return results
