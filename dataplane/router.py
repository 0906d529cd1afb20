"""Which resource a path means: pure, built once per stage.

Per segment a literal beats `{param}`, which beats `{proxy+}`; where the more literal branch leads to no resource with
methods, the next one is tried. A trailing slash does not count, repeated leading slashes count once, and `%2F` is not a
slash. Path parameters are given as they came, still percent-encoded. Source: behaviours 1-8.
"""

from collections.abc import Iterable
from typing import Any, Final, Generic, TypeVar

P = TypeVar("P")
Methods = dict[str, P]  # {"GET": plan}; ANY is spread over the verbs it means


class RouteError(Exception):
    """Two resources that no request could tell apart, or a greedy one that is not last."""


_NONE: Final[dict[str, Any]] = {}  # of the many nodes that end a path; nothing is put in


class _Node(Generic[P]):
    __slots__ = ("greedy", "greedy_name", "literals", "methods", "param", "param_name")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[P]] = _NONE
        self.param: _Node[P] | None = None
        self.param_name = ""
        self.greedy: Methods[P] | None = None
        self.greedy_name = ""
        self.methods: Methods[P] | None = None


class Router(Generic[P]):
    """Immutable once built. `routes` are resource paths ("/pets/{petId}") with their methods."""

    __slots__ = ("_exact", "_root")

    def __init__(self, routes: Iterable[tuple[str, Methods[P]]]) -> None:
        """Raises RouteError."""
        self._exact: dict[str, Methods[P]] = {}  # resources without parameters: one look-up
        self._root: _Node[P] = _Node()
        for path, methods in routes:
            if methods:
                self._add(path, methods)

    def _add(self, path: str, methods: Methods[P]) -> None:
        segments = [s for s in path.split("/") if s]
        if not any(_is_variable(s) for s in segments):
            self._exact["/" + "/".join(segments)] = methods
        node = self._root
        for index, segment in enumerate(segments):
            if _is_greedy(segment):
                self._add_greedy(node, segment, path, methods, last=index == len(segments) - 1)
                return
            node = _child(node, segment, path)
        if node.methods is not None:
            raise RouteError(f"{path}: another resource has this path")
        node.methods = methods

    def _add_greedy(self, node: _Node[P], segment: str, path: str, methods: Methods[P], *, last: bool) -> None:
        if not last or node.greedy is not None:
            raise RouteError(f"{path}: a greedy path variable must be the last and the only one beside its siblings")
        node.greedy, node.greedy_name = methods, segment[1:-2]

    def match(self, path: str) -> tuple[Methods[P], dict[str, str]] | None:
        """The methods of the resource that `path` (as sent) means, and its path parameters; None: no such resource."""
        exact = self._exact.get(path)
        if exact is not None:
            return exact, {}
        stripped = path.strip("/")
        segments = stripped.split("/") if stripped else []
        parameters: dict[str, str] = {}
        methods = _walk(self._root, segments, 0, parameters)
        return None if methods is None else (methods, parameters)


def _walk(node: _Node[P], segments: list[str], index: int, parameters: dict[str, str]) -> Methods[P] | None:
    if index == len(segments):
        return node.methods
    segment = segments[index]
    child = node.literals.get(segment)
    if child is not None:
        found = _walk(child, segments, index + 1, parameters)
        if found is not None:
            return found
    if node.param is not None and segment:
        found = _walk(node.param, segments, index + 1, parameters)
        if found is not None:
            parameters[node.param_name] = segment
            return found
    if node.greedy is not None:
        parameters[node.greedy_name] = "/".join(segments[index:])
        return node.greedy
    return None


def _child(node: _Node[P], segment: str, path: str) -> _Node[P]:
    if not _is_variable(segment):
        if node.literals is _NONE:
            node.literals = {}
        return node.literals.setdefault(segment, _Node())
    name = segment[1:-1]
    if node.param is None:
        node.param, node.param_name = _Node(), name
    elif node.param_name != name:
        raise RouteError(f"{path}: a sibling path variable has another name, {{{node.param_name}}}")
    return node.param


def _is_variable(segment: str) -> bool:
    return segment.startswith("{") and segment.endswith("}")


def _is_greedy(segment: str) -> bool:
    return _is_variable(segment) and segment.endswith("+}")
