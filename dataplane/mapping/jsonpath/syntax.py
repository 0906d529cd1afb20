"""The steps of a path, and the parts of a filter, as the parser reads them."""

from dataclasses import dataclass
from typing import Any, TypeAlias


class PathError(ValueError):
    """Text that is not a JSONPath."""


@dataclass(frozen=True, slots=True)
class Key:
    name: str


@dataclass(frozen=True, slots=True)
class Keys:
    """`['a','b']`"""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """`[0]`, `[0,2]`; a negative one counts from the end."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    start: int | None
    stop: int | None


@dataclass(frozen=True, slots=True)
class Wildcard:
    pass


@dataclass(frozen=True, slots=True)
class Scan:
    """`..`"""


@dataclass(frozen=True, slots=True)
class Filter:
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    arguments: tuple["Operand", ...]


Step: TypeAlias = Key | Keys | Index | Slice | Wildcard | Scan | Filter | Function
Steps: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    value: Any


@dataclass(frozen=True, slots=True)
class Pattern:
    """`/text/flags`"""

    text: str
    flags: str


@dataclass(frozen=True, slots=True)
class SubPath:
    """`@.price` looks from the item, `$.limit` from the document."""

    from_item: bool
    steps: Steps


Operand: TypeAlias = Literal | Pattern | SubPath


@dataclass(frozen=True, slots=True)
class Exists:
    operand: Operand


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Not:
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class AllOf:
    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    conditions: tuple["Condition", ...]


Condition: TypeAlias = Exists | Comparison | Not | AllOf | AnyOf
