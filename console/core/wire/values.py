"""A shape's reader: JSON in, plain values with AWS's member names out. Made once per shape.

A wrong JSON type is a SerializationException in the words of AWS's Java; what a value may be (required, enum, pattern)
is collected as violations, since AWS tells them all at once.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from console.core.faults import SerializationFault, violation
from console.core.wire.model import wire_name

# read(value, where, violations) -> value; `where` is AWS's name of the place: `putMethodInput.requestModels`.
Read: TypeAlias = Callable[[Any, str, list[str]], Any]

_NUMBER = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber"
_JAVA = {bool: "class java.lang.Boolean", str: "class java.lang.String", int: _NUMBER, float: _NUMBER}
# The patch reader of console.core.patch words this enumeration, in AWS's order and for every door.
_WORDED_ELSEWHERE = frozenset({"Op"})


def reader(shape: Shape) -> Read:
    return _Readers().of(shape)


class _Readers:
    """Readers by shape name, so that a shape that holds itself has one."""

    def __init__(self) -> None:
        self._known: dict[str, Read] = {}

    def of(self, shape: Shape) -> Read:
        known = self._known.get(shape.name)
        if known is None:
            self._known[shape.name] = lambda value, where, found: self._known[shape.name](value, where, found)
            known = self._known[shape.name] = self._make(shape)
        return known

    def _make(self, shape: Shape) -> Read:
        if isinstance(shape, StructureShape):
            return self._structure(shape)
        if isinstance(shape, ListShape):
            return self._list(shape)
        if isinstance(shape, MapShape):
            return self._map(shape)
        if isinstance(shape, StringShape):
            return _string(shape)
        return _SCALARS[shape.type_name]

    def _structure(self, shape: StructureShape) -> Read:
        members = [(name, wire_name(name, member), self.of(member)) for name, member in shape.members.items()]
        required = frozenset(shape.required_members)

        def read(value: Any, where: str, found: list[str]) -> dict[str, Any]:
            given, result = _mapping(value), {}
            for name, key, member in members:
                if given.get(key) is not None:
                    result[name] = member(given[key], f"{where}.{name}", found)
                elif name in required:
                    found.append(violation(None, f"{where}.{name}", "Member must not be null"))
            return result

        return read

    def _list(self, shape: ListShape) -> Read:
        member = self.of(shape.member)

        def read(value: Any, where: str, found: list[str]) -> list[Any]:
            if isinstance(value, Mapping):
                raise SerializationFault("Start of structure or map found where not expected.")
            if not isinstance(value, list):
                raise SerializationFault("Unexpected field type")
            items = enumerate(value, start=1)
            return [member(item, f"{where}.{index}.member", found) for index, item in items if item is not None]

        return read

    def _map(self, shape: MapShape) -> Read:
        member = self.of(shape.value)

        def read(value: Any, where: str, found: list[str]) -> dict[str, Any]:
            given = [(key, item) for key, item in _mapping(value).items() if item is not None]
            for key, _ in given:
                _check_storable(key, f"{where}.key", found)
            return {key: member(item, f"{where}.{key}.member", found) for key, item in given}

        return read


def _mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(value, list):
        raise SerializationFault("Start of list found where not expected")
    if not isinstance(value, Mapping):
        raise SerializationFault("Unexpected field type")
    return value


def _string(shape: StringShape) -> Read:
    allowed = () if shape.name in _WORDED_ELSEWHERE else tuple(shape.metadata.get("enum", ()))
    pattern = re.compile(shape.metadata["pattern"], re.ASCII) if "pattern" in shape.metadata else None

    def read(value: Any, where: str, found: list[str]) -> str:
        text = str(_scalar(value, str, "an String"))
        _check_storable(text, where, found)
        if allowed and text not in allowed:
            found.append(violation(text, where, f"Member must satisfy enum value set: [{', '.join(allowed)}]"))
        if pattern and not pattern.fullmatch(text):
            found.append(violation(text, where, f"Member must satisfy regular expression pattern: {pattern.pattern}"))
        return text

    return read


def _check_storable(text: str, where: str, found: list[str]) -> None:
    """PostgreSQL's text holds every character but this one, and no half of a surrogate pair."""
    if "\0" in text or not _is_unicode(text):
        shown = text.encode(errors="replace").decode().replace("\0", "\\u0000")
        found.append(violation(shown, where, "Member must be Unicode text without the character U+0000"))


def _is_unicode(text: str) -> bool:
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _scalar(value: Any, kind: type, java: str) -> Any:
    accepted = (int, float) if kind is float else kind
    if isinstance(value, accepted) and (kind is bool or not isinstance(value, bool)):
        return value
    if isinstance(value, Mapping):
        raise SerializationFault("Start of structure or map found where not expected.")
    if isinstance(value, list):
        raise SerializationFault("Start of list found where not expected")
    raise SerializationFault(f"{_JAVA[type(value)]} can not be converted to {java}")


def _whole(bits: int) -> Read:
    def read(value: Any, where: str, found: list[str]) -> int:
        number = _finite(value, "an Integer")
        if abs(number) >= 2 ** (bits - 1):
            raise SerializationFault(f"{_NUMBER} can not be converted to an Integer")
        return int(number)

    return read


def _double(value: Any, where: str, found: list[str]) -> float:
    return float(_finite(value, "a Double"))


def _finite(value: Any, java: str) -> int | float:
    number: int | float = _scalar(value, float, java)
    try:
        if math.isfinite(number):
            return number
    except OverflowError:  # no double is as large
        pass
    raise SerializationFault(f"{_NUMBER} can not be converted to {java}")


def _boolean(value: Any, where: str, found: list[str]) -> bool:
    return bool(_scalar(value, bool, "a Boolean"))


def _timestamp(value: Any, where: str, found: list[str]) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(_finite(value, "milliseconds since epoch"), dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise SerializationFault(f"{_NUMBER} can not be converted to milliseconds since epoch") from None


_SCALARS: dict[str, Read] = {
    "integer": _whole(32),
    "long": _whole(64),
    "double": _double,
    "float": _double,
    "boolean": _boolean,
    "timestamp": _timestamp,
}
