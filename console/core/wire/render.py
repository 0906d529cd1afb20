"""An operation's writer: the presenter's members in, status, headers and JSON out. Prepared once per operation."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from console.core.wire import model

Write: TypeAlias = Callable[[Any], Any]
Members: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is JSON to be, or the bytes of an operation whose answer is a file, or None."""

    status: int
    body: Any = None
    headers: Mapping[str, str] | None = None


class Renderer:
    """A member that is None is left out; one that the output shape lacks is the presenter's mistake: KeyError."""

    def __init__(self, operation: OperationModel) -> None:
        shape = operation.output_shape
        self.status = model.status(operation)
        self.payload = model.payload_member(shape)
        self.write = writer(shape) if shape is not None and self.payload is None else None
        self.headers = _header_members(shape)

    def __call__(self, members: Members | None) -> Answer:
        if self.payload is not None and members is not None:
            return Answer(self.status, members[self.payload], self._headers(members))
        if self.write is None:
            return Answer(self.status)
        return Answer(self.status, self.write(members or {}))

    def _headers(self, members: Members) -> dict[str, str]:
        return {name: members[member] for member, name in self.headers if members.get(member) is not None}


def _header_members(shape: StructureShape | None) -> list[tuple[str, str]]:
    members = shape.members.items() if shape is not None else ()
    return [(name, model.wire_name(name, member)) for name, member in members if model.location(member) == "header"]


def writer(shape: Shape) -> Write:
    return _Writers().of(shape)


class _Writers:
    """Writers by shape name, so that a shape that holds itself has one."""

    def __init__(self) -> None:
        self._known: dict[str, Write] = {}

    def of(self, shape: Shape) -> Write:
        known = self._known.get(shape.name)
        if known is None:
            self._known[shape.name] = lambda value: self._known[shape.name](value)
            known = self._known[shape.name] = self._make(shape)
        return known

    def _make(self, shape: Shape) -> Write:
        if isinstance(shape, StructureShape):
            return self._structure(shape)
        if isinstance(shape, ListShape):
            member = self.of(shape.member)
            return lambda value: [member(item) for item in value]
        if isinstance(shape, MapShape):
            member = self.of(shape.value)
            return lambda value: {key: member(item) for key, item in value.items() if item is not None}
        return _SCALARS.get(shape.type_name, _same)

    def _structure(self, shape: StructureShape) -> Write:
        members = {name: (model.wire_name(name, member), self.of(member)) for name, member in shape.members.items()}

        def write(value: Members) -> dict[str, Any]:
            result = {}
            for name, given in value.items():
                key, member = members[name]
                if given is not None:
                    result[key] = member(given)
            return result

        return write


def _same(value: Any) -> Any:
    return value


def _epoch(value: dt.datetime) -> int:
    return int(value.timestamp())


_SCALARS: dict[str, Write] = {"timestamp": _epoch, "string": str, "integer": int, "long": int, "double": float}
