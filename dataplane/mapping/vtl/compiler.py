"""A tree to Python source, compiled once.

The source names only what NAMES lists; every text of the template stands in it as a literal that repr() wrote, and no
name of the template becomes a name of Python. Each line of it remembers where in the template it comes from.

Within a function: `c` the frame, `g` and `p` its get and put, `o` the output, `w` and `e` its append and extend, `t`
and `u` for a moment's value.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from dataplane.mapping.vtl import access, frames, operators
from dataplane.mapping.vtl.frames import Code, Frame, Output
from dataplane.mapping.vtl.java.values import ArrayList, bounded
from dataplane.mapping.vtl.nodes import (
    Block,
    Break,
    Call,
    Chain,
    Constant,
    Define,
    Expression,
    Foreach,
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
    Set,
    Stop,
    Text,
    Tree,
)

FILENAME: Final = "<template>"
GATEWAY: Final = frozenset({"input", "context", "stageVariables", "util"})
MAX_GROUP: Final = 64  # pieces handed to the output at once
MAX_LOOPS: Final = 6  # nested in one function: Python allows 20 blocks
FLAT_FROM: Final = 4  # longer chains become a row of assignments, so that their length nests nothing

_OPERATORS: Final = {
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


def _render(code: Code, frame: Frame) -> str:
    output = Output()
    code(frame, output)
    return output.text()


def _join(pieces: tuple[str, ...]) -> str:
    return bounded("".join(pieces))


def _map(entries: tuple[tuple[Any, Any], ...]) -> dict[Any, Any]:
    return {key if isinstance(key, str | int | float | None) else str(key): value for key, value in entries}


NAMES: Final[dict[str, Any]] = {
    "__builtins__": {},
    "type": type,
    "str": str,
    "len": len,
    "enumerate": enumerate,
    "ArrayList": ArrayList,
    "Defined": frames.Defined,
    "BreakScope": frames.BreakScope,
    "StopTemplate": frames.StopTemplate,
    "open_loop": frames.open_loop,
    "close_loop": frames.close_loop,
    "call_macro": frames.call_macro,
    "integers": frames.integers,
    "prop": access.get_property,
    "call": access.call,
    "item": access.get_item,
    "set_property": access.set_property,
    "set_item": access.set_item,
    "show": access.show,
    "show_leaf": access.show_leaf,
    "show_escaped": access.show_escaped,
    "break_scope": access.break_scope,
    "render": _render,
    "join": _join,
    "map_of": _map,
    **{name: operators.BINARY[operator] for operator, name in _OPERATORS.items()},
}


@dataclass(slots=True)
class Program:
    """`lines[n]` is the offset in the template of line n + 1 of the code."""

    code: Code
    lines: list[int]


@dataclass(slots=True)
class _Function:
    name: str
    lines: list[tuple[str, int]] = field(default_factory=list)
    loops: int = 0  # open around the statement being written

    def add(self, indent: int, text: str, at: int) -> None:
        self.lines.append((" " * indent + text, at))


def compile_tree(tree: Tree, *, plain: bool) -> Program:
    writer = _Writer(tree, plain)
    for number, macro in enumerate(tree.macros.values()):
        writer.macro = True
        writer.function(macro.block, macro.at, f"m{number}")
    writer.macro = False
    main = writer.function(tree.block, 0)
    lines = [line for function in writer.functions for line in function.lines]
    code = compile("\n".join(text for text, _ in lines), FILENAME, "exec")
    namespace = dict(NAMES)
    exec(code, namespace)  # noqa: S102  written by this module alone: see above
    return Program(namespace[main], [at for _, at in lines])


class _Writer:
    def __init__(self, tree: Tree, plain: bool) -> None:
        self.tree = tree
        self.plain = plain
        self.functions: list[_Function] = []
        self.macros = {name: (f"m{number}", macro) for number, (name, macro) in enumerate(tree.macros.items())}
        self.macro = False  # within a macro an unset argument prints as the caller wrote it
        self.get = "g"
        self.counts = bool(tree.roots & {"velocityCount", "velocityHasNext"})
        self.names = 0
        self.at = 0

    def fresh(self, letter: str) -> str:
        self.names += 1
        return f"{letter}{self.names}"

    # functions and statements

    def function(self, block: Block, at: int, name: str = "") -> str:
        found = _Function(name or self.fresh("f"))
        found.add(0, f"def {found.name}(c, o):", at)
        found.add(1, "g = c.get; p = c.put; w = o.append; e = o.extend", at)
        getter, self.get = self.get, "g"
        self.block(block, found, 1)
        self.get = getter
        self.functions.append(found)
        return found.name

    def block(self, block: Block, into: _Function, indent: int) -> None:
        before = len(into.lines)
        group: list[tuple[str, int]] = []
        for node in block:
            piece = self.piece(node)
            if piece is not None:
                group.append(piece)
            if group and (piece is None or len(group) == MAX_GROUP):
                self.output(group, into, indent)
                group = []
            if piece is None:
                self.statement(node, into, indent)
        if group:
            self.output(group, into, indent)
        if len(into.lines) == before:
            into.add(indent, "pass", self.at)

    def piece(self, node: Node) -> tuple[str, int] | None:
        """An expression for what the node prints, if printing is all it does."""
        if isinstance(node, MacroCall) and node.name not in self.macros:
            node = Text(node.source)
        if isinstance(node, Text):
            return repr(node.text), self.at
        if isinstance(node, Reference):
            self.at = node.at
            return self.printed(node), node.at
        return None

    def output(self, group: list[tuple[str, int]], into: _Function, indent: int) -> None:
        if len(group) == 1:
            into.add(indent, f"w({group[0][0]})", group[0][1])
            return
        into.add(indent, "e((", group[0][1])
        for piece, at in group:
            into.add(indent, f"{piece},", at)
        into.add(indent, "))", group[-1][1])

    def statement(self, node: Node, into: _Function, indent: int) -> None:
        writers: dict[type, Callable[[Any, _Function, int], None]] = {
            Set: self.set,
            If: self.condition,
            Foreach: self.foreach,
            Break: self.break_,
            Stop: self.stop,
            Define: self.define,
            MacroCall: self.macro_call,
        }
        assert not isinstance(node, Text)
        self.at = node.at
        writers[type(node)](node, into, indent)

    def set(self, node: Set, into: _Function, indent: int) -> None:
        into.add(indent, f"if (u := {self.value(node.value)}) is not None:", node.at)
        target = node.target
        if not target.steps:
            into.add(indent + 1, f"p({target.root!r}, u)", node.at)
            return
        owner, last = self.chain(target.root, target.steps[:-1]), target.steps[-1]
        if isinstance(last, Index):
            into.add(indent + 1, f"set_item({owner}, {self.value(last.argument)}, u)", node.at)
        else:
            into.add(indent + 1, f"set_property({owner}, {last.name!r}, u)", node.at)

    def condition(self, node: If, into: _Function, indent: int) -> None:
        for number, (expression, block) in enumerate(node.branches):
            into.add(indent, f"{'elif' if number else 'if'} {self.truth(expression)}:", node.at)
            self.block(block, into, indent + 1)
        if node.otherwise:
            into.add(indent, "else:", node.at)
            self.block(node.otherwise, into, indent + 1)

    def foreach(self, node: Foreach, into: _Function, indent: int) -> None:
        if into.loops == MAX_LOOPS:
            into.add(indent, f"{self.function([node], node.at)}(c, o)", node.at)
            return
        loop, items = self.fresh("l"), self.fresh("i")
        into.add(indent, f"{loop}, {items} = open_loop(c, {self.value(node.items)}, {node.variable!r})", node.at)
        guarded = self.tree.scoped_breaks
        if guarded:
            into.add(indent, "try:", node.at)
        self.rounds(node, into, indent + guarded, loop, items)
        if guarded:
            into.add(indent, "except BreakScope as u:", node.at)
            into.add(indent + 1, f"if u.scope is not {loop}:", node.at)
            into.add(indent + 2, f"close_loop(c, {loop}, {node.variable!r})", node.at)
            into.add(indent + 2, "raise", node.at)
        into.add(indent, f"close_loop(c, {loop}, {node.variable!r})", node.at)

    def rounds(self, node: Foreach, into: _Function, indent: int, loop: str, items: str) -> None:
        into.add(indent, f"for {loop}.index, t in enumerate({items}):", node.at)
        into.add(indent + 1, f"p({node.variable!r}, t)", node.at)
        if self.counts:
            into.add(indent + 1, f"p('velocityCount', {loop}.index + 1)", node.at)
            into.add(indent + 1, f"p('velocityHasNext', {loop}.index + 1 < {loop}.size)", node.at)
        into.loops += 1
        self.block(node.block, into, indent + 1)
        into.loops -= 1
        into.add(indent + 1, "if len(o) > o.mark: o.check()", node.at)

    def break_(self, node: Break, into: _Function, indent: int) -> None:
        if node.scope is not None:
            into.add(indent, f"raise BreakScope(break_scope({self.value(node.scope)}))", node.at)
        else:
            into.add(indent, "break" if into.loops else "return", node.at)

    def stop(self, node: Stop, into: _Function, indent: int) -> None:
        into.add(indent, "raise StopTemplate", node.at)

    def define(self, node: Define, into: _Function, indent: int) -> None:
        into.add(indent, f"p({node.name!r}, Defined({self.function(node.block, node.at)}, c))", node.at)

    def macro_call(self, node: MacroCall, into: _Function, indent: int) -> None:
        name, macro = self.macros[node.name]
        arguments = "".join(f"{self.thunk(argument)}, " for argument in node.arguments)
        body = f", {self.function(node.body, node.at)}" if node.body is not None else ""
        parameters = tuple(macro.parameters)
        into.add(indent, f"call_macro({name}, {parameters!r}, c, o, ({arguments}){body})", node.at)

    def thunk(self, argument: Expression) -> str:
        """An argument is evaluated in the macro, each time, with the caller's frame as `c`."""
        getter, self.get = self.get, "c.get"
        value = self.value(argument)
        self.get = getter
        constant = isinstance(argument, Constant) and not isinstance(argument.value, str)
        return f"((lambda c: {value}), {'' if constant else argument.source!r})"

    # expressions

    def value(self, expression: Expression) -> str:
        if isinstance(expression, Reference):
            return self.chain(expression.root, expression.steps)
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
            return "1e999" if value > 0 else "-1e999"
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
        return f"render({self.function(expression.block, self.at)}, c)"

    def operations(self, expression: Chain) -> str:
        written = self.value(expression.first)
        flat = len(expression.rest) >= FLAT_FROM
        rows = [f"t := {written}"]
        left = expression.first.source
        for operator, operand, blanks in expression.rest:
            sources = f", {left!r}, {operand.source!r}" if operator == "+" else ""
            step = f"{_OPERATORS[operator]}({'t' if flat else written}, {self.value(operand)}{sources})"
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
            return f"((t := {self.value(expression)}) is not None and t is not False)"
        if isinstance(expression, Chain) and expression.rest[-1][0] in _COMPARISONS:
            return self.operations(expression)
        return str(isinstance(expression, Constant) and expression.value is True)

    # references

    def chain(self, root: str, steps: list[Property | Call | Index]) -> str:
        start = f"{self.get}({root!r})"
        if len(steps) < FLAT_FROM:
            for step in steps:
                start = self.step(start, step)
            return start
        rows = [f"t := {start}", *(f"t := {self.step('t', step)}" for step in steps)]
        return f"({', '.join(rows)})[-1]"

    def step(self, owner: str, step: Property | Call | Index) -> str:
        if isinstance(step, Property):
            return f"prop({owner}, {step.name!r})"
        arguments = [step.argument] if isinstance(step, Index) else step.arguments
        values = [self.value(argument) for argument in arguments]
        # Arguments of a call on null are not evaluated, which shows only if they are more than constants.
        lazy = not all(isinstance(argument, Constant) for argument in arguments)
        target = "t" if lazy else owner
        if isinstance(step, Index):
            written = f"item({target}, {values[0]})"
        else:
            written = f"call({target}, {(step.name, len(values))!r}, ({''.join(f'{value}, ' for value in values)}))"
        return f"(None if (t := {owner}) is None else {written})" if lazy else written

    def printed(self, node: Reference) -> str:
        value = self.value(node)
        silent = node.quiet or (not self.plain and node.root in GATEWAY)
        unset = "" if silent else node.source
        written = repr(unset)
        if self.macro and unset and not node.steps:
            written = f"c.literal({unset!r})"
        if node.backslashes:
            source = f"c.literal({node.source!r})" if self.macro and not node.steps else repr(node.source)
            return f"show_escaped({value}, {node.backslashes}, {node.prefix!r}, {source}, {written}, c)"
        if unset and node.steps and not self.plain:
            shown = f"t if type(t := {value}) is str else show_leaf(t, {node.root!r}, {written}, c)"
        else:
            shown = f"t if type(t := {value}) is str else show(t, {written}, c)"
        return f"{node.prefix!r} + ({shown})" if node.prefix else shown
