"""`python -m benchmarks`: nginx, Envoy and Stagedoor in one run; writes a table (Markdown) and a plot (SVG)."""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import plot, report
from benchmarks.comparison import MOCK, PROXY, Case, Field, Result, cases, compare, field_of
from benchmarks.machine import described, pins, refuse_missing
from benchmarks.pace import Paced

PACED_SECONDS = 4
MOST_PACED = 30_000  # requests a second: the generator is behind its time at 45 000
Rates = dict[str, tuple[float, dict[str, list[Paced]]]]


def main() -> None:
    options = _options()
    refuse_missing()
    chosen = cases(quick=options.quick)
    results: list[Result] = []
    memory: dict[str, dict[str, int]] = {}
    rates: Rates = {}
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        Path(folder).chmod(0o755)
        for workers in sorted({case.workers for case in chosen}):
            print(f"{workers} worker(s)", file=sys.stderr)
            with field_of(Path(folder), workers) as field:
                memory[f"{report.count(workers, 'worker')}, at rest"] = field.memory()
                found = compare(field, _of(chosen, workers), rounds=options.rounds, seconds=options.seconds)
                memory[f"{report.count(workers, 'worker')}, after the load"] = field.memory()
                if workers == 1:
                    rates = _paced(field, found, 1 if options.quick else options.rounds)
                results += found
    _write(options, results, memory, rates)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two cases, under a minute")
    parser.add_argument("--rounds", type=int, default=3, help="of which medians are taken")
    parser.add_argument("--seconds", type=int, default=1, help="of load per contender, case and round")
    parser.add_argument("--out", type=Path, default=Path("test-results/benchmarks"), help="folder for table and plot")
    return parser.parse_args()


def _of(chosen: list[Case], workers: int) -> list[Case]:
    return [case for case in chosen if case.workers == workers]


def _paced(field: Field, found: list[Result], rounds: int) -> Rates:
    """All at the same rate: half of what the slowest takes, as far as the generator can."""
    rates: Rates = {}
    for result in found:
        case = result.case
        if case.kind not in (PROXY, MOCK) or case.connections != 32 or case.body not in ("", "1 KB"):
            continue
        rate = min(MOST_PACED, min(result.of(name).per_second for name in result.samples) / 2)
        rates[case.kind] = (rate, {name: [] for name in result.samples})
        for _ in range(rounds):
            for name, runs in rates[case.kind][1].items():
                runs.append(field.paced(name, case.path, rate, PACED_SECONDS))
    return rates


def _write(
    options: argparse.Namespace,
    results: list[Result],
    memory: dict[str, dict[str, int]],
    rates: Rates,
) -> None:
    parts = [
        f"{described()}. Medians of {options.rounds} rounds of {options.seconds} s. {_pinning()}",
        *("- " + sentence for sentence in report.targets(results)),
        "\n" + report.costs(results),
        report.rates(results),
        report.paced(rates),
        report.workers(results),
        report.memory(memory),
    ]
    options.out.mkdir(parents=True, exist_ok=True)
    text = "\n".join(part for part in parts if part)
    (options.out / "table.md").write_text(text)
    (options.out / "cpu.svg").write_text(plot.chart([r for r in results if r.case.against]))
    print(text)
    print(f"written: {options.out / 'table.md'}, {options.out / 'cpu.svg'}", file=sys.stderr)


def _pinning() -> str:
    said = []
    for workers in (1, 2):
        apart = pins(workers).gateway is not None
        where = "on cores of its own" if apart else "on the same cores as backend and load generator"
        said.append(f"{report.count(workers, 'worker')}: the gateway {where}")
    return "; ".join(said) + "."


if __name__ == "__main__":
    main()
