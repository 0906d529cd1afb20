"""Generated templates and paths: what Java answers and what the dataplane answers, side by side.

    python -m tests.dataplane.mapping.oracle.differential --templates 8000 --paths 3000 --jsonpath FOLDER

FOLDER holds the classes of JsonPath 2.4.0 (docs/execution.md says how they are made); without it Debian's 2.0.0 is
asked. Every difference must be explained by a rule, which is counted; the exit status is 1 if one is not.
"""

import argparse
import copy
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dataplane.mapping.jsonpath import MISSING, PathError, compile_path
from dataplane.mapping.vtl import TemplateError, compile_template
from tests.dataplane.mapping.golden import golden
from tests.dataplane.mapping.oracle import paths, templates
from tests.dataplane.mapping.oracle.pin import CLASSPATH, GOLDEN, ask

Answer = dict[str, Any]
Rule = tuple[str, Callable[[str, Answer, Answer], bool]]  # the question, Java's answer, ours

VARIABLES = golden("generated.json")["variables"]
DOCUMENT = golden("jsonpath.json")["document"]
PINNED = 500


class Variables:
    def variables(self, roots: frozenset[str]) -> dict[str, Any]:
        found: dict[str, Any] = copy.deepcopy(VARIABLES)
        return found


def rendered(template: str) -> Answer:
    try:
        return {"out": compile_template(template, plain=True).render(Variables())}
    except TemplateError as error:
        return {"error": str(error)}


def found_at(path: str) -> Answer:
    try:
        found = compile_path(path).find(json.loads(DOCUMENT))
    except PathError as error:
        return {"error": str(error)}
    return {"missing": True} if found is MISSING else {"out": found}


def differ(theirs: Answer, ours: Answer) -> bool:
    """An error is an error, whatever it says."""
    if "error" in theirs or "error" in ours:
        return ("error" in theirs) != ("error" in ours)
    return json.dumps(theirs) != json.dumps(ours)


def _digits(text: str) -> str:
    return re.sub(r"-?\d+", "0", text)


TEMPLATE_RULES: tuple[Rule, ...] = (
    (
        "a map or list changed under Java's iterator",
        lambda template, theirs, ours: theirs.get("error") == "ConcurrentModificationException",
    ),
    (
        "the hash code of a #define is its place in Java's memory",
        lambda template, theirs, ours: (
            "#define" in template and "hashCode" in template and _digits(theirs["out"]) == _digits(ours["out"])
        ),
    ),
)
SINCE_2_5: Rule = (
    "a list against a pattern: any item may match, as since JsonPath 2.5",
    lambda path, theirs, ours: re.search(r"@(?:\.tags|\[\*\])? =~", path) is not None,
)
ALL_OF_A_LIST: Rule = (
    "all [...]: JsonPath 2.4.0 cannot read the list",
    lambda path, theirs, ours: re.search(r" all \[", path) is not None,
)
A_LIST_CONTAINS: Rule = (
    "an item that is a list: JsonPath 2.4.0 fails to look into it",
    lambda path, theirs, ours: theirs.get("error") == "JsonPathException" and re.search(r"@ \w", path) is not None,
)
NEWER: tuple[Rule, ...] = (SINCE_2_5, ALL_OF_A_LIST, A_LIST_CONTAINS)
OLD_RULES: tuple[Rule, ...] = (
    ("JsonPath 2.0.0 does not know it", lambda path, theirs, ours: "error" in theirs and "error" not in ours),
    (
        "JsonPath 2.0.0 gives up where a step after an indefinite one does not fit",
        lambda path, theirs, ours: "missing" in theirs and isinstance(ours.get("out"), list),
    ),
    (
        "JsonPath 2.0.0 gives an empty list for an indefinite path whose beginning is missing",
        lambda path, theirs, ours: theirs == {"out": []} and "missing" in ours,
    ),
    (
        "JsonPath 2.0.0 counts no single index from the end",
        lambda path, theirs, ours: re.search(r"\[-\d+\]", path) is not None,
    ),
    ("JsonPath 2.0.0 compares otherwise in filters", lambda path, theirs, ours: "?(" in path),
)


class Report:
    def __init__(self, what: str, asked: int) -> None:
        self.heading = f"{asked} {what}"
        self.explained: Counter[str] = Counter()
        self.unexplained: list[str] = []

    def judge(self, question: str, theirs: Answer, ours: Answer, rules: tuple[Rule, ...]) -> None:
        for name, holds in rules:
            if holds(question, theirs, ours):
                self.explained[name] += 1
                return
        self.unexplained.append(f"{question!r}\n  Java {theirs}\n  ours {ours}")

    def __str__(self) -> str:
        lines = [f"{self.heading}: {self.explained.total()} explained, {len(self.unexplained)} unexplained differences"]
        lines += [f"  {count:5} {name}" for name, count in self.explained.most_common()]
        return "\n".join(lines + self.unexplained)


def compare_templates(count: int, seed: int) -> Report:
    """What differs is asked again with harmless text after its references: does it still differ?"""
    generator = templates.Generator(seed)
    marked = [generator.template() for _ in range(count)]
    report = Report("templates", count)
    differing = [
        each
        for each, theirs in zip(marked, _velocity(marked, templates.written), strict=True)
        if differ(theirs, rendered(templates.written(each)))
    ]
    for each, theirs in zip(differing, _velocity(differing, templates.calm), strict=True):
        calm = templates.calm(each)
        if differ(theirs, rendered(calm)):
            report.judge(calm, theirs, rendered(calm), TEMPLATE_RULES)
        else:
            report.explained["text right after a reference is taken by Velocity's lexer for part of it"] += 1
    return report


def _velocity(marked: list[str], form: Callable[[str], str]) -> list[Answer]:
    return ask([{"template": form(each), "variables": VARIABLES} for each in marked])


def compare_paths(count: int, seed: int, classes: str) -> tuple[Report, list[Answer]]:
    """And the answers on which both agree, to be pinned."""
    generator = paths.Generator(seed)
    chosen: dict[str, None] = {}
    while len(chosen) < count:
        chosen[generator.path()] = None
    report, agreed = Report("paths", count), []
    classpath = f"{classes}:{CLASSPATH}" if classes else CLASSPATH
    for path, theirs in zip(
        chosen, ask([{"path": path, "document": DOCUMENT} for path in chosen], classpath), strict=True
    ):
        if differ(theirs, found_at(path)):
            report.judge(
                path,
                theirs,
                found_at(path),
                NEWER if classes else NEWER + OLD_RULES,
            )
        else:
            agreed.append({"path": path, **theirs})
    return report, agreed


def write(agreed: list[Answer]) -> None:
    lines = ",\n".join(json.dumps(case) for case in agreed[:PINNED])
    (GOLDEN / "paths.json").write_text(f'{{"cases": [\n{lines}\n]}}\n')


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--templates", type=int, default=5000)
    parser.add_argument("--paths", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jsonpath", default="", help="folder with the classes of JsonPath 2.4.0")
    parser.add_argument("--pin", action="store_true", help=f"write {PINNED} paths and answers to golden/paths.json")
    options = parser.parse_args()
    if options.jsonpath and not Path(options.jsonpath, "com/jayway").is_dir():
        parser.error(f"no classes of JsonPath in {options.jsonpath}")
    report, agreed = compare_paths(options.paths, options.seed, options.jsonpath)
    if options.pin:
        write(agreed)
    reports = (report, compare_templates(options.templates, options.seed))
    print(*reports, sep="\n")
    return int(any(each.unexplained for each in reports))


if __name__ == "__main__":
    sys.exit(main())
