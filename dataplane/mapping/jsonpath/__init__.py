"""JSONPath as Jayway's JsonPath 2 evaluates it: what `$input.path`, `$input.json` and body mappings speak.

https://github.com/json-path/JsonPath (README: operators, functions, filters, "What is returned when?").
A path is compiled once into nested closures. A definite path gives its one value or MISSING; any other path gives the
list of what it found, or MISSING where a step before the first indefinite one is missing.
"""

from functools import lru_cache
from typing import Any

from dataplane.mapping.jsonpath.parser import parse
from dataplane.mapping.jsonpath.results import MISSING, Evaluate, FunctionFault, NotFound, is_definite
from dataplane.mapping.jsonpath.steps import link
from dataplane.mapping.jsonpath.syntax import Key, PathError, Steps
from dataplane.mapping.timelimit import limited

__all__ = ["MISSING", "Path", "PathError", "compile_path"]


class Path:
    __slots__ = ("_evaluate", "_keys", "_matches", "definite", "text", "whole")

    def __init__(self, text: str, steps: Steps) -> None:
        self.text = text
        self.definite = is_definite(steps)
        self._evaluate: Evaluate = link(steps)
        self._keys = _plain_keys(steps)
        self.whole = not steps
        self._matches = "=~" in text  # a pattern

    def find(self, document: Any) -> Any:
        """The value, the list of values of an indefinite path, or MISSING. Raises TooSlow."""
        if self._keys is None:
            return limited(lambda: self._search(document)) if self._matches else self._search(document)
        node = document
        for key in self._keys:
            if type(node) is not dict or key not in node:
                return MISSING
            node = node[key]
        return node

    def _search(self, document: Any) -> Any:
        found: list[Any] = []
        try:
            self._evaluate(document, document, found)
        except (NotFound, FunctionFault, RecursionError):
            return MISSING
        if not self.definite:
            return found
        return found[0] if found else MISSING

    def __repr__(self) -> str:
        return f"Path({self.text!r})"


@lru_cache(maxsize=4096)
def compile_path(text: str) -> Path:
    """Raises PathError. "pets[0].name" means "$.pets[0].name"."""
    return Path(text, parse(text))


def _plain_keys(steps: Steps) -> tuple[str, ...] | None:
    """`$.a.b.c`, by far the most common form, needs no closures."""
    if all(isinstance(step, Key) for step in steps):
        return tuple(step.name for step in steps if isinstance(step, Key))
    return None
