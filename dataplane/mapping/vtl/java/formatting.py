"""java.util.Formatter: what String.format makes of %s, %d, %f and their kin."""

import re
from typing import Any, Final

from dataplane.mapping.vtl.java.values import MAX_TEXT, Trouble, bounded, text

_DIRECTIVE = re.compile(r"%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])")
_MAX_WIDTH: Final = 10_000


def java_format(template: str, arguments: tuple[Any, ...]) -> str:
    """Raises Trouble."""
    if len(arguments) == 1 and isinstance(arguments[0], list):
        arguments = tuple(arguments[0])  # an array or list given for the varargs
    ordinary = iter(range(len(arguments)))
    stray = _DIRECTIVE.sub("", template)
    if "%" in stray or len(template) > MAX_TEXT // 2:
        raise Trouble(f"UnknownFormatConversion in {template!r}")

    def expand(found: re.Match[str]) -> str:
        if found[5] in "%n":
            return "%" if found[5] == "%" else "\n"
        at = int(found[1]) - 1 if found[1] else next(ordinary, -1)
        if not 0 <= at < len(arguments):
            raise Trouble(f"MissingFormatArgument: {found[0]}")
        return _one(found, arguments[at])

    return bounded(_DIRECTIVE.sub(expand, template))


def _one(found: re.Match[str], value: Any) -> str:
    flags, width, precision = found[2], int(found[3] or 0), int(found[4]) if found[4] else None
    if width > _MAX_WIDTH or (precision or 0) > _MAX_WIDTH:
        raise Trouble(f"too wide: {found[0]}")
    conversion = found[5]
    shown = _convert(conversion.lower(), flags, precision, value, found[0])
    if "0" in flags and value is not None and conversion.lower() in "dfxoe":
        sign = shown[0] if shown[:1] in ("-", "+", " ") else ""
        shown = sign + shown[len(sign) :].rjust(width - len(sign), "0")
    shown = shown.ljust(width) if "-" in flags else shown.rjust(width)
    return shown.upper() if conversion.isupper() else shown


def _convert(conversion: str, flags: str, precision: int | None, value: Any, directive: str) -> str:
    if conversion == "s":
        return text(value)[:precision]
    if conversion == "b":
        return text(value is not None and value is not False)[:precision]
    if value is None:
        return "null"
    if conversion == "c" and isinstance(value, str | int):
        return value[:1] if isinstance(value, str) else chr(value)
    whole = isinstance(value, int) and not isinstance(value, bool)
    if conversion in "dxo" and whole:
        return _whole(conversion, flags, value)
    if conversion in "fe" and isinstance(value, float):
        return _signed(
            flags, f"{value:{',' if ',' in flags else ''}.{6 if precision is None else precision}{conversion}}"
        )
    raise Trouble(f"IllegalFormatConversion: {directive} for {text(value)!r}")


def _whole(conversion: str, flags: str, value: int) -> str:
    if conversion == "d":
        return _signed(flags, f"{value:,}" if "," in flags else str(value))
    unsigned = value if value >= 0 else value + (1 << (32 if value >= -(1 << 31) else 64))
    return f"{unsigned:{conversion}}"


def _signed(flags: str, shown: str) -> str:
    if shown.startswith("-"):
        return f"({shown[1:]})" if "(" in flags else shown
    return ("+" if "+" in flags else " " if " " in flags else "") + shown
