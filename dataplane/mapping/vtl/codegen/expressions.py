"""Expressions of a template as expressions of Python."""

from collections.abc import Callable
from typing import Any, Final

from dataplane.mapping.vtl.codegen.sharing import Prefix, leading
from dataplane.mapping.vtl.codegen.variables import GATEWAY, FrameVariables, LocalVariables, NeedsFrame
from dataplane.mapping.vtl.java.tables import PREPARED
from dataplane.mapping.vtl.nodes import (
    Block,
    Call,
    Chain,
    Constant,
    Expression,
    If,
    Index,
    Interpolated,
    ListLiteral,
    Logical,
    MacroCall,
    MapLiteral,
    Node,
    Not,
    Property,
    Range,
    Reference,
    Text,
)

FLAT_FROM: Final = 4  # longer chains become a row of assignments, so that their length nests nothing
MAX_CHOICE: Final = 4
OPERATORS: Final = {
    "==": "eq",
    "!=": "ne",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "%": "mod",
}
_COMPARISONS: Final = {"==", "!=", "<", "<=", ">", ">="}


class ExpressionWriter:
    """`function` writes a block as a function of its own and says its name."""

    def __init__(
        self,
        variables: LocalVariables | FrameVariables,
        function: Callable[[Block, int], str],
        macros: set[str],
        *,
        plain: bool,
        compact: bool,
    ) -> None:
        self.variables = variables
        self.compact = compact
        self.function = function
        self.macros = macros
        self.plain = plain
        self.prepared: dict[str, Any] = {}
        self.shared: dict[Prefix, str] = {}  # what reads a property of it
        self.in_macro = False  # there an unset argument prints as the caller wrote it
        self.at = 0

    def value(self, expression: Expression) -> str:
        if isinstance(expression, Reference):
            return self.reference(expression)
        if isinstance(expression, Constant):
            return self.constant(expression)
        if isinstance(expression, Interpolated):
            return self.interpolated(expression)
        if isinstance(expression, Chain):
            return self.operations(expression)
        if isinstance(expression, Logical | Not):
            return self.truth(expression)
        return self.collection(expression)

    def constant(self, expression: Constant) -> str:
        value = expression.value
        if isinstance(value, float) and value in (float("inf"), float("-inf")):
            return "1e999" if value > 0 else "(-1e999)"
        return f"({value!r})" if isinstance(value, int | float) and value < 0 else repr(value)

    def collection(self, expression: ListLiteral | MapLiteral | Range) -> str:
        if isinstance(expression, Range):
            return f"integers({self.value(expression.first)}, {self.value(expression.last)})"
        if isinstance(expression, ListLiteral):
            return "ArrayList((" + "".join(f"{self.value(item)}, " for item in expression.items) + "))"
        entries = "".join(f"({self.value(key)}, {self.value(item)}), " for key, item in expression.entries)
        return f"map_of(({entries}))"

    def interpolated(self, expression: Interpolated) -> str:
        pieces = [self.piece(node) for node in expression.block]
        if all(piece is not None for piece in pieces):
            return "join((" + "".join(f"{piece[0]}, " for piece in pieces if piece is not None) + "))"
        if not self.variables.shared:
            raise NeedsFrame
        return f"render({self.function(expression.block, self.at)}, c)"

    def operations(self, expression: Chain) -> str:
        written = self.value(expression.first)
        flat = len(expression.rest) >= FLAT_FROM
        rows = [f"t := {written}"]
        left = expression.first.source
        for operator, operand, blanks in expression.rest:
            sources = f", {left!r}, {operand.source!r}" if operator == "+" else ""
            step = f"{OPERATORS[operator]}({'t' if flat else written}, {self.value(operand)}{sources})"
            rows.append(f"t := {step}")
            written, left = step, blanks
        return f"({', '.join(rows)})[-1]" if flat else written

    def truth(self, expression: Expression) -> str:
        """Booleans, references and comparisons can be true; any other value is false to Velocity 1.7."""
        if isinstance(expression, Logical):
            word = " and " if expression.operator == "&&" else " or "
            return "(" + word.join(self.truth(part) for part in expression.parts) + ")"
        if isinstance(expression, Not):
            return f"(not {self.truth(expression.operand)})"
        if isinstance(expression, Reference):
            return self.variables.loop_condition(expression) or self._is_set(expression)
        if isinstance(expression, Chain) and expression.rest[-1][0] in _COMPARISONS:
            return self.operations(expression)
        return str(isinstance(expression, Constant) and expression.value is True)

    def _is_set(self, reference: Reference) -> str:
        return f"((t := {self.value(reference)}) is not None and t is not False)"

    # references

    def reference(self, reference: Reference) -> str:
        return self.variables.loop_state(reference) or self.chain(reference.root, reference.steps)

    def chain(self, root: str, steps: list[Property | Call | Index]) -> str:
        start, steps = self.start(root, steps)
        if len(steps) < FLAT_FROM:
            for step in steps:
                start = self.step(start, step)
            return start
        rows = [f"t := {start}", *(f"t := {self.step('t', step)}" for step in steps)]
        return f"({', '.join(rows)})[-1]"

    def start(self, root: str, steps: list[Property | Call | Index]) -> tuple[str, list[Property | Call | Index]]:
        """What a chain begins with, and the steps that are left."""
        names = leading(steps)
        for length in range(len(names) - 1, 0, -1):
            if getter := self.shared.get((root, *names[:length]), ""):
                return f"{getter}({names[length]!r})", steps[length + 1 :]
        if names and (getter := self.variables.getter(root)):
            return f"{getter}({names[0]!r})", steps[1:]
        return self.variables.read(root), steps

    def step(self, owner: str, step: Property | Call | Index) -> str:
        if isinstance(step, Property) and self.compact:
            return f"prop({owner}, {step.name!r})"
        if isinstance(step, Property):
            known = owner if owner.isidentifier() else "t"
            asked = owner if owner.isidentifier() else f"t := {owner}"
            return f"({known}.get({step.name!r}) if type({asked}) is dict else prop({known}, {step.name!r}))"
        arguments = [step.argument] if isinstance(step, Index) else step.arguments
        # Arguments of a call on null are not evaluated, which shows only if they are more than constants.
        if not all(isinstance(argument, Constant) for argument in arguments):
            return f"(None if (t := {owner}) is None else {self.asked('t', step)})"
        if isinstance(step, Call) and (answer := self.prepare(step)):
            return f"({answer}(t) if type(t := {owner}) is T{answer} else {self.asked('t', step)})"
        return self.asked(owner, step)

    def asked(self, owner: str, step: Call | Index) -> str:
        if isinstance(step, Index):
            return f"item({owner}, {self.value(step.argument)})"
        values = "".join(f"{self.value(argument)}, " for argument in step.arguments)
        return f"call({owner}, {(step.name, len(step.arguments))!r}, ({values}))"

    def prepare(self, step: Call) -> str | None:
        """The name of what answers the call for owners of the type `T` + name, if its arguments are known to it."""
        constants = tuple(argument.value for argument in step.arguments if isinstance(argument, Constant))
        kind, prepare = PREPARED.get((step.name, len(constants)), (None, None))
        answer = None if prepare is None else prepare(*constants)
        if answer is None:
            return None
        name = f"b{len(self.prepared)}"
        self.prepared |= {name: answer, f"T{name}": kind}
        return name

    # what is printed

    def piece(self, node: Node) -> tuple[str, int] | None:
        """An expression for what the node prints, if printing is all it does."""
        if isinstance(node, MacroCall) and node.name not in self.macros:
            node = Text(node.source)
        if isinstance(node, Text):
            return repr(node.text), self.at
        if isinstance(node, Reference):
            self.at = node.at
            return self.printed(node), node.at
        if isinstance(node, If):
            return self.choice(node)
        return None

    def choice(self, node: If) -> tuple[str, int] | None:
        """`#if($foreach.hasNext),#end` and its like, whose branches print one thing."""
        blocks = [block for _, block in node.branches] + [node.otherwise]
        if len(blocks) > MAX_CHOICE or any(len(block) > 1 or any(isinstance(n, If) for n in block) for block in blocks):
            return None
        printed = [self.piece(block[0]) if block else ("''", node.at) for block in blocks]
        written = "("
        for (condition, _), piece in zip(node.branches, printed, strict=False):
            if piece is None:
                return None
            written += f"({piece[0]}) if {self.truth(condition)} else "
        return (f"{written}({printed[-1][0]}))", node.at) if printed[-1] is not None else None

    def leaf(self, value: str, root: str, unset: str) -> str:
        if self.compact:
            return f"show_leaf({value}, {root}, {unset}, {self.variables.frame})"
        shown = f"show_leaf(t, {root}, {unset}, {self.variables.frame})"
        # Python writes floats as Java does where neither needs an exponent.
        plain = "type(t) is int or (type(t) is float and 1e-3 <= t < 1e7)"
        return f"t if type(t := {value}) is str else str(t) if {plain} else {shown}"

    def printed(self, node: Reference) -> str:
        value = self.value(node)
        silent = node.quiet or (not self.plain and node.root in GATEWAY)
        unset = repr("" if silent else node.source)
        if self.in_macro and not silent and not node.steps:
            unset = f"c.literal({unset})"
        if node.backslashes:
            source = f"c.literal({node.source!r})" if self.in_macro and not node.steps else repr(node.source)
            return (
                f"show_escaped({value}, {node.backslashes}, {node.prefix!r}, {source}, {unset}, {self.variables.frame})"
            )
        if silent or self.plain or not node.steps:
            shown = f"t if type(t := {value}) is str else show(t, {unset}, {self.variables.frame})"
        elif self.variables.loop_state(node):
            shown = f"show({value}, '', {self.variables.frame})"
        else:
            shown = self.leaf(value, self.variables.read(node.root), unset)
        return f"{node.prefix!r} + ({shown})" if node.prefix else shown
