"""Heads of answers that are plainly written, and those that came before: nearly every one. The others are llhttp's."""

import re
from functools import lru_cache

from dataplane.http1.fields import AnswerHead
from dataplane.http1.head import HOP_BY_HOP
from dataplane.http1.plain import Known, piece_of, plain_length, plain_pieces

_CONNECTION, _LENGTH = map(piece_of, (b"connection", b"content-length"))
_OF_CONNECTION = frozenset(map(piece_of, HOP_BY_HOP - {b"keep-alive", b"connection"}))
# Neither interim nor without a body.
_PLAIN_STATUS = re.compile(rb"HTTP/1\.1 (20[0-35-9]|2[1-9][0-9]|30[0-35-9]|3[1-9][0-9]|[45][0-9][0-9])(?: [ -~]*)?")
known: Known[AnswerHead] = Known()


@lru_cache(maxsize=256)
def _length_and_connection(names: tuple[bytes, ...]) -> tuple[int, int] | None:
    """Where their values stand in pieces, 0 where there is none; None: other headers say how the answer is framed."""
    lower = [name.lower() for name in names]
    if lower.count(_LENGTH) != 1 or lower.count(_CONNECTION) > 1 or not _OF_CONNECTION.isdisjoint(lower):
        return None
    return 3 * lower.index(_LENGTH) + 2, 3 * lower.index(_CONNECTION) + 2 if _CONNECTION in lower else 0


def plain_head(head: bytes) -> AnswerHead | None:
    """None: for llhttp to read, or to refuse."""
    line = _PLAIN_STATUS.match(head)
    if line is None or (pieces := plain_pieces(lines := head[line.end() :])) is None:
        return None
    places = _length_and_connection(tuple(pieces[1::3]))
    if places is None:
        return None
    declared, connection = places
    length = plain_length(pieces[declared][:-1])
    if length is None or (connection and pieces[connection].lower() != b"keep-alive\r"):
        return None
    read = AnswerHead(int(line[1]), None, lines, pieces, length)
    known.keep(head, read)
    return read
