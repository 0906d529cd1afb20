"""`patchOperations`: a table of paths says what may be done to each; the rest is AWS's refusal.

A rule's path is a template whose `{name}` segments match one escaped segment: `/variables/{name}`; `{name+}` matches
several.
`~1` in a segment stands for `/`, `~0` for `~` (RFC 6901).
Source: API Gateway API reference, "Patch operations"; texts as recorded in the behaviours list, 122.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from console.core.faults import BadRequest, ValidationFault, violation

OPS = ("add", "remove", "move", "test", "replace", "copy")  # in the order in which AWS lists them


@dataclass(frozen=True, slots=True)
class PatchOperation:
    op: str
    path: str
    value: str | None = None
    from_: str | None = None


# Called with the operation and the unescaped segments that the template named.
Handler: TypeAlias = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Rule:
    path: str
    ops: tuple[str, ...]
    handler: Handler  # handler(op: PatchOperation, **segments)


def unescape(segment: str) -> str:
    return segment.replace("~1", "/").replace("~0", "~")


def escape(segment: str) -> str:
    return segment.replace("~", "~0").replace("/", "~1")


def read(operations: Iterable[Mapping[str, Any]] | None, *, shape: str) -> list[PatchOperation]:
    """The wire's `patchOperations` as values; `shape` is what AWS's message calls the input (`updateRestApiInput`).

    Raises ValidationFault that tells every unknown `op`.
    """
    found, violations = [], []
    for index, raw in enumerate(operations or (), start=1):
        op = raw.get("op")
        if op not in OPS:
            where = f"{shape}.patchOperations.{index}.member.op"
            violations.append(violation(op, where, f"Member must satisfy enum value set: [{', '.join(OPS)}]"))
        found.append(PatchOperation(str(op), str(raw.get("path") or ""), raw.get("value"), raw.get("from")))
    if violations:
        raise ValidationFault.of(violations, field="patchOperations")
    return found


def apply(operations: Iterable[PatchOperation], rules: Sequence[Rule]) -> None:
    """Run each operation's handler. Raises BadRequest, naming the path; the caller's transaction undoes the rest."""
    for operation in operations:
        rule, segments = _find(operation, rules)
        if operation.op not in rule.ops:
            raise BadRequest(
                f"Invalid patch operation specified. Must be one of: [{', '.join(rule.ops)}]", field=operation.path
            )
        rule.handler(operation, **segments)


def _find(operation: PatchOperation, rules: Sequence[Rule]) -> tuple[Rule, dict[str, str]]:
    for rule in rules:
        match = _pattern(rule.path).fullmatch(operation.path)
        if match:
            return rule, {name: unescape(value) for name, value in match.groupdict().items()}
    paths = ", ".join(rule.path.replace("+}", "}") for rule in rules if operation.op in rule.ops)
    raise BadRequest(
        f"Invalid patch path '{operation.path}' specified for op '{operation.op}'. Must be one of: [{paths}]",
        field=operation.path,
    )


@cache
def _pattern(template: str) -> re.Pattern[str]:
    several = re.sub(r"\\\{(\w+)\\\+\\\}", r"(?P<\1>.+)", re.escape(template))
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", several))
