"""Short functions, modules that one can read in one go: what docs/architecture.md promises of the code."""

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
MODULES = [
    path
    for package in ("console", "dataplane")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
]


def functions() -> dict[str, int]:
    """Where -> lines."""
    found = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                where = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
                found[where] = (node.end_lineno or node.lineno) - node.lineno + 1
    return found


def test_there_is_code_to_measure():
    assert len(MODULES) > 100
    assert len(functions()) > 500


def test_no_module_is_longer_than_400_lines():
    long = {str(path.relative_to(ROOT)): n for path in MODULES if (n := len(path.read_text().splitlines())) > 400}
    assert long == {}


def test_functions_are_short():
    lengths = list(functions().values())
    assert median(lengths) <= 10
    assert sum(length <= 35 for length in lengths) / len(lengths) > 0.95


def test_no_function_is_longer_than_60_lines():
    assert {where: lines for where, lines in functions().items() if lines > 60} == {}
