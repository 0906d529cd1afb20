"""java.lang: Integer, Long, Double and Boolean. Static methods can be called on any value, as in Java:
`#set($Integer = 0) $Integer.parseInt("5")`."""

import math
import re
from typing import Any

from dataplane.mapping.vtl.java.tables import Methods, NoMethod, integer, register, signed32, string
from dataplane.mapping.vtl.java.values import Trouble, text

_FLOAT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?\Z")


def _parse_int(owner: Any, digits: Any, radix: Any = 10) -> int:
    try:
        if not 2 <= integer(radix) <= 36 or "_" in string(digits) or digits != digits.strip() or len(digits) > 70:
            raise ValueError
        return int(digits, radix)
    except ValueError as error:
        raise Trouble(f'NumberFormatException: For input string: "{digits}"') from error


def _parse_double(owner: Any, digits: Any) -> float:
    stripped = string(digits).strip()
    if stripped in ("NaN", "Infinity", "-Infinity", "+Infinity"):
        return float(stripped.replace("Infinity", "inf"))
    if _FLOAT.match(stripped) is None:
        raise Trouble(f'NumberFormatException: For input string: "{digits}"')
    return float(stripped.rstrip("fFdD"))


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NoMethod
    return value


def _compare(value: Any, other: Any) -> int:
    mine, theirs = _number(value), _number(other)
    return (mine > theirs) - (mine < theirs)


def _compare_to(value: Any, other: Any) -> int:
    if type(value) is not type(other):
        raise Trouble("ClassCastException: compareTo takes a value of the same type")
    return int(value > other) - int(value < other)


def _to_int(value: float) -> int:
    if math.isnan(value):
        return 0
    return int(max(-(2.0**31), min(2.0**31 - 1, value)))


def _to_long(value: float) -> int:
    if math.isnan(value):
        return 0
    return -(2**63) if value <= -(2.0**63) else 2**63 - 1 if value >= 2.0**63 else int(value)


def _unsigned(value: Any) -> int:
    number = integer(value)
    return number if number >= 0 else number + (1 << (32 if number >= -(1 << 31) else 64))


_STATIC: Methods = {
    ("max", 2): lambda owner, left, right: max(_number(left), _number(right)),
    ("min", 2): lambda owner, left, right: min(_number(left), _number(right)),
    ("sum", 2): lambda owner, left, right: _number(left) + _number(right),
    ("toString", 1): lambda owner, value: text(_number(value)),
    ("compare", 2): lambda owner, left, right: _compare(left, right),
}

register(
    int,
    {
        **_STATIC,
        ("intValue", 0): signed32,
        ("longValue", 0): int,
        ("doubleValue", 0): float,
        ("floatValue", 0): float,
        ("compareTo", 1): _compare_to,
        ("parseInt", 1): _parse_int,
        ("parseInt", 2): _parse_int,
        ("parseLong", 1): _parse_int,
        ("valueOf", 1): lambda owner, value: value if isinstance(value, int) else _parse_int(owner, value),
        ("toHexString", 1): lambda owner, value: f"{_unsigned(value):x}",
        ("toBinaryString", 1): lambda owner, value: f"{_unsigned(value):b}",
        ("toOctalString", 1): lambda owner, value: f"{_unsigned(value):o}",
        ("signum", 1): lambda owner, value: (integer(value) > 0) - (integer(value) < 0),
    },
)
register(
    float,
    {
        **_STATIC,
        ("intValue", 0): _to_int,
        ("longValue", 0): _to_long,
        ("doubleValue", 0): float,
        ("floatValue", 0): float,
        ("isNaN", 0): math.isnan,
        ("isInfinite", 0): math.isinf,
        ("compareTo", 1): _compare_to,
        ("parseDouble", 1): _parse_double,
        ("valueOf", 1): lambda owner, value: value if isinstance(value, float) else _parse_double(owner, value),
    },
)
register(
    bool,
    {
        ("booleanValue", 0): bool,
        ("compareTo", 1): _compare_to,
        ("parseBoolean", 1): lambda owner, value: isinstance(value, str) and value.lower() == "true",
        ("valueOf", 1): lambda owner, value: value is True or (isinstance(value, str) and value.lower() == "true"),
        ("logicalAnd", 2): lambda owner, left, right: left is True and right is True,
        ("logicalOr", 2): lambda owner, left, right: left is True or right is True,
    },
)
