"""What a running template holds: its variables, its output, its loops."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from dataplane.mapping.vtl.java import register
from dataplane.mapping.vtl.java.values import MAX_TEXT, ArrayList, Trouble, Values, bounded

MAX_LOOP: Final = 1000  # rounds of one #foreach: Velocity's directive.foreach.maxloops as AWS sets it
MAX_ROUNDS: Final = 100_000  # of all the loops of one rendering, nested ones included
MAX_MACRO_DEPTH: Final = 20  # Velocity's velocimacro.max.depth
MAX_DEFINE_DEPTH: Final = 2  # Velocity's directive.define.maxdepth
CHECK_EVERY: Final = 64  # pieces of output

Code: TypeAlias = Callable[["Frame", "Output"], None]
LocalCode: TypeAlias = Callable[[Callable[[str], Any], list[str]], None]
Thunk: TypeAlias = Callable[["Frame"], Any]


class Output(list[str]):
    """Pieces of text; loops ask it now and then whether it has grown beyond the payload limit."""

    counted = 0
    mark = CHECK_EVERY
    size = 0

    def check(self) -> None:
        """Raises Trouble."""
        self.size = grown(self, self.counted, self.size)
        self.counted = len(self)
        self.mark = self.counted + CHECK_EVERY

    def text(self) -> str:
        return bounded("".join(self))


class Frame:
    """The variables of a template."""

    depth = 0
    rounds = 0
    root: "Frame | None" = None  # None: itself

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    @property
    def get(self) -> Callable[[str], Any]:
        return self.values.get

    @property
    def put(self) -> Callable[[str, Any], None]:
        return self.values.__setitem__

    def remove(self, name: str) -> None:
        self.values.pop(name, None)

    def literal(self, text: str) -> str:
        """What an unset `$name` prints."""
        return text


class MacroFrame(Frame):
    """Within a macro. Arguments are evaluated where they are used, in the frame of the caller; what a macro sets is
    set for the caller too."""

    def __init__(self, parent: Frame, arguments: dict[str, tuple[Thunk, str]]) -> None:
        self.values = {}
        self.parent = parent
        self.thunks = {name: thunk for name, (thunk, _) in arguments.items()}
        self.literals = {f"${name}": literal for name, (_, literal) in arguments.items() if literal}
        self.root = parent.root or parent
        self.depth = parent.depth + 1
        if self.depth > MAX_MACRO_DEPTH:
            raise Trouble(f"Max calling depth of {MAX_MACRO_DEPTH} was exceeded")

    @property
    def get(self) -> Callable[[str], Any]:
        return self._get

    @property
    def put(self) -> Callable[[str, Any], None]:
        return self._put

    def _get(self, name: str) -> Any:
        value = self.values.get(name)
        if value is None:
            thunk = self.thunks.get(name)
            return self.parent.get(name) if thunk is None else thunk(self.parent)
        return value

    def _put(self, name: str, value: Any) -> None:
        self.values[name] = value
        self.parent.put(name, value)

    def remove(self, name: str) -> None:
        self.values.pop(name, None)
        self.thunks.pop(name, None)
        self.parent.remove(name)

    def literal(self, text: str) -> str:
        found = self.literals.get(text)
        return self.parent.literal(text) if found is None else found


class Loop:
    """`$foreach`"""

    __slots__ = ("index", "parent", "saved", "size")

    def __init__(self, size: int, parent: Any) -> None:
        self.index = -1
        self.size = size
        self.parent = parent
        self.saved: tuple[Any, ...] = ()


class Defined:
    """What #define made: rendered anew wherever it is printed."""

    __slots__ = ("code", "depth", "frame")

    def __init__(self, code: Code, frame: Frame) -> None:
        self.code = code
        self.frame = frame
        self.depth = 0

    def render(self, frame: Frame) -> str | None:
        """None when it is printed within itself too often."""
        if self.depth >= MAX_DEFINE_DEPTH:
            return None
        self.depth += 1
        output = Output()
        try:
            self.code(frame, output)
            return output.text()
        except StopTemplate as stop:
            raise StopTemplate(output.text() + stop.printed) from stop
        finally:
            self.depth -= 1

    def __str__(self) -> str:
        return self.render(self.frame) or ""


