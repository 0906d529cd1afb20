"""JSON with lines: the outer objects are walked here, what lies deeper is left to the standard library's decoder."""

import json
import re
from bisect import bisect_right
from json.decoder import scanstring  # type: ignore[attr-defined]  # of the standard library, in C
from typing import Any

from console.apis.openapi.syntax.document import LINE_DEPTH, MAX_DEPTH, Pointer, SyntaxFault

_SPACE = re.compile(r"[ \t\n\r]*")


class _Duplicate(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        raise _Duplicate(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)


def read(text: str) -> tuple[Any, dict[Pointer, int]]:
    """Raises SyntaxFault."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: dict[Pointer, int] = {}
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def read(self) -> tuple[Any, dict[Pointer, int]]:
        self.lines[()] = 1
        value, end = self._value(self._skip(0), ())
        end = self._skip(end)
        if end != len(self.text):
            raise self._fault("there is text after the end of the document", end)
        _check_depth(value)
        return value, self.lines

    def _value(self, at: int, pointer: Pointer) -> tuple[Any, int]:
        if self.text[at : at + 1] == "{" and len(pointer) < LINE_DEPTH:
            return self._object(at + 1, pointer)
        try:
            return _decoder.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            raise self._fault(error.msg, error.pos) from None
        except _Duplicate as error:
            raise self._fault(f"the member {error} is there twice, in what begins here", at) from None
        except RecursionError:
            raise self._fault("it is nested too deeply", at) from None
        except ValueError as error:
            raise self._fault(str(error), at) from None

    def _object(self, at: int, pointer: Pointer) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self._skip(at)
        if self.text[at : at + 1] == "}":
            return found, at + 1
        while True:
            key, begin, at = self._key(at)
            if key in found:
                raise self._fault(f"the member {key} is there twice", begin)
            inner = (*pointer, key)
            self.lines[inner] = self._line(begin)
            found[key], at = self._value(at, inner)
            at = self._skip(at)
            mark = self.text[at : at + 1]
            if mark == "}":
                return found, at + 1
            if mark != ",":
                raise self._fault("a comma or a closing brace is expected", at)
            at = self._skip(at + 1)

    def _key(self, at: int) -> tuple[str, int, int]:
        if self.text[at : at + 1] != '"':
            raise self._fault("a member's name in double quotes is expected", at)
        try:
            key, end = scanstring(self.text, at + 1, True)
        except json.JSONDecodeError as error:
            raise self._fault(error.msg, error.pos) from None
        colon = self._skip(end)
        if self.text[colon : colon + 1] != ":":
            raise self._fault("a colon is expected", colon)
        return key, at, self._skip(colon + 1)

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def _line(self, at: int) -> int:
        return bisect_right(self._starts, at)

    def _fault(self, message: str, at: int) -> SyntaxFault:
        return SyntaxFault(f"The API definition is not valid JSON: {message}", self._line(at))


def _check_depth(value: Any) -> None:
    """The decoder stops at Python's own depth only; what walks the value later needs less."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise SyntaxFault(f"The API definition is nested more than {MAX_DEPTH} levels deep")
        level = [inner for each in level for inner in _inner(each)]


def _inner(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [inner for inner in value.values() if isinstance(inner, dict | list)]
    return [inner for inner in value if isinstance(inner, dict | list)] if isinstance(value, list) else []
