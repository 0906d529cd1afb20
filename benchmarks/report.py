"""Results as Markdown."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from benchmarks.comparison import MOCK, PROXY, US, Result
from benchmarks.pace import Paced

# CPU time per request, at most so many times the other's.
TARGETS = {(PROXY, "Envoy"): 1.0, (PROXY, "nginx"): 2.5, (MOCK, "nginx"): 2.0}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The first column is text, the others are figures."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def costs(results: Iterable[Result]) -> str:
    head = ["CPU µs per request", US, "nginx", "Envoy", "to nginx", "to Envoy"]
    return table(head, [[name_of(result), *_figures(result, "cpu_us"), *_ratios(result)] for result in results])


def rates(results: Iterable[Result]) -> str:
    head = ["requests/s, as many as it takes", US, "nginx", "Envoy"]
    return table(head, [[name_of(result), *_figures(result, "per_second")] for result in results])


def paced(rates: Mapping[str, tuple[float, Mapping[str, Sequence[Paced]]]]) -> str:
    """By kind of work: the rate, and the runs of each contender."""
    head = ["at a fixed rate, the same for all", "CPU µs per request", "times", "p50 ms", "p99 ms", "bad answers"]
    rows = []
    for kind, (rate, found) in rates.items():
        ours = median(run.cpu_us for run in found[US])
        for name, runs in found.items():
            cpu, p50, p99 = (median(getattr(run, column) for run in runs) for column in ("cpu_us", "p50_ms", "p99_ms"))
            times = "" if name == US else f"{ours / cpu:.2f} x"
            bad = str(sum(run.bad for run in runs))
            rows.append(
                [f"{kind}, {rate:,.0f} requests/s: {name}", f"{cpu:.1f}", times, f"{p50:.2f}", f"{p99:.2f}", bad]
            )
    return table(head, rows)


def memory(found: Mapping[str, Mapping[str, int]]) -> str:
    """`found` by what they had done before."""
    head = ["memory in MB", US, "nginx", "Envoy"]
    rows = [
        [what, *(f"{each[name] / 1e6:.0f}" if name in each else "" for name in head[1:])]
        for what, each in found.items()
    ]
    return table(head, rows)


def workers(results: Sequence[Result]) -> str:
    """Two beside one, of the same case."""
    head = ["two workers to one", "requests/s", "CPU per request"]
    rows = []
    ones = {(r.case.kind, r.case.path, r.case.connections): r for r in results if r.case.workers == 1}
    for two in (result for result in results if result.case.workers == 2):
        one = ones.get((two.case.kind, two.case.path, two.case.connections))
        if one is not None:
            per_second = two.of(US).per_second / one.of(US).per_second
            rows.append([name_of(two), f"{per_second:.2f} x", f"{two.of(US).cpu_us / one.of(US).cpu_us:.2f} x"])
    return table(head, rows) if rows else ""


def targets(results: Iterable[Result]) -> list[str]:
    """Sentences, of the case of 1 KB or less, 32 connections and one worker."""
    sentences = []
    for result in results:
        case = result.case
        if (case.connections, case.workers) != (32, 1) or case.body not in ("", "1 KB"):
            continue
        for name in case.against:
            limit = TARGETS.get((case.kind, name))
            if limit is not None:
                verdict = "met" if result.ratio(name) <= limit else "MISSED"
                sentences.append(f"{case.kind} to {name}: {result.ratio(name):.2f} x, target {limit:g} x: {verdict}")
    return sentences


def name_of(result: Result) -> str:
    case = result.case
    parts = [case.kind, case.body, count(case.connections, "connection"), count(case.workers, "worker")]
    return ", ".join(part for part in parts if part)


def count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _figures(result: Result, column: str) -> list[str]:
    names = (US, "nginx", "Envoy")
    style = ".1f" if column == "cpu_us" else ",.0f"
    return [format(getattr(result.of(name), column), style) if name in result.samples else "" for name in names]


def _ratios(result: Result) -> list[str]:
    return [f"{result.ratio(name):.2f} x" if name in result.samples else "" for name in ("nginx", "Envoy")]