def _topmost(loop: Loop) -> Loop:
    while isinstance(loop.parent, Loop):
        loop = loop.parent
    return loop


register(
    Loop,
    {
        ("getIndex", 0): lambda loop: loop.index,
        ("getCount", 0): lambda loop: loop.index + 1,
        ("getHasNext", 0): lambda loop: loop.index + 1 < loop.size,
        ("hasNext", 0): lambda loop: loop.index + 1 < loop.size,
        ("isFirst", 0): lambda loop: loop.index == 0,
        ("getFirst", 0): lambda loop: loop.index == 0,
        ("isLast", 0): lambda loop: loop.index + 1 >= loop.size,
        ("getLast", 0): lambda loop: loop.index + 1 >= loop.size,
        ("getParent", 0): lambda loop: loop.parent,
        ("getTopmost", 0): _topmost,
    },
)
register(Defined, {})


class BreakScope(Exception):
    """`#break($foreach.parent)`"""

    def __init__(self, scope: Any) -> None:
        super().__init__()
        self.scope = scope


class StopTemplate(Exception):
    """`#stop`: what was printed so far is the result, with what the #define around it printed."""

    def __init__(self, printed: str = "") -> None:
        super().__init__()
        self.printed = printed


def open_loop(frame: Frame, items: Any, variable: str) -> tuple[Loop, Sequence[Any]]:
    """The loop and what it goes through; nothing when `items` cannot be gone through."""
    going, size = rounds(frame, items)
    loop = Loop(size, frame.get("foreach"))
    loop.saved = (frame.get(variable), loop.parent, frame.get("velocityCount"), frame.get("velocityHasNext"))
    if going:
        frame.put("foreach", loop)
    return loop, going


def rounds(frame: Frame, items: Any) -> tuple[Sequence[Any], int]:
    """What a loop goes through, and how many there are in all; the list may change under the loop."""
    found = items if type(items) is list else sequence(items)
    size = len(found)
    root = frame.root or frame
    root.rounds += min(size, MAX_LOOP)
    if root.rounds > MAX_ROUNDS:
        raise Trouble(f"more than {MAX_ROUNDS} rounds of #foreach")
    return found[:MAX_LOOP], size


def close_loop(frame: Frame, loop: Loop, variable: str) -> None:
    for name, value in zip((variable, "foreach", "velocityCount", "velocityHasNext"), loop.saved, strict=True):
        if value is None:
            frame.remove(name)
        else:
            frame.put(name, value)


def grown(output: list[str], counted: int, size: int) -> int:
    """The size of an output whose first `counted` pieces have `size`. Raises Trouble beyond the payload limit."""
    size += sum(map(len, output[counted:]))
    if size > MAX_TEXT:
        raise Trouble(f"an output longer than {MAX_TEXT} characters")
    return size


def sequence(items: Any) -> list[Any]:
    if isinstance(items, list):
        return items
    if isinstance(items, dict):
        return Values(items.values())
    return []


def call_macro(
    code: Code,
    parameters: tuple[str, ...],
    frame: Frame,
    output: Output,
    arguments: tuple[tuple[Thunk, str], ...],
    body: Code | None = None,
) -> None:
    bound = dict(zip(parameters, arguments, strict=False))
    inner = MacroFrame(frame, bound)
    if body is not None:
        inner.values["bodyContent"] = Defined(body, frame)
    code(inner, output)


def integers(first: Any, last: Any) -> ArrayList | None:
    """`[first..last]`; null unless both are integers."""
    if not _is_integer(first) or not _is_integer(last):
        return None
    if abs(last - first) >= MAX_ROUNDS:
        raise Trouble(f"a range of more than {MAX_ROUNDS} integers")
    return ArrayList(range(first, last + 1) if first <= last else range(first, last - 1, -1))


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
