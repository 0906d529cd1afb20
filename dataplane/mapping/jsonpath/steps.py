"""Steps to closures: each takes a node, the document and the list that gathers results, and calls the next one.

Whether a step that fits nothing is passed over or ends the search depends on the steps before it: while all of them
are definite, the search ends (NotFound), as in Jayway's PathToken.isUpstreamDefinite.
"""

from collections.abc import Callable, Iterator
from typing import Any

from dataplane.mapping.jsonpath import filters, functions
from dataplane.mapping.jsonpath.results import Evaluate, NotFound, leads_to_one, sees_all_results
from dataplane.mapping.jsonpath.syntax import Filter, Function, Index, Key, Keys, Scan, Slice, Step, Steps, Wildcard


def link(steps: Steps) -> Evaluate:
    """The evaluator of a whole path."""
    if sees_all_results(steps):
        assert isinstance(steps[-1], Function)
        return _over_all(steps[-1], link(steps[:-1]))
    following: Evaluate = _emit
    for at in range(len(steps) - 1, -1, -1):
        if isinstance(steps[at], Scan):
            continue
        definite = leads_to_one(steps[:at])
        scanned = at > 0 and isinstance(steps[at - 1], Scan)
        current = _bind(steps[at], following, strict=definite, leaf=at == len(steps) - 1)
        following = _scan(steps[at], current, following, leaf=at == len(steps) - 1) if scanned else current
    return following


def _emit(node: Any, root: Any, found: list[Any]) -> None:
    found.append(node)


def _over_all(function: Function, inner: Evaluate) -> Evaluate:
    apply = _function(function, _emit)

    def evaluate(node: Any, root: Any, found: list[Any]) -> None:
        gathered: list[Any] = []
        inner(node, root, gathered)
        apply(gathered, root, found)

    return evaluate


def _bind(step: Step, following: Evaluate, *, strict: bool, leaf: bool) -> Evaluate:
    if isinstance(step, Key):
        return _key(step.name, following, strict=strict, leaf=leaf)
    if isinstance(step, Keys):
        return _merge(step.names, strict) if leaf else _each_key(step.names, following, strict)
    if isinstance(step, Index):
        return _index(step.numbers, following, strict)
    if isinstance(step, Slice):
        return _slice(step, following, strict)
    if isinstance(step, Wildcard):
        return _wildcard(following)
    if isinstance(step, Filter):
        return _filter(step, following, strict)
    assert isinstance(step, Function)
    return _function(step, following)


def _key(name: str, following: Evaluate, *, strict: bool, leaf: bool) -> Evaluate:
    def evaluate(node: Any, root: Any, found: list[Any]) -> None:
        if type(node) is dict and name in node:
            following(node[name], root, found)
        elif strict and not (leaf and type(node) is dict):
            raise NotFound

    return evaluate


def _merge(names: tuple[str, ...], strict: bool) -> Evaluate:
    """`['a','b']` at the end gives one object."""

    def evaluate(node: Any, root: Any, found: list[Any]) -> None:
        if type(node) is dict:
            found.append({name: node[name] for name in names if name in node})
        elif strict:
            raise NotFound

    return evaluate


def _each_key(names: tuple[str, ...], following: Evaluate, strict: bool) -> Evaluate:
    def evaluate(node: Any, root: Any, found: list[Any]) -> None:
        if type(node) is dict:
            for name in names:
                if name in node:
                    following(node[name], root, found)
        elif strict:
            raise NotFound

    return evaluate


def _index(numbers: tuple[int, ...], following: Evaluate, strict: bool) -> Evaluate:
    def evaluate(node: Any, root: Any, found: list[Any]) -> None:
        if isinstance(node, list):
            for number in numbers:
                if -len(node) <= number < len(node):
                    following(node[number], root, found)
        elif strict:
            raise NotFound

    return evaluate


def _slice(step: Slice, following: Evaluate, strict: bool) -> Evaluate:
    def evaluate(node: Any, root: Any, found: list[Any]) -> None:
        if isinstance(node, list):
            for item in _sliced(node, step.start, step.stop):
                following(item, root, found)
        elif strict:
            raise NotFound

    return evaluate


def _sliced(items: list[Any], start: int | None, stop: int | None) -> list[Any]:
    """With both bounds Jayway counts from one to the other and looks up each number: [-1:2] gives the last, the first
    and the second, [0:-1] nothing."""
    if start is None or stop is None:
        return items[start:stop]
    size = len(items)
    return [items[at] for at in range(max(start, -size), min(stop, size))]


def _wildcard(following: Evaluate) -> Evaluate:
    def evaluate(node: Any, root: Any, found: list[Any]) -> None:
        for child in _children(node):
            following(child, root, found)

    return evaluate


def _filter(step: Filter, following: Evaluate, strict: bool) -> Evaluate:
    accepts = filters.bind(step.condition, link)

    def evaluate(node: Any, root: Any, found: list[Any]) -> None:
        if isinstance(node, list):
            for item in node:
                if accepts(item, root):
                    following(item, root, found)
        elif type(node) is dict:
            if accepts(node, root):
                following(node, root, found)
        elif strict:
            raise NotFound

    return evaluate


def _function(step: Function, following: Evaluate) -> Evaluate:
    apply = functions.bind(step, link)

    def evaluate(node: Any, root: Any, found: list[Any]) -> None:
        following(apply(node, root), root, found)

    return evaluate


def _scan(step: Step, current: Evaluate, following: Evaluate, *, leaf: bool) -> Evaluate:
    """`..step`: at the node and everything below it, in the order of the document.

    Below an array a step that is not the last is passed over, so `$..[0].x` gives the x of every item: Jayway's
    ScanPathToken.walkArray does so.
    """
    fits = _fits(step)

    def evaluate(node: Any, root: Any, found: list[Any]) -> None:
        pending = [node]
        while pending:
            here = pending.pop()
            if fits(here, root):
                if leaf or type(here) is dict:
                    current(here, root, found)
                else:
                    for item in _children(here):
                        following(item, root, found)
            pending.extend(child for child in reversed(list(_children(here))) if isinstance(child, dict | list))

    return evaluate


def _fits(step: Step) -> Callable[[Any, Any], bool]:
    if isinstance(step, Key):
        return lambda node, root: type(node) is dict and step.name in node
    if isinstance(step, Keys):
        return lambda node, root: type(node) is dict and all(name in node for name in step.names)
    if isinstance(step, Index | Slice):
        return lambda node, root: isinstance(node, list)
    if isinstance(step, Filter):
        return filters.bind(step.condition, link)
    return lambda node, root: isinstance(node, dict | list)


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        return iter(node.values())
    return iter(node if isinstance(node, list) else ())
