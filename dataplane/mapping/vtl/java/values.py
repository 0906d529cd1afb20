"""Java's values in Python.

String is str, Integer, Long and BigInteger are int, Double is float, Boolean is bool, null is None, LinkedHashMap is
dict. A plain list is a JSON array, which prints as JSON; ArrayList prints as Java's does. Nothing else of Python is
ever handed to a template, and what a value can be asked is in the tables of this package alone.
"""

from collections.abc import Iterable
from typing import Any, Final

from dataplane.mapping import jsontext

MAX_TEXT: Final = 10 * 1024 * 1024  # characters: the payload limit of API Gateway
MAX_BITS: Final = 8192  # of a number


class Trouble(Exception):
    """What Java answers with an exception; the template fails."""


class ArrayList(list[Any]):
    """A list of Velocity's own: a literal, a range, or what a method returns."""


class Claims(dict[str, str]):
    """`$context.authorizer.claims`: what it has can be read, it itself prints as null does (behaviours 46)."""


class Values(list[Any]):
    """What keySet, values and entrySet answer: a Collection without positions."""


class Keys(Values):
    """keySet: what is removed from it leaves the map too."""

    def __init__(self, owner: dict[Any, Any]) -> None:
        super().__init__(owner)
        self.owner = owner


class MapValues(Values):
    """values: what is removed from it leaves the map too."""

    def __init__(self, owner: dict[Any, Any]) -> None:
        super().__init__(owner.values())
        self.owner = owner


class Entry:
    """Map.Entry"""

    __slots__ = ("key", "owner")

    def __init__(self, owner: dict[Any, Any], key: Any) -> None:
        self.owner = owner
        self.key = key

    @property
    def value(self) -> Any:
        return self.owner.get(self.key)


class Cursor:
    """An Iterator."""

    __slots__ = ("at", "items")

    def __init__(self, items: Iterable[Any]) -> None:
        self.items = list(items)
        self.at = 0


def text(value: Any) -> str:
    """Java's String.valueOf. Raises Trouble when it would be too long, or the value holds itself."""
    if type(value) is str:
        return value
    try:
        return _text(value)
    except RecursionError as error:
        raise Trouble("a value that is nested too deeply, or holds itself, cannot be printed") from error


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return jsontext.double_text(value)
    if isinstance(value, dict):
        return "" if type(value) is Claims else _map_text(value)
    if type(value) is list:
        return bounded(jsontext.to_json(_plain(value)))
    if isinstance(value, list):
        return "[" + bounded(", ".join([_text(item) for item in value])) + "]"
    if isinstance(value, Entry):
        return f"{_text(value.key)}={_text(value.value)}"
    return str(value)


def _map_text(value: dict[Any, Any]) -> str:
    return "{" + bounded(", ".join([f"{_text(key)}={_text(item)}" for key, item in value.items()])) + "}"


def _plain(value: Any) -> Any:
    """For JSON: only what JSON has, other objects by their text."""
    if isinstance(value, dict):
        return {_text(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    return _text(value)


def bounded(long_text: str) -> str:
    if len(long_text) > MAX_TEXT:
        raise Trouble(f"a text longer than {MAX_TEXT} characters")
    return long_text


def bounded_number(number: int) -> int:
    if number.bit_length() > MAX_BITS:
        raise Trouble(f"a number of more than {MAX_BITS} bits")
    return number
