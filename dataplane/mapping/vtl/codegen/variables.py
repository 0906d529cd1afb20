"""Where a template's variables live.

In a template whose code is all in one place they are Python's local variables. Macros, #define and directives within a
quoted text run elsewhere and see the same variables: then they live in the frame.
"""

import re
from typing import Final

from dataplane.mapping.vtl.codegen.function import Function
from dataplane.mapping.vtl.nodes import Foreach, Property, Reference, Tree

GATEWAY: Final = ("input", "context", "stageVariables", "util")
COUNTERS: Final = ("velocityCount", "velocityHasNext")
MAX_LOCAL_LOOPS: Final = 16  # nested in one function: Python allows 20 blocks
MAX_FRAME_LOOPS: Final = 6  # with their guards


_COMPARES = re.compile("[<>=]")


class NeedsFrame(Exception):
    """The template does something that local variables cannot carry."""


class LocalVariables:
    shared = False
    max_loops = MAX_LOCAL_LOOPS

    def __init__(self, tree: Tree) -> None:
        if tree.macros or tree.scoped_breaks:
            raise NeedsFrame
        self.slots = {name: f"v{number}" for number, name in enumerate(sorted(tree.roots))}
        self.loops: list[int] = []
        self.count = 0

    def prologue(self) -> list[str]:
        return ["g = c.get", *(f"{slot} = g({name!r})" for name, slot in self.slots.items())]

    def read(self, name: str) -> str:
        if self.loops and name in ("foreach", *COUNTERS):
            return self._counter(name)
        return self.slots[name]

    def _counter(self, name: str) -> str:
        if name == "foreach":
            raise NeedsFrame
        loop = self.loops[-1]
        return f"n{loop}" if name == "velocityCount" else f"(n{loop} < z{loop})"

    def loop_state(self, reference: Reference) -> str | None:
        """`$foreach.count` and its kin, if the reference is one of them within a loop."""
        if reference.root != "foreach" or not self.loops or len(reference.steps) != 1:
            return None
        loop, step = self.loops[-1], reference.steps[0]
        if not isinstance(step, Property):
            return None
        return {
            "count": f"n{loop}",
            "index": f"(n{loop} - 1)",
            "hasNext": f"(n{loop} < z{loop})",
            "first": f"(n{loop} == 1)",
            "last": f"(n{loop} >= z{loop})",
        }.get(step.name)

    def loop_condition(self, reference: Reference) -> str | None:
        """The same within a condition, where a number is true whatever it is."""
        state = self.loop_state(reference)
        return "True" if state and not _COMPARES.search(state) else state

    def assign(self, name: str, value: str) -> str:
        if name in ("foreach", *COUNTERS):
            raise NeedsFrame
        return f"{self.slots[name]} = {value}"

    def open(self, node: Foreach, items: str, into: Function, indent: int) -> int:
        self.count += 1
        loop, slot = self.count, self.slots[node.variable]
        if node.variable in ("foreach", *COUNTERS):
            raise NeedsFrame
        into.add(indent, f"i{loop}, z{loop} = rounds(c, {items})", node.at)
        into.add(indent, f"s{loop} = {slot}", node.at)
        into.add(indent, f"for n{loop}, {slot} in enumerate(i{loop}, 1):", node.at)
        self.loops.append(loop)
        return 1

    def close(self, node: Foreach, into: Function, indent: int) -> None:
        loop = self.loops.pop()
        into.add(indent, f"{self.slots[node.variable]} = s{loop}", node.at)


class FrameVariables:
    shared = True
    max_loops = MAX_FRAME_LOOPS

    def __init__(self, tree: Tree) -> None:
        self.counters = bool(tree.roots & set(COUNTERS))
        self.guarded = tree.scoped_breaks
        self.get = "g"
        self.loops: list[int] = []
        self.count = 0

    def prologue(self) -> list[str]:
        return ["g = c.get; p = c.put"]

    def read(self, name: str) -> str:
        return f"{self.get}({name!r})"

    def loop_state(self, reference: Reference) -> str | None:
        return None

    def loop_condition(self, reference: Reference) -> str | None:
        return None

    def assign(self, name: str, value: str) -> str:
        return f"p({name!r}, {value})"

    def open(self, node: Foreach, items: str, into: Function, indent: int) -> int:
        """How far the body is indented."""
        self.count += 1
        loop = self.count
        into.add(indent, f"l{loop}, i{loop} = open_loop(c, {items}, {node.variable!r})", node.at)
        if self.guarded:
            into.add(indent, "try:", node.at)
            indent += 1
        into.add(indent, f"for l{loop}.index, t in enumerate(i{loop}):", node.at)
        into.add(indent + 1, f"p({node.variable!r}, t)", node.at)
        if self.counters:
            into.add(indent + 1, f"p('velocityCount', l{loop}.index + 1)", node.at)
            into.add(indent + 1, f"p('velocityHasNext', l{loop}.index + 1 < l{loop}.size)", node.at)
        self.loops.append(loop)
        return 1 + self.guarded

    def close(self, node: Foreach, into: Function, indent: int) -> None:
        loop = self.loops.pop()
        closing = f"close_loop(c, l{loop}, {node.variable!r})"
        if self.guarded:
            into.add(indent, "except BreakScope as u:", node.at)
            into.add(indent + 1, f"if u.scope is not l{loop}:", node.at)
            into.add(indent + 2, closing, node.at)
            into.add(indent + 2, "raise", node.at)
        into.add(indent, closing, node.at)
