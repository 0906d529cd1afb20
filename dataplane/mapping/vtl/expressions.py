"""References and expressions. The forms are those of Velocity 1.7 (its user guide, "VTL Reference").

Peculiarities kept: "$x -1" is no subtraction, since a minus before a digit belongs to the number; arguments of methods
and directives are values, not arithmetic; "" within a double-quoted text is one quote.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

from dataplane.mapping.vtl.cursor import Cursor
from dataplane.mapping.vtl.nodes import (
    Block,
    Call,
    Chain,
    Constant,
    Expression,
    Index,
    Interpolated,
    ListLiteral,
    Logical,
    MapLiteral,
    Not,
    Property,
    Range,
    Reference,
)

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
# backslashes, stray "$", "$!" with its own backslashes, and the brace of the formal notation
DOLLAR = re.compile(r"(\\*)(\$*)\$(!?)(\{?)(?=[A-Za-z_])")

MAX_DIGITS = 1000

_DOT = re.compile(r"\.(?=[A-Za-z])")
_STRING = re.compile(r'"((?:[^"]|"")*)"|\'((?:[^\']|\'\')*)\'')
_INTEGER = re.compile(r"-?[0-9]+(?=\.\.)|-?[0-9]+(?![0-9.eE])|-?[0-9]+(?=[eE](?![+-]?[0-9]))")
_FLOAT = re.compile(r"-?[0-9]+\.[0-9]*(?:[eE][+-]?[0-9]+)?|-?\.[0-9]+(?:[eE][+-]?[0-9]+)?|-?[0-9]+[eE][+-]?[0-9]+")
_BOOLEAN = re.compile(r"(true|false)(?![A-Za-z0-9_@])")
_RANGE_AHEAD = re.compile(r"\[[ \t\n\r]*(?:-?[0-9]+[ \t\n\r]*\.\.|\$)")
_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})?")

_ARGUMENT_AHEAD = re.compile(r"""["'$\\\[{0-9.-]|true|false""")

_OR = re.compile(r"\|\||or(?![A-Za-z0-9_@])")
_AND = re.compile(r"&&|and(?![A-Za-z0-9_@])")
_EQUALITY = re.compile(r"==|!=|(?:eq|ne)(?![A-Za-z0-9_@])")
_RELATION = re.compile(r"<=|>=|<|>|(?:lt|gt|le|ge)(?![A-Za-z0-9_@])")
_SUM = re.compile(r"\+|-(?!\.?[0-9])")
_PRODUCT = re.compile(r"[*/%]")
_NOT = re.compile(r"!|not(?![A-Za-z0-9_@])")
_WORDS = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "or": "||", "and": "&&"}

Saw: TypeAlias = Callable[[str, list[Property | Call | Index]], None]


