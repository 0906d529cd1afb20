"""The strings of `patchOperations` as values. Each raises BadRequest, naming the path."""

import math
from collections.abc import Callable, Sequence

from console.apis.services.patches import boolean, integer, text
from console.core.faults import BadRequest
from console.core.patch import PatchOperation

__all__ = ["at_least", "boolean", "integer", "number", "one_of", "required", "text", "within"]


def required(operation: PatchOperation) -> str:
    if not operation.value:
        raise BadRequest(f"Invalid patch value specified for path {operation.path}", field=operation.path)
    return operation.value


def number(operation: PatchOperation) -> float:
    try:
        found = float(operation.value or "")
    except ValueError:
        raise _invalid(operation, "a number") from None
    if not math.isfinite(found):
        raise _invalid(operation, "a number")
    return found


def within(low: int, high: int) -> Callable[[PatchOperation], int]:
    def read(operation: PatchOperation) -> int:
        found = integer(operation)
        if not low <= found <= high:
            raise _invalid(operation, f"an integer from {low} to {high}")
        return found

    return read


def at_least(low: float) -> Callable[[PatchOperation], float]:
    def read(operation: PatchOperation) -> float:
        found = number(operation)
        if found < low:
            raise _invalid(operation, f"a number not below {low:g}")
        return found

    return read


def one_of(members: Sequence[str]) -> Callable[[PatchOperation], str]:
    def read(operation: PatchOperation) -> str:
        found = text(operation)
        if found not in members:
            raise _invalid(operation, f"one of: [{', '.join(members)}]")
        return found

    return read


def _invalid(operation: PatchOperation, wanted: str) -> BadRequest:
    return BadRequest(
        f"Invalid patch value '{operation.value}' specified for path {operation.path}. Must be {wanted}",
        field=operation.path,
    )
