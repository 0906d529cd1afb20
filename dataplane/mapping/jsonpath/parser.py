"""Text to steps. Nesting of filters and arguments is bounded, so that a hostile path cannot exhaust the stack."""

import json
import re

from dataplane.mapping.jsonpath.syntax import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Exists,
    Filter,
    Function,
    Index,
    Key,
    Keys,
    Literal,
    Not,
    Operand,
    PathError,
    Pattern,
    Scan,
    Slice,
    Step,
    Steps,
    SubPath,
    Wildcard,
)

MAX_NESTING = 32
MAX_LENGTH = 4096

_DOT_NAME = re.compile(r"[^\s.\[\]()]+")
# inside a filter a path ends where an operator or a bracket of the filter begins
_FILTER_NAME = re.compile(r"[^\s.\[\]()=!<>&|,+*/~]+")
_NUMBERS = re.compile(r"\s*-?\d+(\s*,\s*-?\d+)*\s*\]")
_SLICE = re.compile(r"\s*(-?\d+)?\s*:\s*(-?\d+)?\s*(:\s*(-?\d+)?\s*)?\]")
_STAR = re.compile(r"\s*\*\s*\]")
_OPERATOR = re.compile(
    r"===|!==|==|!=|<=|>=|=~|<|>|(?:in|nin|subsetof|anyof|noneof|all|contains|size|empty|type|matches)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_WORD = re.compile(r"true|false|null")
_WORDS = {"true": True, "false": False, "null": None}


def parse(text: str) -> Steps:
    stripped = text.strip()
    if not stripped:
        raise PathError("the path is empty")
    if len(stripped) > MAX_LENGTH:
        raise PathError(f"the path is longer than {MAX_LENGTH} characters")
    if stripped[0] not in "$@":
        stripped = "$." + stripped
    reader = _Reader(stripped)
    reader.at = 1
    steps = reader.steps(_DOT_NAME)
    if reader.at < len(stripped):
        raise reader.fault("unexpected character")
    return steps


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def fault(self, why: str) -> PathError:
        return PathError(f"{why} at position {self.at} of {self.text!r}")

    def peek(self, token: str) -> bool:
        return self.text.startswith(token, self.at)

    def take(self, token: str) -> bool:
        found = self.peek(token)
        if found:
            self.at += len(token)
        return found

    def match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0]

    def need(self, token: str) -> None:
        self.space()
        if not self.take(token):
            raise self.fault(f"expected {token!r}")

    def space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.fault("nested too deeply")

    # steps

    def steps(self, names: re.Pattern[str]) -> Steps:
        found: list[Step] = []
        while self.at < len(self.text):
            if self.take(".."):
                found.append(Scan())
                found.append(self.bracket() if self.take("[") else self.named(names))
            elif self.take("."):
                found.append(self.bracket() if self.take("[") else self.named(names))
            elif self.take("["):
                found.append(self.bracket())
            else:
                break
        return tuple(found)

    def named(self, names: re.Pattern[str]) -> Step:
        if self.take("*"):
            return Wildcard()
        name = self.match(names)
        if name is None:
            raise self.fault("expected a property")
        if self.take("("):
            return self.function(name)
        return Key(name)

    def function(self, name: str) -> Function:
        self.enter()
        arguments: list[Operand] = []
        self.space()
        while not self.take(")"):
            if arguments:
                self.need(",")
            arguments.append(self.operand())
            self.space()
        self.depth -= 1
        return Function(name, tuple(arguments))

    def bracket(self) -> Step:
        self.space()
        if self.take("?"):
            return self.filter()
        if self.match(_STAR) is not None:
            return Wildcard()
        numbers = self.match(_NUMBERS)
        if numbers is not None:
            return Index(tuple(int(number) for number in numbers.rstrip("]").split(",")))
        start = self.at
        if self.match(_SLICE) is not None:
            return self.slice(self.text[start : self.at])
        return self.quoted_keys()

    def slice(self, text: str) -> Slice:
        start, stop = (int(part) if part.strip() else None for part in text.rstrip("]").split(":")[:2])
        if start is None and stop is None:
            raise self.fault("a slice needs a bound")
        return Slice(start, stop)

    def quoted_keys(self) -> Step:
        names = [self.quoted()]
        self.space()
        while self.take(","):
            self.space()
            names.append(self.quoted())
            self.space()
        self.need("]")
        return Key(names[0]) if len(names) == 1 else Keys(tuple(names))

    def quoted(self) -> str:
        quote = self.text[self.at : self.at + 1]
        if quote not in ("'", '"'):
            raise self.fault("expected a quoted property, an index, a slice, a wildcard or a filter")
        self.at += 1
        start = self.at
        while self.at < len(self.text) and self.text[self.at] != quote:
            self.at += 2 if self.text[self.at] == "\\" else 1
        if self.at >= len(self.text):
            raise self.fault("a quote is not closed")
        self.at += 1
        return _unescape(self.text[start : self.at - 1])

    # filters

    def filter(self) -> Filter:
        self.need("(")
        condition = self.any_of()
        self.need(")")
        self.need("]")
        return Filter(condition)

    def any_of(self) -> Condition:
        self.enter()
        parts = [self.all_of()]
        self.space()
        while self.take("||"):
            parts.append(self.all_of())
            self.space()
        self.depth -= 1
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def all_of(self) -> Condition:
        parts = [self.negation()]
        self.space()
        while self.take("&&"):
            parts.append(self.negation())
            self.space()
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def negation(self) -> Condition:
        self.space()
        negated = False
        while self.take("!"):
            negated = not negated
            self.space()
        condition = self.group() if self.take("(") else self.comparison()
        return Not(condition) if negated else condition

    def group(self) -> Condition:
        condition = self.any_of()
        self.need(")")
        return condition

    def comparison(self) -> Condition:
        left = self.operand()
        self.space()
        operator = self.match(_OPERATOR)
        if operator is None:
            return Exists(left)
        self.space()
        return Comparison(operator.lower(), left, self.operand())

    def operand(self) -> Operand:
        self.space()
        if self.peek("@") or self.peek("$"):
            from_item = self.peek("@")
            self.at += 1
            return SubPath(from_item, self.steps(_FILTER_NAME))
        if self.peek("/"):
            return self.pattern()
        if self.peek("'") or self.peek('"'):
            return Literal(self.quoted())
        if self.peek("[") or self.peek("{"):
            return self.json()
        return self.scalar()

    def scalar(self) -> Literal:
        word = self.match(_WORD)
        if word is not None:
            return Literal(_WORDS[word])
        number = self.match(_NUMBER)
        if number is None:
            raise self.fault("expected a value or a path")
        return Literal(
            json.loads(number) if number.lstrip("-") == "0" or number.lstrip("-")[0] != "0" else float(number)
        )

    def pattern(self) -> Pattern:
        end = self.at + 1
        while end < len(self.text) and self.text[end] != "/":
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise self.fault("a pattern is not closed")
        text = self.text[self.at + 1 : end]
        self.at = end + 1
        flags = self.match(re.compile("[a-zA-Z]*")) or ""
        return Pattern(text, flags)

    def json(self) -> Literal:
        """A JSON value; Jayway takes single quotes as well."""
        end = self._balanced()
        text = self.text[self.at : end]
        for candidate in (text, _double_quoted(text)):
            try:
                value = json.loads(candidate)
            except (ValueError, RecursionError):
                continue
            self.at = end
            return Literal(value)
        raise self.fault("expected a JSON value")

    def _balanced(self) -> int:
        depth, quote, at = 0, "", self.at
        while at < len(self.text):
            character = self.text[at]
            if character == "\\":
                at += 1
            elif quote:
                quote = "" if character == quote else quote
            elif character in "'\"":
                quote = character
            else:
                depth += (character in "[{") - (character in "]}")
                if depth == 0:
                    return at + 1
            at += 1
        raise self.fault("a bracket is not closed")


def _double_quoted(text: str) -> str:
    return re.sub(
        r"'((?:[^'\\]|\\.)*)'",
        lambda found: json.dumps(_unescape(found[1])),
        text,
    )


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    named = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
    return re.sub(
        r"\\(u[0-9a-fA-F]{4}|.)",
        lambda found: chr(int(found[1][1:], 16)) if len(found[1]) == 5 else named.get(found[1], found[1]),
        text,
        flags=re.DOTALL,
    )
