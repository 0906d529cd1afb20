"""A template as the parser reads it. `at` is an offset into the source, `source` the text that was written."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(slots=True)
class Constant:
    """A number, a boolean or a text without references."""

    value: str | int | float | bool
    source: str


@dataclass(slots=True)
class Interpolated:
    """A double-quoted text with references or directives in it."""

    block: "Block"
    source: str


@dataclass(slots=True)
class Property:
    name: str
    at: int


@dataclass(slots=True)
class Call:
    name: str
    arguments: list["Expression"]
    at: int


@dataclass(slots=True)
class Index:
    argument: "Expression"
    at: int


@dataclass(slots=True)
class Reference:
    root: str
    steps: list["Property | Call | Index"]
    source: str
    at: int
    quiet: bool = False  # $!x
    prefix: str = ""  # what of "$" and "#" came before it and means nothing: "$$x", "#$x"
    backslashes: int = 0


@dataclass(slots=True)
class ListLiteral:
    items: list["Expression"]
    source: str


@dataclass(slots=True)
class MapLiteral:
    entries: list[tuple["Expression", "Expression"]]
    source: str


@dataclass(slots=True)
class Range:
    first: "Expression"
    last: "Expression"
    source: str


@dataclass(slots=True)
class Chain:
    """Operators of one precedence, from left to right: `first op operand op operand`.

    With each operand what was written for it, blanks included: so Velocity prints a sum that is null.
    """

    first: "Expression"
    rest: list[tuple[str, "Expression", str]]
    source: str


@dataclass(slots=True)
class Logical:
    """`&&` or `||`"""

    operator: str
    parts: list["Expression"]
    source: str


@dataclass(slots=True)
class Not:
    operand: "Expression"
    source: str


Expression: TypeAlias = Constant | Interpolated | Reference | ListLiteral | MapLiteral | Range | Chain | Logical | Not


@dataclass(slots=True)
class Text:
    text: str


@dataclass(slots=True)
class Set:
    target: Reference
    value: Expression
    at: int


@dataclass(slots=True)
class If:
    branches: list[tuple[Expression, "Block"]]
    otherwise: "Block"
    at: int


@dataclass(slots=True)
class Foreach:
    variable: str
    items: Expression
    block: "Block"
    at: int


@dataclass(slots=True)
class Break:
    scope: Expression | None
    at: int


@dataclass(slots=True)
class Stop:
    at: int


@dataclass(slots=True)
class Define:
    name: str
    block: "Block"
    at: int


@dataclass(slots=True)
class MacroCall:
    """`#name(...)`; text when there is no such macro. `body` is that of `#@name(...) ... #end`."""

    name: str
    arguments: list[Expression]
    source: str
    at: int
    body: "Block | None" = None


@dataclass(slots=True)
class Macro:
    name: str
    parameters: list[str]
    block: "Block"
    at: int


Node: TypeAlias = Text | Reference | Set | If | Foreach | Break | Stop | Define | MacroCall
Block: TypeAlias = list[Node]


@dataclass(slots=True)
class Tree:
    block: Block
    macros: dict[str, Macro] = field(default_factory=dict)
    roots: set[str] = field(default_factory=set)  # the names that references begin with
    owners: Counter[str] = field(default_factory=Counter)  # how many references read a property of the name
    calls: set[str] = field(default_factory=set)  # the names of methods that are called
    changes: bool = False  # `#set($m.k = 1)`: what is in a map or list
    outside: Counter[str] = field(default_factory=Counter)  # how many stand outside of a loop over the name
    loops: list[str] = field(default_factory=list)  # over which names, around what is being read
    stops: bool = False  # `#stop`: in a #define it stops what prints it, where that stands
    scoped_breaks: bool = False  # `#break($foreach.parent)`: a macro's may name the loop around its call

    def saw(self, root: str, steps: list[Property | Call | Index]) -> None:
        self.roots.add(root)
        self.calls.update(step.name for step in steps if isinstance(step, Call))
        self.outside[root] += root not in self.loops
        self.owners[root] += bool(steps) and isinstance(steps[0], Property)
