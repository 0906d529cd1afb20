"""Heads that are plainly written, and those that were read before.

Nearly all heads are lines of `Name: value`, with one space and without a character that any reader minds: two regular
expressions read them in a third of the time that a parser takes to call back for each line. Whatever is written in any
other way is llhttp's. Many heads come again, byte for byte: what was read of them is kept.
"""

import re
from typing import Final, Generic, TypeVar

from dataplane.exchange import Headers

T = TypeVar("T")

_NAME = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_VALUE = rb"[!-~](?:[ -~]*[!-~])?"
_LINES = re.compile(rb"(?:%b: %b\r\n)*\r\n" % (_NAME, _VALUE))
_FIELDS = re.compile(rb"(%b): ([ -~]+)\r\n" % _NAME)  # of lines that are known to be such
_MOST: Final = 512
_MOST_SEEN: Final = 4096
# Heads that are larger or have more lines are read each time: what is read takes some hundred bytes a line.
_LARGEST: Final = 4096
_MOST_LINES: Final = 48


def plain_headers(head: bytes, begin: int = 0) -> Headers | None:
    """The headers from `begin` to the empty line that ends `head`; None: not all are plainly written."""
    return None if _LINES.fullmatch(head, begin) is None else _FIELDS.findall(head, begin)


def plain_length(value: bytes) -> int | None:
    """A Content-Length that every reader reads alike, of a body that may be held."""
    return int(value) if value.isdigit() and len(value) < 9 else None


class Known(Generic[T]):
    """What was read of some bytes, from the second time they came: most of what comes once never comes again. When
    there is no more room all of it goes, and what comes again is soon back; to choose the oldest would cost more."""

    __slots__ = ("_kept", "_seen", "get")

    def __init__(self) -> None:
        self._kept: dict[bytes, T] = {}
        self._seen: set[int] = set()
        self.get = self._kept.get

    def keep(self, said: bytes, meaning: T) -> None:
        number = hash(said)
        if number not in self._seen:
            if len(self._seen) >= _MOST_SEEN:
                self._seen.clear()
            self._seen.add(number)
        elif len(said) <= _LARGEST and said.count(b"\n") <= _MOST_LINES:
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[said] = meaning
