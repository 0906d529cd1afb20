"""A position in a template's source."""

import re
from typing import NoReturn

from dataplane.mapping.vtl.errors import TemplateError, line_and_column

# Both bound what the compiled code may nest: Python's own compiler has limits there.
MAX_NESTING = 40

SPACE = re.compile(r"[ \t\n\r]*")


class Cursor:
    """`whole` and `base` place the text in the template that it was taken from (a quoted text has its own cursor)."""

    def __init__(self, text: str, whole: str, base: int, depth: int) -> None:
        self.text = text
        self.whole = whole
        self.base = base
        self.at = 0
        self.depth = depth

    @property
    def offset(self) -> int:
        return self.base + self.at

    def fail(self, message: str, at: int | None = None) -> NoReturn:
        offset = self.offset if at is None else self.base + at
        raise TemplateError(message, *line_and_column(self.whole, min(offset, len(self.whole))))

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def peek(self, piece: str) -> bool:
        return self.text.startswith(piece, self.at)

    def take(self, piece: str) -> bool:
        found = self.text.startswith(piece, self.at)
        if found:
            self.at += len(piece)
        return found

    def need(self, piece: str) -> None:
        if not self.take(piece):
            found = repr(self.text[self.at : self.at + 12]) if self.at < len(self.text) else "the end of the template"
            self.fail(f"expected {piece!r} but found {found}")

    def space(self) -> None:
        self.match(SPACE)

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            self.fail(f"nested more than {MAX_NESTING} levels deep")

    def leave(self) -> None:
        self.depth -= 1
