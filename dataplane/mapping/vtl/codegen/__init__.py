"""A tree to Python source, compiled once.

The source names only what NAMES lists; every text of the template stands in it as a literal that repr() wrote, and no
name of the template becomes a name of Python. Each line of it remembers where in the template it comes from.

Within a function: `c` the frame, `g` and `p` its get and put, `o` the output, `t` and `u` for a
moment's value. Numbered: `f` functions, `m` macros, `v` variables, `l` loops, `i` what they go through,
`n` the round, `z` how many there are, `s` what to put back afterwards.
"""

from dataclasses import dataclass
from typing import Any, Final

from dataplane.mapping.vtl import access, frames, operators
from dataplane.mapping.vtl.codegen.expressions import OPERATORS
from dataplane.mapping.vtl.codegen.statements import StatementWriter
from dataplane.mapping.vtl.codegen.variables import FrameVariables, LocalVariables, NeedsFrame
from dataplane.mapping.vtl.frames import Code, Frame, LocalCode, Output
from dataplane.mapping.vtl.java.values import ArrayList, bounded
from dataplane.mapping.vtl.nodes import Tree

FILENAME: Final = "<template>"


def _render(code: Code, frame: Frame) -> str:
    output = Output()
    code(frame, output)
    return output.text()


def _join(pieces: tuple[str, ...]) -> str:
    return bounded("".join(pieces))


def _map(entries: tuple[tuple[Any, Any], ...]) -> dict[Any, Any]:
    return {key if isinstance(key, str | int | float | None) else str(key): value for key, value in entries}


NAMES: Final[dict[str, Any]] = {
    "dict": dict,
    "enumerate": enumerate,
    "float": float,
    "int": int,
    "len": len,
    "list": list,
    "str": str,
    "type": type,
    "ArrayList": ArrayList,
    "Defined": frames.Defined,
    "BreakScope": frames.BreakScope,
    "StopTemplate": frames.StopTemplate,
    "open_loop": frames.open_loop,
    "close_loop": frames.close_loop,
    "Frame": frames.Frame,
    "grown": frames.grown,
    "rounds": frames.rounds,
    "sequence": frames.sequence,
    "call_macro": frames.call_macro,
    "integers": frames.integers,
    "prop": access.get_property,
    "getter": access.getter,
    "none": access.nothing,
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
    **{name: operators.BINARY[operator] for operator, name in OPERATORS.items()},
}


class TooComplex(Exception):
    """Python's own compiler has limits too."""


@dataclass(slots=True)
class Program:
    """`lines[n]` is the offset in the template of line n + 1 of the code."""

    code: Code | None  # over a frame
    local: LocalCode | None  # where it needs none: over what reads a variable
    lines: list[int]
    namespace: dict[str, Any]

    def __del__(self) -> None:
        """Functions and the names they find each other by are a circle, which else only the collector could free."""
        self.namespace.clear()


def compile_tree(tree: Tree, *, plain: bool, compact: bool) -> Program:
    """`compact` code is smaller and slower. Raises TooComplex."""
    try:
        writer = StatementWriter(tree, LocalVariables(tree, plain=plain), plain=plain, compact=compact)
        main = writer.template()
    except NeedsFrame:
        writer = StatementWriter(tree, FrameVariables(tree), plain=plain, compact=compact)
        main = writer.template()
    lines = [line for function in writer.functions for line in function.lines]
    try:
        code = compile("\n".join(text for text, _ in lines), FILENAME, "exec")
    except (MemoryError, RecursionError, SyntaxError) as error:
        raise TooComplex("the template is too complex") from error
    namespace = {"__builtins__": NAMES, **writer.expressions.prepared}  # one for all: it is larger than most templates
    exec(code, namespace)  # noqa: S102  written by this package alone: see above
    local = isinstance(writer.variables, LocalVariables)
    found = namespace[main]
    return Program(None if local else found, found if local else None, [at for _, at in lines], namespace)
