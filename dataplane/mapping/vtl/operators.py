"""Velocity's operators on Java's values: integers divide to integers, what has no meaning is null."""

import math
from collections.abc import Callable
from typing import Any, Final

from dataplane.mapping.vtl.java.values import bounded, bounded_number, text


def equal(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    if type(left) is type(right):
        return bool(left == right)
    if _is_number(left) and _is_number(right):
        return bool(left == right)
    if isinstance(left, list | dict) and isinstance(right, list | dict):
        return isinstance(left, dict) == isinstance(right, dict) and left == right
    return text(left) == text(right)


def unequal(left: Any, right: Any) -> bool:
    return not equal(left, right)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def holds(left: Any, right: Any) -> bool:
        return _is_number(left) and _is_number(right) and compare(left, right)

    return holds


def add(left: Any, right: Any, left_source: str, right_source: str) -> Any:
    """A text on either side joins; a null there prints as its source."""
    if isinstance(left, str) or isinstance(right, str):
        return bounded((left_source if left is None else text(left)) + (right_source if right is None else text(right)))
    return _arithmetic(left, right, lambda a, b: a + b)


def subtract(left: Any, right: Any) -> Any:
    return _arithmetic(left, right, lambda a, b: a - b)


def multiply(left: Any, right: Any) -> Any:
    return _arithmetic(left, right, lambda a, b: a * b)


def divide(left: Any, right: Any) -> Any:
    return _arithmetic(left, right, _quotient, zero_is_null=True)


def modulo(left: Any, right: Any) -> Any:
    return _arithmetic(left, right, _remainder, zero_is_null=True)


def _arithmetic(left: Any, right: Any, apply: Callable[[Any, Any], Any], *, zero_is_null: bool = False) -> Any:
    if not _is_number(left) or not _is_number(right) or (zero_is_null and right == 0):
        return None
    if isinstance(left, int) and isinstance(right, int):
        return bounded_number(apply(left, right))
    try:
        return apply(float(left), float(right))
    except OverflowError:
        return math.inf


def _quotient(left: Any, right: Any) -> Any:
    if isinstance(left, float):
        return left / right
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, float):
        return math.fmod(left, right)
    return left - right * _quotient(left, right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


BINARY: Final[dict[str, Callable[..., Any]]] = {
    "==": equal,
    "!=": unequal,
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
}
