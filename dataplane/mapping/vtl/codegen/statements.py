"""Blocks and directives of a template as statements of Python."""

from collections.abc import Callable
from typing import Any, Final

from dataplane.mapping.vtl.codegen.expressions import ExpressionWriter
from dataplane.mapping.vtl.codegen.function import Function
from dataplane.mapping.vtl.codegen.sharing import Prefix, row
from dataplane.mapping.vtl.codegen.variables import APART, FrameVariables, LocalVariables, NeedsFrame, bound
from dataplane.mapping.vtl.nodes import (
    Block,
    Break,
    Constant,
    Define,
    Expression,
    Foreach,
    If,
    Index,
    MacroCall,
    Property,
    Set,
    Stop,
    Text,
    Tree,
)

MAX_BRANCHES: Final = 32
MAX_GROUP: Final = 64  # pieces handed to the output at once


class StatementWriter:
    def __init__(
        self, tree: Tree, variables: LocalVariables | FrameVariables, *, plain: bool, compact: bool = False
    ) -> None:
        self.tree = tree
        self.variables = variables
        self.macros = {name: (f"m{number}", macro) for number, (name, macro) in enumerate(tree.macros.items())}
        self.expressions = ExpressionWriter(variables, self.function, set(self.macros), plain=plain, compact=compact)
        self.functions: list[Function] = []
        self.count = 0
        self.max_group = 1 if tree.stops else MAX_GROUP  # what is printed before #stop stays printed

    def template(self) -> str:
        """The name of the function that renders it all. To be called once."""
        self.expressions.in_macro = True
        try:
            for name, macro in self.macros.values():
                self.function(macro.block, macro.at, name)
            self.expressions.in_macro = False
            return self.function(self.tree.block, 0)
        finally:
            del self.expressions.function  # or each would hold the other, for the collector to find

    def function(self, block: Block, at: int, name: str = "") -> str:
        self.count += 1
        found = Function(name or f"f{self.count}")
        found.add(0, f"def {found.name}({self.variables.signature}):", at)
        begun = len(found.lines)
        with_getter = self.getter("g")
        self.block(block, found, 1)
        self.getter(with_getter)
        found.lines[begun:begun] = [(f" {line}", at) for line in self.variables.prologue()]
        self.functions.append(found)
        return found.name

    def getter(self, name: str) -> str:
        """How variables are read from here on; says how they were."""
        if not isinstance(self.variables, FrameVariables):
            return name
        before, self.variables.get = self.variables.get, name
        return before

    def block(self, block: Block, into: Function, indent: int) -> None:
        before = len(into.lines)
        group: list[tuple[str, int]] = []
        row_ends = 0
        for number, node in enumerate(block):
            if number >= row_ends and not self.variables.shared:
                count, shared = row(block, number, APART)
                row_ends = number + count
                if shared and group:
                    self.output(group, into, indent)
                    group = []
                self.share(shared, into, indent)
            piece = self.expressions.piece(node)
            if piece is not None:
                group.append(piece)
            if group and (piece is None or len(group) == self.max_group):
                self.output(group, into, indent)
                group = []
            if piece is None:
                assert not isinstance(node, Text)
                self.expressions.at = node.at
                _WRITERS[type(node)](self, node, into, indent)
        if group:
            self.output(group, into, indent)
        self.expressions.shared = {}
        if len(into.lines) == before:
            into.add(indent, "pass", self.expressions.at)

    def share(self, prefixes: list[Prefix], into: Function, indent: int) -> None:
        """Up to the next row."""
        self.expressions.shared = {}
        for number, (root, *names) in enumerate(prefixes):
            chain = self.expressions.chain(root, [Property(name, self.expressions.at) for name in names])
            into.add(indent, f"q{number} = {chain}", self.expressions.at)
            into.add(indent, bound(f"r{number}", f"q{number}"), self.expressions.at)
            self.expressions.shared[root, *names] = f"r{number}"

    def output(self, group: list[tuple[str, int]], into: Function, indent: int) -> None:
        if len(group) == 1:
            into.add(indent, f"o.append({group[0][0]})", group[0][1])
            return
        into.add(indent, "o.extend((", group[0][1])
        for piece, at in group:
            into.add(indent, f"{piece},", at)
        into.add(indent, "))", group[-1][1])

    def set(self, node: Set, into: Function, indent: int) -> None:
        write = self.expressions
        into.add(indent, f"if (u := {write.value(node.value)}) is not None:", node.at)
        target = node.target
        if not target.steps:
            into.add(indent + 1, self.variables.assign(target.root, "u"), node.at)
            return
        owner, last = write.chain(target.root, target.steps[:-1]), target.steps[-1]
        if isinstance(last, Index):
            into.add(indent + 1, f"set_item({owner}, {write.value(last.argument)}, u)", node.at)
        else:
            into.add(indent + 1, f"set_property({owner}, {last.name!r}, u)", node.at)

    def condition(self, node: If, into: Function, indent: int) -> None:
        if len(node.branches) > MAX_BRANCHES:
            self.long_condition(node, into, indent)
            return
        for number, (expression, block) in enumerate(node.branches):
            into.add(indent, f"{'elif' if number else 'if'} {self.expressions.truth(expression)}:", node.at)
            self.block(block, into, indent + 1)
        if node.otherwise:
            into.add(indent, "else:", node.at)
            self.block(node.otherwise, into, indent + 1)

    def long_condition(self, node: If, into: Function, indent: int) -> None:
        """One `if` after the other, while none has been taken: Python nests its `elif`s."""
        self.count += 1
        undecided = f"x{self.count}"
        into.add(indent, f"{undecided} = True", node.at)
        for expression, block in node.branches:
            into.add(indent, f"if {undecided} and {self.expressions.truth(expression)}:", node.at)
            into.add(indent + 1, f"{undecided} = False", node.at)
            self.block(block, into, indent + 1)
        into.add(indent, f"if {undecided}:", node.at)
        self.block(node.otherwise, into, indent + 1)

    def foreach(self, node: Foreach, into: Function, indent: int) -> None:
        if into.loops == self.variables.max_loops:
            if not self.variables.shared:
                raise NeedsFrame
            into.add(indent, f"{self.function([node], node.at)}(c, o)", node.at)
            return
        body = indent + self.variables.open(node, self.expressions.value(node.items), into, indent)
        into.loops += 1
        self.block(node.block, into, body)
        into.loops -= 1
        into.add(body, self.variables.check, node.at)
        self.variables.close(node, into, indent)

    def break_(self, node: Break, into: Function, indent: int) -> None:
        if node.scope is not None:
            into.add(indent, f"raise BreakScope(break_scope({self.expressions.value(node.scope)}))", node.at)
        else:
            into.add(indent, "break" if into.loops else "return", node.at)

    def stop(self, node: Stop, into: Function, indent: int) -> None:
        into.add(indent, "raise StopTemplate", node.at)

    def define(self, node: Define, into: Function, indent: int) -> None:
        if not self.variables.shared:
            raise NeedsFrame
        defined = f"Defined({self.function(node.block, node.at)}, c)"
        into.add(indent, self.variables.assign(node.name, defined), node.at)

    def macro_call(self, node: MacroCall, into: Function, indent: int) -> None:
        name, macro = self.macros[node.name]
        arguments = "".join(f"{self.thunk(argument)}, " for argument in node.arguments)
        body = f", {self.function(node.body, node.at)}" if node.body is not None else ""
        parameters = tuple(macro.parameters)
        into.add(indent, f"call_macro({name}, {parameters!r}, c, o, ({arguments}){body})", node.at)

    def thunk(self, argument: Expression) -> str:
        """An argument is evaluated in the macro, each time, with the caller's frame as `c`."""
        with_getter = self.getter("c.get")
        value = self.expressions.value(argument)
        self.getter(with_getter)
        constant = isinstance(argument, Constant) and not isinstance(argument.value, str)
        return f"((lambda c: {value}), {'' if constant else argument.source!r})"


_WRITERS: Final[dict[type, Callable[[StatementWriter, Any, Function, int], None]]] = {
    Set: StatementWriter.set,
    If: StatementWriter.condition,
    Foreach: StatementWriter.foreach,
    Break: StatementWriter.break_,
    Stop: StatementWriter.stop,
    Define: StatementWriter.define,
    MacroCall: StatementWriter.macro_call,
}
