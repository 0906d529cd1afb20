"""What evaluating a path can come to."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from dataplane.mapping.jsonpath.syntax import Function, Index, Key, Keys, Scan, Step, Steps

Evaluate: TypeAlias = Callable[[Any, Any, list[Any]], None]  # node, document, results
Link: TypeAlias = Callable[[Steps], Evaluate]


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = _Missing()


class NotFound(Exception):
    """A step of the definite beginning of a path fits nothing."""


class FunctionFault(Exception):
    """A function cannot be applied to what it was given, for example the average of nothing."""


def sees_all_results(steps: Steps) -> bool:
    """After a deep scan a function is applied once, to the list of all results: `$..price.sum()`."""
    return bool(steps) and isinstance(steps[-1], Function) and any(isinstance(step, Scan) for step in steps)


def is_definite(steps: Steps) -> bool:
    last = len(steps) - 1
    return sees_all_results(steps) or all(_step_is_definite(step, leaf=at == last) for at, step in enumerate(steps))


def leads_to_one(steps: Steps) -> bool:
    """Whether a step after these has one place to look at, or none: Jayway's PathToken.isUpstreamDefinite."""
    return all(_step_is_definite(step, leaf=False) for step in steps)


def _step_is_definite(step: Step, *, leaf: bool) -> bool:
    if isinstance(step, Index):
        return len(step.numbers) == 1
    if isinstance(step, Keys):
        return leaf
    return isinstance(step, Key | Function)
