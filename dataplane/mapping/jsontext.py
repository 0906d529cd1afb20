"""JSON text to values and back, as Java's types print it."""

import re
from typing import Any, Final

import msgspec

NOT_JSON: Final = object()

decode: Final = msgspec.json.Decoder().decode
NOT_DECODED: Final = (msgspec.DecodeError, ValueError, RecursionError)  # what it raises

_A_FLOAT = re.compile(rb"\d(?:\.\d|[eE])")


def parse(text: str) -> Any:
    """The value, or NOT_JSON."""
    try:
        return decode(text)
    except NOT_DECODED:
        return NOT_JSON


def to_json(value: Any) -> str:
    """Compact. Raises RecursionError on a value that holds itself."""
    written = msgspec.json.encode(value)
    if _A_FLOAT.search(written):
        written = msgspec.json.encode(_with_java_doubles(value))
    return written.decode()


def double_text(value: float) -> str:
    """Java's Double.toString: an exponent below 1.0E-3 and from 1.0E7 on."""
    size = abs(value)
    if 1e-3 <= size < 1e7 or size == 0:
        return repr(value)
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    digits, _, exponent = f"{value!r}e0".partition("e")
    sign, digits = ("-", digits[1:]) if digits[0] == "-" else ("", digits)
    whole, _, fraction = digits.partition(".")
    figures = (whole + fraction).lstrip("0")
    point = len(whole) - (len(whole + fraction) - len(figures)) + int(exponent.partition("e")[0])
    figures = figures.rstrip("0")
    return f"{sign}{figures[0]}.{figures[1:] or '0'}E{point - 1}"


def _with_java_doubles(value: Any) -> Any:
    if type(value) is float:
        # `Raw` is written as it is; what Python and Java write alike stays.
        return value if 1e-3 <= abs(value) < 1e7 or value == 0 else msgspec.Raw(double_text(value).encode())
    if isinstance(value, dict):
        return {name: _with_java_doubles(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_java_doubles(item) for item in value]
    return value
