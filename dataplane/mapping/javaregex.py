"""Java's regular expressions (java.util.regex.Pattern) in Python's dialect.

They agree on nearly everything; what differs is rewritten here: named groups, \\Q..\\E, \\z, \\h, POSIX and Unicode
classes, an unescaped "[" within a class, and \\d \\w \\s, which mean ASCII in Java.
"""

import re
from functools import lru_cache

_CLASSES = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "ASCII": r"\x00-\x7f",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": r"!-/:-@\[-`{-~",
    "Graph": "!-~",
    "Print": " -~",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1f\x7f",
    "XDigit": "0-9a-fA-F",
    "Space": r" \t\n\x0b\f\r",
    "L": "^\\W\\d_",
    "IsAlphabetic": "^\\W\\d_",
}
_TOKEN = re.compile(r"\\Q(.*?)(?:\\E|\Z)|\\[pP](?:\{(\w+)\}|(\w))|\\(.)|\(\?<(?=[A-Za-z])|\[|\]|.", re.DOTALL)


@lru_cache(maxsize=1024)
def compile_regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Raises re.error."""
    # Only the letters of \p{L} are Unicode's in Java's default mode.
    unicode_letters = "\\p{L}" in pattern or "\\p{IsAlphabetic}" in pattern or "\\pL" in pattern
    return re.compile(_translate(pattern), flags if unicode_letters else flags | re.ASCII)


def _translate(pattern: str) -> str:
    out: list[str] = []
    depth = 0  # of character classes
    for found in _TOKEN.finditer(pattern):
        piece = found[0]
        if piece.startswith("\\"):
            out.append(_escape(found, inside=depth > 0))
        elif piece == "(?<" and not depth:
            out.append("(?P<")
        elif piece == "[":
            out.append("\\[" if depth else "[")
            depth = 1
        else:
            depth = 0 if piece == "]" and not _opens(out) else depth
            out.append(piece)
    return "".join(out)


def _opens(out: list[str]) -> bool:
    """A "]" right after "[" or "[^" is an ordinary character."""
    return bool(out) and (out[-1] == "[" or out[-2:] == ["[", "^"])


def _escape(found: re.Match[str], *, inside: bool) -> str:
    piece = found[0]
    if piece.startswith("\\Q"):
        return re.escape(found[1])
    name = found[2] or found[3]
    if name:
        return _named_class(name, negated=piece[1] == "P", inside=inside)
    letter = found[4]
    if letter == "h":
        return " \\t\\xa0" if inside else "[ \\t\\xa0]"
    if letter == "z":
        return "\\Z"
    if letter == "Z":
        return "(?=\\n?\\Z)"
    if letter == "R":
        return "(?:\\r\\n|[\\n\\x0b\\f\\r\\x85\\u2028\\u2029])"
    if letter == "e":
        return "\\x1b"
    return piece


def _named_class(name: str, *, negated: bool, inside: bool) -> str:
    members = _CLASSES.get(name)
    if members is None:
        raise re.error(f"unknown character property {name}")
    if members.startswith("^"):
        if inside:
            raise re.error(f"{name} within a class is not supported")
        return f"[{members[1:]}]" if negated else f"[{members}]"
    if inside and negated:
        raise re.error(f"the complement of {name} within a class is not supported")
    return members if inside else f"[{'^' if negated else ''}{members}]"