class ExpressionReader:
    """`quoted` parses what stands in a double-quoted text; `saw` is told of each reference."""

    def __init__(self, cursor: Cursor, quoted: Callable[[str, int, int], Block], saw: Saw) -> None:
        self.cursor = cursor
        self.quoted = quoted
        self.saw = saw

    # expressions, loosest first

    def expression(self) -> Expression:
        self.cursor.enter()
        found = self._logical("||", _OR, self._conjunction)
        self.cursor.leave()
        return found

    def _conjunction(self) -> Expression:
        return self._logical("&&", _AND, self._equality)

    def _logical(self, operator: str, pattern: re.Pattern[str], operand: Callable[[], Expression]) -> Expression:
        start = self.cursor.at
        parts = [operand()]
        while self.cursor.match(pattern) is not None:
            parts.append(operand())
        return parts[0] if len(parts) == 1 else Logical(operator, parts, self._source(start))

    def _equality(self) -> Expression:
        return self._chain(_EQUALITY, self._relation)

    def _relation(self) -> Expression:
        return self._chain(_RELATION, self._sum)

    def _sum(self) -> Expression:
        return self._chain(_SUM, self._product)

    def _product(self) -> Expression:
        return self._chain(_PRODUCT, self._unary)

    def _chain(self, pattern: re.Pattern[str], operand: Callable[[], Expression]) -> Expression:
        start = self.cursor.at
        first = operand()
        rest: list[tuple[str, Expression, str]] = []
        while (found := self.cursor.match(pattern)) is not None:
            after = self.cursor.at
            rest.append((_WORDS.get(found[0], found[0]), operand(), self._source(after)))
        return Chain(first, rest, self._source(start)) if rest else first

    def _unary(self) -> Expression:
        cursor = self.cursor
        cursor.space()
        start = cursor.at
        if cursor.match(_NOT) is not None:
            cursor.enter()
            operand = self._unary()
            cursor.leave()
            return Not(operand, self._source(start))
        return self._primary()

    def _primary(self) -> Expression:
        cursor = self.cursor
        if cursor.take("("):
            found = self.expression()
            cursor.need(")")
        else:
            found = self.value()
        cursor.space()
        return found

    # values: what may stand as an argument

    def value(self) -> Expression:
        found = self.maybe_value()
        if found is None:
            rest = self.cursor.text[self.cursor.at : self.cursor.at + 12]
            self.cursor.fail(
                f"expected a value but found {rest!r}" if rest else "the template ends within an expression"
            )
        return found

    def maybe_value(self) -> Expression | None:
        cursor = self.cursor
        if cursor.peek("$") or cursor.peek("\\"):
            return self.reference()
        if cursor.peek('"') or cursor.peek("'"):
            return self._string()
        if cursor.peek("["):
            return self._bracket()
        if cursor.peek("{"):
            return self._map()
        return self._scalar()

    def _scalar(self) -> Constant | None:
        cursor = self.cursor
        if (found := cursor.match(_INTEGER)) is not None:
            return self._integer(found[0])
        if (found := cursor.match(_FLOAT)) is not None:
            return Constant(float(found[0]), found[0])
        if (found := cursor.match(_BOOLEAN)) is not None:
            return Constant(found[0] == "true", found[0])
        return None

    def _string(self) -> Expression:
        cursor = self.cursor
        start = cursor.at
        found = cursor.match(_STRING)
        if found is None:
            cursor.fail("a quoted text is not closed")
        if found[2] is not None:
            return Constant(found[2].replace("''", "'"), found[0])
        text = _UNICODE.sub(lambda escape: self._character(escape, start), found[1]).replace('""', '"')
        if "$" not in found[1] and "#" not in found[1]:
            return Constant(text, found[0])
        cursor.enter()
        block = self.quoted(text, cursor.base + start + 1, cursor.depth)
        cursor.leave()
        return Interpolated(block, found[0])

    def _character(self, found: re.Match[str], start: int) -> str:
        if found[1] is None:
            self.cursor.fail("\\u needs four hexadecimal digits", start)
        return chr(int(found[1], 16))

    def _bracket(self) -> Expression:
        cursor = self.cursor
        start = cursor.at
        if cursor.match(_RANGE_AHEAD) is not None:
            cursor.at = start
            found = self._range(start)
            if found is not None:
                return found
            cursor.at = start
        cursor.need("[")
        items: list[Expression] = []
        cursor.space()
        if not cursor.take("]"):
            items = self._arguments("]")
        return ListLiteral(items, self._source(start))

    def _range(self, start: int) -> Range | None:
        cursor = self.cursor
        cursor.need("[")
        cursor.space()
        first = self._bound()
        cursor.space()
        if not cursor.take(".."):
            return None
        cursor.space()
        last = self._bound()
        cursor.space()
        cursor.need("]")
        return Range(first, last, self._source(start))

    def _bound(self) -> Expression:
        if self.cursor.peek("$"):
            return self.reference()
        found = self.cursor.match(_INTEGER)
        if found is None:
            self.cursor.fail("a range goes from one integer or reference to another")
        return self._integer(found[0])

    def _integer(self, digits: str) -> Constant:
        if len(digits) > MAX_DIGITS:
            self.cursor.fail(f"an integer of more than {MAX_DIGITS} digits")
        return Constant(int(digits), digits)

    def _map(self) -> MapLiteral:
        cursor = self.cursor
        start = cursor.at
        cursor.need("{")
        cursor.space()
        entries: list[tuple[Expression, Expression]] = []
        cursor.enter()
        while not cursor.take("}"):
            if entries:
                cursor.need(",")
            key = self._padded()
            cursor.need(":")
            entries.append((key, self._padded()))
        cursor.leave()
        return MapLiteral(entries, self._source(start))

    def _padded(self) -> Expression:
        self.cursor.space()
        found = self.value()
        self.cursor.space()
        return found

    def _arguments(self, closing: str) -> list[Expression]:
        self.cursor.enter()
        found = [self._padded()]
        while not self.cursor.take(closing):
            self.cursor.need(",")
            found.append(self._padded())
        self.cursor.leave()
        return found

    # references

    def reference(self) -> Reference:
        cursor = self.cursor
        found = cursor.match(DOLLAR)
        if found is None:
            cursor.fail("expected a reference")
        return self.after_dollar(found)

    def after_dollar(self, found: re.Match[str]) -> Reference:
        """The cursor stands at the first letter of the name."""
        cursor = self.cursor
        start = found.end(2)
        name = cursor.match(IDENTIFIER)
        assert name is not None
        steps = self._steps()
        if found[4]:
            cursor.need("}")
        self.saw(name[0], steps)
        return Reference(
            root=name[0],
            steps=steps,
            source=cursor.text[start : cursor.at],
            at=cursor.base + start,
            quiet=bool(found[3]),
            prefix=found[2],
            backslashes=len(found[1]),
        )

    def _steps(self) -> list[Property | Call | Index]:
        cursor = self.cursor
        steps: list[Property | Call | Index] = self._indexes()
        while cursor.match(_DOT) is not None:
            at = cursor.offset
            name = cursor.match(IDENTIFIER)
            assert name is not None
            arguments = self._call_arguments()
            steps.append(Property(name[0], at) if arguments is None else Call(name[0], arguments, at))
            steps.extend(self._indexes())
        return steps

    def _call_arguments(self) -> list[Expression] | None:
        """None where no call begins: no "(", or one that is text, as in `$name.first(or last)`."""
        cursor = self.cursor
        start = cursor.at
        if not cursor.take("("):
            return None
        cursor.space()
        if cursor.take(")"):
            return []
        if _ARGUMENT_AHEAD.match(cursor.text, cursor.at) is None:
            cursor.at = start
            return None
        return self._arguments(")")

    def _indexes(self) -> list[Property | Call | Index]:
        cursor = self.cursor
        found: list[Property | Call | Index] = []
        while cursor.peek("["):
            at = cursor.offset
            cursor.at += 1
            cursor.enter()
            argument = self._padded()
            cursor.leave()
            if not _may_index(argument):
                cursor.fail("an index is a text, an integer, a boolean or a reference")
            cursor.need("]")
            found.append(Index(argument, at))
        return found

    def _source(self, start: int) -> str:
        return self.cursor.text[start : self.cursor.at]


def _may_index(argument: Expression) -> bool:
    if isinstance(argument, Constant):
        return not isinstance(argument.value, float)
    return isinstance(argument, Reference | Interpolated)
