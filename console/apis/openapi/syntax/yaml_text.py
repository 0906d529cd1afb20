"""YAML with lines, built from the parser's events: libyaml's own composer recurses without a limit.

Keys are always texts (`200:` is the member "200"), and so are dates. Anchors are allowed and cost what they expand to.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from console.apis.openapi.syntax.document import LINE_DEPTH, MAX_DEPTH, Pointer, SyntaxFault

MAX_VALUES = 1_000_000  # after the expansion of anchors: a document of 6 MB has fewer
_MERGE = "tag:yaml.org,2002:merge"
_TEXT = "tag:yaml.org,2002:str"
_CORE = "tag:yaml.org,2002:"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # C where it is built
    """Only its parser, its resolver of plain scalars and its constructors of scalars are used."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def read(text: str) -> tuple[Any, dict[Pointer, int]]:
    """Raises SyntaxFault."""
    loader = _Loader(text)
    try:
        return _Builder(loader).read()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = f"{error.problem or error.context}"
        raise _fault(said, mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise _fault(str(error).splitlines()[0]) from None
    finally:
        loader.dispose()


def _fault(message: str, line: int | None = None) -> SyntaxFault:
    return SyntaxFault(f"The API definition is not valid YAML: {message}", line)


class _Builder:
    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.lines: dict[Pointer, int] = {}
        self._anchors: dict[str, tuple[Any, int]] = {}  # the value, and how many values it holds
        self._count = 0

    def read(self) -> tuple[Any, dict[Pointer, int]]:
        events = self._events()
        value = self._value(next(events, None), events, (), 1)
        if next(events, None) is not None:
            raise _fault("there is a second document in it")
        self.lines[()] = 1
        return value, self.lines

    def _events(self) -> Iterator[Any]:
        around = yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentStartEvent | yaml.DocumentEndEvent
        while self.loader.check_event():
            event = self.loader.get_event()
            if not isinstance(event, around):
                yield event

    def _value(self, event: Any, events: Iterator[Any], pointer: Pointer, depth: int) -> Any:
        if event is None:
            return None
        line = event.start_mark.line + 1
        if depth > MAX_DEPTH:
            raise _fault(f"it is nested more than {MAX_DEPTH} levels deep", line)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event.anchor, line)
        before = self._count
        self._spend(1, line)
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self._sequence(events, pointer, depth)
        else:
            value = self._mapping(events, pointer, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = value, self._count - before
        return value

    def _spend(self, count: int, line: int) -> None:
        self._count += count
        if self._count > MAX_VALUES:
            raise _fault(f"it holds more than {MAX_VALUES} values", line)

    def _alias(self, anchor: str | None, line: int) -> Any:
        if anchor is None or anchor not in self._anchors:
            raise _fault(f"the alias *{anchor} has no anchor before it, or lies inside it", line)
        value, count = self._anchors[anchor]
        self._spend(count, line)
        return value

    def _scalar(self, event: Any) -> Any:
        tag = event.tag
        if tag is None or tag == "!":
            tag = self.loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        if not tag.startswith(_CORE) or tag in (_TEXT, _MERGE):
            return event.value
        node = yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark)
        try:
            return self.loader.construct_object(node)
        except ValueError:
            raise _fault(f"{event.value[:80]} is no {tag.removeprefix(_CORE)}", event.start_mark.line + 1) from None

    def _sequence(self, events: Iterator[Any], pointer: Pointer, depth: int) -> list[Any]:
        found: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self._value(event, events, (*pointer, str(len(found))), depth + 1))
        return found

    def _mapping(self, events: Iterator[Any], pointer: Pointer, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                raise _fault("a member's name must be a text", line)
            key, inner = event.value, (*pointer, event.value)
            if key in found:
                raise _fault(f"the member {key} is there twice", line)
            value = self._value(next(events, None), events, inner, depth + 1)
            if key == "<<" and not event.style:
                merged.update(_merged(value, line))
                continue
            found[key] = value
            if len(inner) <= LINE_DEPTH:
                self.lines[inner] = line
        return {**merged, **found}


def _merged(value: Any, line: int) -> dict[str, Any]:
    """What `<<: *base` or `<<: [*first, *second]` adds; the first to name a member wins."""
    found: dict[str, Any] = {}
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, dict):
            raise _fault("a merge needs a mapping", line)
        found = {**each, **found}
    return found
