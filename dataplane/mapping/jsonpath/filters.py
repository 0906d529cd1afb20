"""Filters: `[?(@.price < 10 && @.tags anyof ['a'])]`. A predicate takes the item and the document."""

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from dataplane.mapping import javaregex
from dataplane.mapping.jsonpath.results import MISSING, FunctionFault, Link, NotFound, is_definite
from dataplane.mapping.jsonpath.syntax import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Exists,
    Literal,
    Not,
    Operand,
    PathError,
    Pattern,
    SubPath,
)

Predicate: TypeAlias = Callable[[Any, Any], bool]
Read: TypeAlias = Callable[[Any, Any], Any]


def bind(condition: Condition, link: Link) -> Predicate:
    if isinstance(condition, Exists):
        return _exists(condition.operand, link)
    if isinstance(condition, Not):
        inner = bind(condition.condition, link)
        return lambda item, root: not inner(item, root)
    if isinstance(condition, AllOf):
        every = tuple(bind(part, link) for part in condition.conditions)
        return lambda item, root: all(part(item, root) for part in every)
    if isinstance(condition, AnyOf):
        some = tuple(bind(part, link) for part in condition.conditions)
        return lambda item, root: any(part(item, root) for part in some)
    return _comparison(condition, link)


def reader(operand: Operand, link: Link) -> Read:
    """The operand's value for an item, or MISSING."""
    if isinstance(operand, Literal):
        return lambda item, root: operand.value
    if isinstance(operand, Pattern):
        pattern = _regex(operand)
        return lambda item, root: pattern
    return _sub_path(operand, link)


def _sub_path(path: SubPath, link: Link) -> Read:
    evaluate, definite, from_item = link(path.steps), is_definite(path.steps), path.from_item

    def read(item: Any, root: Any) -> Any:
        found: list[Any] = []
        try:
            evaluate(item if from_item else root, root, found)
        except (NotFound, FunctionFault):
            return MISSING
        if not definite:
            return found
        return found[0] if found else MISSING

    return read


def _exists(operand: Operand, link: Link) -> Predicate:
    read = reader(operand, link)
    if isinstance(operand, SubPath):
        return lambda item, root: read(item, root) is not MISSING
    return lambda item, root: read(item, root) is True


def _comparison(condition: Comparison, link: Link) -> Predicate:
    left, right = reader(condition.left, link), reader(condition.right, link)
    holds = _OPERATORS[condition.operator]
    return lambda item, root: holds(left(item, root), right(item, root))


def _regex(pattern: Pattern) -> re.Pattern[str]:
    flags = 0
    for letter in pattern.flags:
        flags |= {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}.get(letter, 0)
    try:
        return javaregex.compile_regex(pattern.text, flags)
    except re.error as error:
        raise PathError(f"not a regular expression: {pattern.text!r}: {error}") from error


# operators


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def equal(left: Any, right: Any) -> bool:
    """JSON equality: true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(value, right[name]) for name, value in left.items())
    return bool(left == right)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def holds(left: Any, right: Any) -> bool:
        both_numbers = _is_number(left) and _is_number(right)
        return (both_numbers or (isinstance(left, str) and isinstance(right, str))) and compare(left, right)

    return holds


def _matches(left: Any, right: Any) -> bool:
    pattern, value = (right, left) if isinstance(right, re.Pattern) else (left, right)
    if not isinstance(pattern, re.Pattern):
        return False
    if isinstance(value, list):
        return any(_matches(pattern, each) for each in value)
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif _is_number(value):
        value = str(value)
    return pattern.fullmatch(value if isinstance(value, str) else "") is not None


def _within(left: Any, right: Any) -> bool:
    return isinstance(right, list) and left is not MISSING and any(equal(left, each) for each in right)


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    return _within(right, left)


def _size(left: Any, right: Any) -> bool:
    return isinstance(left, str | list) and _is_number(right) and len(left) == right


def _empty(left: Any, right: Any) -> bool:
    return isinstance(left, str | list | dict) and isinstance(right, bool) and (len(left) == 0) is right


def _type(left: Any, right: Any) -> bool:
    names = {str: "string", bool: "boolean", int: "number", float: "number", list: "json", dict: "json"}
    return left is not MISSING and names.get(type(left), "null") == right


def _subset_of(left: Any, right: Any) -> bool:
    return isinstance(left, list) and isinstance(right, list) and all(_within(each, right) for each in left)


def _any_of(left: Any, right: Any) -> bool:
    return isinstance(left, list) and isinstance(right, list) and any(_within(each, right) for each in left)


def _none_of(left: Any, right: Any) -> bool:
    return isinstance(left, list) and isinstance(right, list) and not _any_of(left, right)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "===": lambda left, right: type(left) is type(right) and equal(left, right),
    "!==": lambda left, right: not (type(left) is type(right) and equal(left, right)),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
    "=~": _matches,
    "matches": _matches,
    "in": _within,
    "nin": lambda left, right: isinstance(right, list) and not _within(left, right),
    "contains": _contains,
    "all": lambda left, right: _subset_of(right, left),
    "subsetof": _subset_of,
    "anyof": _any_of,
    "noneof": _none_of,
    "size": _size,
    "empty": _empty,
    "type": _type,
}
