"""Where a template's variables live.

In a template whose code is all in one place they are Python's local variables. Macros, #define and directives within a
quoted text run elsewhere and see the same variables: then they live in the frame.
"""

import re
from typing import Final

from dataplane.mapping.vtl.codegen.function import Function
from dataplane.mapping.vtl.frames import CHECK_EVERY, MAX_LOOP
from dataplane.mapping.vtl.nodes import Foreach, Property, Reference, Tree

GATEWAY: Final = ("input", "context", "stageVariables", "util")
COUNTERS: Final = ("velocityCount", "velocityHasNext")
APART: Final = frozenset(("foreach", *COUNTERS))  # what a loop says of itself
GETTER_FROM: Final = 3  # properties of a name that are read
FREE_LOOPS: Final = 10  # whose rounds nobody counts, if they are not nested: each has a thousand at most
MAX_LOCAL_LOOPS: Final = 16  # nested in one function: Python allows 20 blocks
MAX_FRAME_LOOPS: Final = 6  # with their guards
_HARMLESS: Final = frozenset(("path", "json", "params", "size", "get", "isEmpty", "equals", "escapeJavaScript"))

_COMPARES = re.compile("[<>=]")


def bound(getter: str, value: str) -> str:
    return f"{getter} = {value}.get if type({value}) is dict else none if {value} is None else getter({value})"


class NeedsFrame(Exception):
    """The template does something that local variables cannot carry."""


class LocalVariables:
    shared = False
    max_loops = MAX_LOCAL_LOOPS
    signature = "g, o"
    frame = "None"
    check = f"if len(o) > k: y = grown(o, k - {CHECK_EVERY}, y); k = len(o) + {CHECK_EVERY}"

    def __init__(self, tree: Tree, *, plain: bool) -> None:
        """Of a `plain` template any name may be given, else only those of the gateway."""
        if tree.macros or tree.scoped_breaks:
            raise NeedsFrame
        self.slots = {name: f"v{number}" for number, name in enumerate(sorted(tree.roots))}
        self.getters = {name: f"h{slot[1:]}" for name, slot in self.slots.items() if tree.owners[name] >= GETTER_FROM}
        self.given = None if plain else GATEWAY  # None: nobody knows
        self.fixed = tree.calls <= _HARMLESS and not tree.changes
        self.used: set[str] = set()
        self.outside = +tree.outside
        self.loops: list[int] = []
        self.names: list[str] = []  # of the loops' variables
        self.count = 0
        self.counts = False

    def prologue(self) -> list[str]:
        """Asked for when all else is written."""
        lines = [line for name in sorted(self.used & self.outside.keys()) for line in self._begin(name)]
        if self.count:
            lines.append(f"y = 0; k = {CHECK_EVERY}")
        if self.counts:
            lines.append("c = Frame({})")
        return lines

    def read(self, name: str) -> str:
        if self.loops and name in APART:
            return self._counter(name)
        return self._slot(name)

    def getter(self, name: str) -> str:
        """What reads a property of the name, if that is kept."""
        if name not in self.getters or (self.loops and name in APART):
            return ""
        self.used.add(name)
        return self.getters[name]

    def _slot(self, name: str) -> str:
        self.used.add(name)
        return self.slots[name]

    def _begin(self, name: str) -> list[str]:
        if self.given is None or name in self.given:
            return [f"{self.slots[name]} = g({name!r})", *self._bind(name)]
        getter = self.getters.get(name)
        return [f"{self.slots[name]} = None", *([f"{getter} = none"] if getter else [])]

    def _bind(self, name: str) -> list[str]:
        return [bound(self.getters[name], self.slots[name])] if name in self.getters else []

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
        if name in APART:
            raise NeedsFrame
        return "; ".join([f"{self._slot(name)} = {value}", *self._bind(name)])

    def open(self, node: Foreach, items: str, into: Function, indent: int) -> int:
        self.count += 1
        loop, slot = self.count, self._slot(node.variable)
        if node.variable in APART:
            raise NeedsFrame
        # What nothing changes is gone through as it is.
        going = f"i{loop} if z{loop} <= {MAX_LOOP} else i{loop}[:{MAX_LOOP}]" if self.fixed else f"i{loop}[:{MAX_LOOP}]"
        if self.loops or loop > FREE_LOOPS:
            self.counts = True
            going = f"rounds(c, i{loop})[0]"
        into.add(indent, f"i{loop} = u if type(u := {items}) is list else sequence(u)", node.at)
        into.add(indent, f"z{loop} = len(i{loop})", node.at)
        if self._goes_on(node.variable):
            into.add(indent, f"s{loop} = {slot}", node.at)
        into.add(indent, f"for n{loop}, {slot} in enumerate({going}, 1):", node.at)
        for line in self._bind(node.variable):
            into.add(indent + 1, line, node.at)
        self.loops.append(loop)
        self.names.append(node.variable)
        return 1

    def close(self, node: Foreach, into: Function, indent: int) -> None:
        loop = self.loops.pop()
        self.names.pop()
        if self._goes_on(node.variable):
            into.add(indent, self.assign(node.variable, f"s{loop}"), node.at)

    def _goes_on(self, name: str) -> bool:
        """Whether the name may be read outside of its loop."""
        return name in self.outside or name in self.names


class FrameVariables:
    shared = True
    max_loops = MAX_FRAME_LOOPS
    signature = "c, o"
    frame = "c"
    check = "if len(o) > o.mark: o.check()"

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

    def getter(self, name: str) -> str:
        return ""

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
