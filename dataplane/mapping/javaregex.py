"""Java's regular expressions (java.util.regex.Pattern) in Python's dialect.

They agree on most; what differs is rewritten: character classes with unions and intersections, POSIX and Unicode
classes, named groups, \\Q..\\E, octal and control escapes, \\z \\Z \\R \\h, and \\d \\w \\s, which mean ASCII in Java.
"""

import re
import sys
import unicodedata
from functools import lru_cache
from typing import Final

from dataplane.mapping.timelimit import limited

_POSIX: Final = {
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
}
_UNICODE: Final = {
    "IsAlphabetic": "L",
    "IsLetter": "L",
    "IsDigit": "Nd",
    "IsUppercase": "Lu",
    "IsLowercase": "Ll",
    "IsPunctuation": "P",
    "javaLowerCase": "Ll",
    "javaUpperCase": "Lu",
}
_PIECE = re.compile(
    r"\\Q(?P<quoted>.*?)(?:\\E|\Z)"
    r"|\\(?P<sign>[pP])(?:\{(?P<long>\w+)\}|(?P<short>\w))"
    r"|\\0(?P<octal>[0-3][0-7]{2}|[0-7]{1,2})"
    r"|\\c(?P<control>.)"
    r"|\\k<(?P<name>\w+)>"
    r"|\\x\{(?P<point>[0-9a-fA-F]+)\}"
    r"|\\(?P<letter>.)"
    r"|(?P<group>\(\?<(?=[A-Za-z]))"
    r"|(?P<bound>\{,)"
    r"|(?P<plain>.)",
    re.DOTALL,
)
_OUTSIDE: Final = {
    "h": r"[ \t\xa0]",
    "z": r"\Z",
    "Z": r"(?=\n?\Z)",
    "e": r"\x1b",
    "R": r"(?:\r\n|[\n-\r\x85\u2028\u2029])",
}
_INSIDE: Final = {"h": r" \t\xa0", "e": r"\x1b"}


_SHORT: Final = 16  # characters: no pattern takes long on so few


def matches(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the whole text does. Raises TooSlow."""
    if len(text) <= _SHORT:
        return pattern.fullmatch(text) is not None
    return limited(lambda: pattern.fullmatch(text) is not None)


@lru_cache(maxsize=1024)
def compile_regex(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Raises re.error."""
    try:
        return re.compile(_Translation(pattern).regex(), flags | re.ASCII)
    except (RecursionError, OverflowError) as error:
        raise re.error("nested too deeply") from error


class _Translation:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def next(self) -> re.Match[str]:
        found = _PIECE.match(self.pattern, self.at)
        if found is None:
            raise re.error("the pattern ends in a backslash or within a class")
        self.at = found.end()
        return found

    def peek(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def regex(self) -> str:
        out: list[str] = []
        while self.at < len(self.pattern):
            found = self.next()
            if found["plain"] == "[":
                out.append(self.character_class())
            elif found["bound"]:
                raise re.error("Illegal repetition")
            elif found["group"]:
                out.append("(?P<")
            elif found["name"]:
                out.append(f"(?P={found['name']})")
            elif found["letter"]:
                out.append(_OUTSIDE.get(found["letter"], found[0]))
            else:
                members, negated = _members(found)
                out.append(members if found["plain"] or found["quoted"] is not None else _class(members, negated))
        return "".join(out)

    def character_class(self) -> str:
        """What follows "[": unions of members and classes, joined by "&&"."""
        negated = self.peek("^")
        self.at += negated
        parts = [self.union()]
        while self.peek("&&"):
            self.at += 2
            parts.append(self.union())
        if not self.peek("]"):
            raise re.error("Unclosed character class")
        self.at += 1
        looks = "".join(f"(?={part})" for part in parts[:-1] if part)
        whole = f"(?:{looks}{parts[-1]})" if looks else parts[-1]
        if not negated:
            return whole
        return f"[^{whole[1:]}" if whole.startswith("[") and not whole.startswith("[^") else f"(?:(?!{whole})[\\s\\S])"

    def union(self) -> str:
        members: list[str] = []
        classes: list[str] = []
        while not self.peek("&&") and not (self.peek("]") and (members or classes)):
            found = self.next()
            if found["plain"] == "[":
                classes.append(self.character_class())
                continue
            written, negated = _class_members(found)
            if negated:
                classes.append(_class(written, negated))
            elif written == "-" and not _may_begin_a_range(members):
                members.append(r"\-")  # unescaped, a doubled "-" would mean something to Python in times to come
            else:
                members.append(written)
        alternatives = ([f"[{''.join(members)}]"] if members else []) + classes
        return alternatives[0] if len(alternatives) == 1 else f"(?:{'|'.join(alternatives)})"


def _may_begin_a_range(members: list[str]) -> bool:
    """Whether "-" after these is the one of a range: not at the beginning, nor where it or its end is awaited."""
    if not members or members[-1] == "-":
        return False
    return len(members) < 2 or members[-2] != "-"


def _class_members(found: re.Match[str]) -> tuple[str, bool]:
    if found["plain"]:
        # a doubled "&", "|" or "~" would mean something to Python in times to come
        return (f"\\{found['plain']}" if found["plain"] in "[]&|~" else found["plain"]), False
    if found["bound"]:
        return "{,", False
    if found["letter"]:
        return _INSIDE.get(found["letter"], found[0]), False
    return _members(found)


def _members(found: re.Match[str]) -> tuple[str, bool]:
    """What stands for the piece within a class, and whether it means all but that."""
    if found["quoted"] is not None:
        return re.escape(found["quoted"]), False
    if found["octal"]:
        return f"\\x{int(found['octal'], 8):02x}", False
    if found["control"]:
        return f"\\x{ord(found['control']) ^ 64:02x}", False
    if found["point"]:
        return re.escape(chr(int(found["point"], 16))), False
    if found["sign"]:
        return _named(found["long"] or found["short"]), found["sign"] == "P"
    return found[0], False


def _class(members: str, negated: bool) -> str:
    return f"[{'^' if negated else ''}{members}]"


def _named(name: str) -> str:
    members = _POSIX.get(name) or _category(_UNICODE.get(name, name.removeprefix("Is")))
    if not members:
        raise re.error(f"Unknown character property name {{{name}}}")
    return members


@lru_cache(maxsize=64)
def _category(category: str) -> str:
    """The ranges of a Unicode category, or of all that begin with a letter (L, N, P, ...)."""
    ranges: list[str] = []
    start = -1
    for point in range(sys.maxunicode + 2):
        inside = point <= sys.maxunicode and unicodedata.category(chr(point)).startswith(category)
        if inside and start < 0:
            start = point
        elif not inside and start >= 0:
            ranges.append(f"{_point(start)}-{_point(point - 1)}")
            start = -1
    return "".join(ranges)


def _point(point: int) -> str:
    return f"\\U{point:08x}"
