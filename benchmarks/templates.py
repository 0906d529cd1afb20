"""`python -m benchmarks.templates`: what each of AWS's example templates costs, ours and airspeed's, in microseconds.

The templates are those of the developer guide, with its own example bodies. Twice: rendering alone, over a document
that is there; and with the reading of the body's JSON, as a request does it (airspeed's body is read by json.loads).
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from statistics import geometric_mean
from time import process_time
from typing import Any

import airspeed

from dataplane.mapping.input import RequestParams, Scope
from dataplane.mapping.vtl import Template, compile_template

GUIDE = Path(__file__).parents[1] / "tests/dataplane/mapping/golden/guide.json"
ROUNDS = 9
SECONDS = 0.02  # of each round


class Document:
    """`$input` for airspeed."""

    def __init__(self, document: Any) -> None:
        self.document = document

    def path(self, path: str) -> Any:
        assert path == "$"
        return self.document


def cost(work: Callable[[], object]) -> float:
    """Microseconds of CPU time: the least of the rounds."""
    count, spent = 1, 0.0
    while spent < SECONDS:
        count *= 2
        spent = _run(work, count)
    return min(_run(work, count) / count for _ in range(ROUNDS)) * 1e6


def _run(work: Callable[[], object], count: int) -> float:
    begun = process_time()
    for _ in range(count):
        work()
    return process_time() - begun


def costs(template: Template, other: airspeed.Template, body: str) -> tuple[float, float, float, float]:
    """Rendering alone, ours and airspeed's; then with the reading of the body."""
    params = RequestParams()
    read, document = Scope(body, params, {}, {}), {"input": Document(json.loads(body))}
    read.document()
    return (
        cost(lambda: template.render(read)),
        cost(lambda: other.merge(document)),
        cost(lambda: template.render(Scope(body, params, {}, {}))),
        cost(lambda: other.merge({"input": Document(json.loads(body))})),
    )


def table(cases: list[dict[str, str]]) -> str:
    lines = [
        "| template | rendering | airspeed | times | with JSON | airspeed | times |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    ratios: list[tuple[float, float]] = []
    for case in cases:
        ours, theirs, ours_read, theirs_read = costs(
            compile_template(case["template"]), airspeed.Template(case["template"]), case["body"]
        )
        ratios.append((theirs / ours, theirs_read / ours_read))
        alone = f"{ours:.1f} | {theirs:.0f} | {ratios[-1][0]:.1f}"
        lines.append(f"| {case['name']} | {alone} | {ours_read:.1f} | {theirs_read:.0f} | {ratios[-1][1]:.1f} |")
    alone_mean, read_mean = (geometric_mean(column) for column in zip(*ratios, strict=True))
    return "\n".join([*lines, f"| geometric mean | | | {alone_mean:.1f} | | | {read_mean:.1f} |"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.templates", description=__doc__)
    parser.add_argument("--name", default="", help="only templates whose name has this")
    name = parser.parse_args().name
    cases: list[dict[str, str]] = json.loads(GUIDE.read_text())["cases"]
    print(table([case for case in cases if name in case["name"]]))


if __name__ == "__main__":
    main()
