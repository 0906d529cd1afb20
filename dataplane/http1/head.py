"""Heads as bytes: how header lines are written, and which headers belong to one connection only."""

import re

from dataplane.exchange import Headers

# RFC 9110 7.6.1: they say something about a connection, not about the message.
HOP_BY_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)
_NAMES_NOTHING = frozenset((b"keep-alive", b"close"))
LAST_CHUNK = b"0\r\n\r\n"
_PLAIN = re.compile(rb"[\x21-\x7e]+")
_ODD = re.compile(rb"[^\x21-\x7e]")
_BREAKS = bytes.maketrans(b"\r\n\0", b"   ")


def header_lines(headers: Headers) -> bytes:
    """What a mapping put into a name or value never becomes a line of its own: line breaks and NUL turn into spaces."""
    lines = b"\r\n".join([*map(b": ".join, headers), b""])
    if len(lines) - len(lines.translate(None, b"\r\n\0")) != 2 * len(headers):
        return header_lines([(name.translate(_BREAKS), value.translate(_BREAKS)) for name, value in headers])
    return lines


def request_target(target: bytes) -> bytes:
    """White space and control characters, which would end the target or the line, are percent-encoded."""
    return target if _PLAIN.fullmatch(target) else _ODD.sub(lambda found: b"%%%02X" % found[0][0], target)


def without_named(headers: Headers, connection: bytes, but: frozenset[bytes] = frozenset()) -> Headers:
    """Without those that the message's own Connection header names; `but`: lower case, stay all the same."""
    connection = connection.lower()
    if connection in _NAMES_NOTHING:
        return headers
    named = {token.strip() for token in connection.split(b",")} - but
    return [header for header in headers if header[0].lower() not in named]


def as_chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)
