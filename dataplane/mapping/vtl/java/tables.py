"""Every method a template may call, by the Python type that stands for the Java one."""

import struct
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

from dataplane.mapping.vtl.java.values import Entry, Trouble, Values, text

Method: TypeAlias = Callable[..., Any]
Methods: TypeAlias = dict[tuple[str, int], Method]

METHODS: Final[defaultdict[type, Methods]] = defaultdict(dict)
PREPARED: Final[dict[tuple[str, int], tuple[type, Callable[..., Method | None]]]] = {}
PROPERTIES: Final[defaultdict[type, dict[str, Method]]] = defaultdict(dict)


class NoMethod(Exception):
    """The method has no form for arguments of these types."""


def register(kind: type, methods: Methods) -> None:
    """Methods of a type; `getName()` and `isName()` are properties too, as of any Java bean."""
    known = METHODS[kind]
    known.update({("toString", 0): text, ("equals", 1): same, ("hashCode", 0): hash_code})
    known.update(methods)
    for (name, count), method in known.items():
        if count == 0 and (property_name := _property(name)):
            PROPERTIES[kind][property_name] = method
            PROPERTIES[kind][property_name[0].upper() + property_name[1:]] = method


def prepare(kind: type, key: tuple[str, int], answer: Callable[..., Method | None]) -> None:
    """A call with constants alone is answered by `answer(*constants)(owner)`, made once; by the method where that is
    None."""
    PREPARED[key] = (kind, answer)


def _property(name: str) -> str:
    for prefix in ("get", "is"):
        rest = name.removeprefix(prefix)
        if rest != name and rest[:1].isupper():
            return rest[0].lower() + rest[1:]
    return ""


def same(left: Any, right: Any) -> bool:
    """Java's equals: 1 is neither 1.0 nor true."""
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and left.keys() == right.keys()
            and all(same(value, right[name]) for name, value in left.items())
        )
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and bool(left == right)


def hash_code(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, bool):
        return 1231 if value else 1237
    if isinstance(value, int):
        return signed32(value ^ (value >> 32)) if abs(value) > 0x7FFFFFFF else value
    if isinstance(value, str):
        return _fold(0, _utf16(value))
    if isinstance(value, float):
        bits: int = struct.unpack(">q", struct.pack(">d", value))[0]
        return signed32(bits ^ (bits >> 32))
    if isinstance(value, dict):
        return signed32(sum(hash_code(key) ^ hash_code(item) for key, item in value.items()))
    if isinstance(value, Entry):
        return hash_code(value.key) ^ hash_code(value.value)
    if isinstance(value, Values):
        return signed32(sum(map(hash_code, value)))
    if isinstance(value, list):
        return _fold(1, map(hash_code, value))
    return _fold(0, _utf16(text(value)))


def _utf16(value: str) -> Iterator[int]:
    pairs = value.encode("utf-16-be", "surrogatepass")
    return (high << 8 | low for high, low in zip(pairs[::2], pairs[1::2], strict=True))


def _fold(start: int, parts: Iterable[int]) -> int:
    code = start
    for part in parts:
        code = (31 * code + part) & 0xFFFFFFFF
    return signed32(code)


def signed32(number: int) -> int:
    number &= 0xFFFFFFFF
    return number - 0x100000000 if number >= 0x80000000 else number


# arguments


def integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise NoMethod
    return value


def string(value: Any) -> str:
    if not isinstance(value, str):
        raise NoMethod
    return value


def collection(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NoMethod
    return value


def out_of_range(index: int, size: int) -> Trouble:
    return Trouble(f"index {index} is out of range for size {size}")
