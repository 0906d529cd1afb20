"""Functions at the end of a path: `$.items.length()`, `$..price.avg()`, `$.name.concat($.suffix)`."""

import math
from collections.abc import Callable
from functools import reduce
from operator import add
from typing import Any

from dataplane.mapping.jsonpath.filters import reader
from dataplane.mapping.jsonpath.results import MISSING, FunctionFault, Link
from dataplane.mapping.jsonpath.syntax import Function, PathError


def bind(function: Function, link: Link) -> Callable[[Any, Any], Any]:
    if function.name not in _FUNCTIONS:
        raise PathError(f"function with name: {function.name!r} does not exist")
    apply = _FUNCTIONS[function.name]
    readers = tuple(reader(argument, link) for argument in function.arguments)

    def call(node: Any, root: Any) -> Any:
        return apply(node, [read(node, root) for read in readers])

    return call


def _length(node: Any, arguments: list[Any]) -> int | None:
    subject = arguments[0] if arguments else node
    return len(subject) if isinstance(subject, list | dict) else None


def _keys(node: Any, arguments: list[Any]) -> list[str] | None:
    return list(node) if isinstance(node, dict) else None


def _numbers(node: Any, arguments: list[Any]) -> list[float]:
    """The numbers of an array and of the arguments; Jayway refuses to aggregate nothing."""
    found: list[float] = []
    for value in (node, *arguments):
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, int | float) and not isinstance(item, bool):
                found.append(float(item))
    if not found or not (isinstance(node, list) or arguments):
        raise FunctionFault("Aggregation function attempted to calculate value using empty array")
    return found


def _total(numbers: list[float]) -> float:
    """From left to right as Java adds them; Python's sum() corrects rounding errors."""
    return reduce(add, numbers, 0.0)


def _deviation(numbers: list[float]) -> float:
    mean = _total(numbers) / len(numbers)
    return math.sqrt(_total([number * number for number in numbers]) / len(numbers) - mean * mean)


def _aggregate(apply: Callable[[list[float]], float]) -> Callable[[Any, list[Any]], float]:
    return lambda node, arguments: apply(_numbers(node, arguments))


def _concat(node: Any, arguments: list[Any]) -> str:
    pieces = [item for item in node if isinstance(item, str)] if isinstance(node, list) else []
    pieces += [_text(argument) for argument in arguments if argument is not MISSING and argument is not None]
    return "".join(pieces)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _append(node: Any, arguments: list[Any]) -> Any:
    return [*node, *(argument for argument in arguments if argument is not MISSING)] if isinstance(node, list) else node


def _item(node: Any, at: Any) -> Any:
    if not isinstance(node, list) or not isinstance(at, int) or not -len(node) <= at < len(node):
        raise FunctionFault("Aggregation function attempted to calculate value using empty array")
    return node[at]


_FUNCTIONS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "length": _length,
    "size": _length,
    "keys": _keys,
    "min": _aggregate(min),
    "max": _aggregate(max),
    "sum": _aggregate(_total),
    "avg": _aggregate(lambda numbers: _total(numbers) / len(numbers)),
    "stddev": _aggregate(_deviation),
    "concat": _concat,
    "append": _append,
    "first": lambda node, arguments: _item(node, 0),
    "last": lambda node, arguments: _item(node, -1),
    "index": lambda node, arguments: _item(node, arguments[0] if arguments else None),
}
