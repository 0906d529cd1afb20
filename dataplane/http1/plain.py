"""Heads that are plainly written, and those that were read before.

Nearly all heads are lines of `Name: value`, with one space and without a character that any reader minds. One regular
expression tells whether a head is such, and one more cuts it at the few headers that some rule is about; what lies
between passes as it is, and nobody reads it apart until a step asks for it. Whatever is written in any other way is
llhttp's. Many heads come again, byte for byte: what was read of them is kept.
"""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Final, TypeAlias, TypeVar

from dataplane.exchange import Headers
from dataplane.http1.head import HOP_BY_HOP
from dataplane.kept import Kept

T = TypeVar("T")

# Text, then a name, its value and text again, for each header that a rule is about: joined they are the lines again.
# So a name has the line feed before it and the colon behind it, a value its carriage return.
Pieces: TypeAlias = list[bytes]

# The headers that rules are about, the gateway's own and its steps': what they say, and whether they pass.
RULED: Final = HOP_BY_HOP | {
    *(b"content-length", b"content-md5", b"date", b"expect", b"host", b"max-forwards", b"proxy-authenticate"),
    *(b"server", b"via", b"www-authenticate", b"x-amzn-apigateway-api-id", b"x-amzn-requestid", b"x-amzn-trace-id"),
    *(b"x-forwarded-for", b"x-forwarded-port", b"x-forwarded-proto", b"x-http-method-override"),
}


def piece_of(name: bytes) -> bytes:
    return b"\n%b: " % name


def _any_of(names: Iterable[bytes]) -> bytes:
    """In either case. Their first letters are looked at before them: most lines begin with none of these."""
    grouped = {first: list(group) for first, group in groupby(sorted(names), key=lambda name: name[:1])}
    firsts = b"".join(first + first.upper() for first in grouped)
    each = (
        b"[%b%b](?i:%b)" % (first, first.upper(), b"|".join(re.escape(name[1:]) for name in group))
        for first, group in grouped.items()
    )
    return b"(?=[%b])(?:%b)" % (firsts, b"|".join(each))


# A head's lines with the line break before the first and the empty line behind the last. Where there is nothing but
# printable ASCII and whole line breaks, a dot is anything but the second half of a line break.
_LINES = re.compile(rb"\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++: (?! ).++(?<=[^ ]\r)\n)*+\r\n")
_FIELDS = re.compile(rb"\n([^:]++): (.+)\r")
_RULED = re.compile(rb"(\n%b: )(.+\r)" % _any_of(RULED))
_PRINTABLE: Final = bytes(range(0x20, 0x7F))
_LINE_BREAKS: Final = b"\r\n" * 256
_LARGEST: Final = 4096
_MOST_LINES: Final = 48


def plain_pieces(lines: bytes) -> Pieces | None:
    """`lines`: from the line break before the first to the empty line behind the last. None: not plainly written."""
    if _LINE_BREAKS.startswith(lines.translate(None, _PRINTABLE)) and _LINES.fullmatch(lines):
        return _RULED.split(lines)
    return None


def plain_headers(lines: bytes) -> Headers:
    """All of them, of lines that are known to be plainly written."""
    return _FIELDS.findall(lines)


def plain_length(value: bytes) -> int | None:
    """A Content-Length that every reader reads alike, of a body that may be held."""
    return int(value) if value.isdigit() and len(value) < 9 else None


class Known(Kept[bytes, T]):
    """What was read of heads that came again. Those that are larger or have more lines are read each time: what is read
    takes some hundred bytes a line."""

    __slots__ = ()

    def worth(self, said: bytes) -> bool:
        return len(said) <= _LARGEST and said.count(b"\n") <= _MOST_LINES
