"""Heads as bytes: how header lines are written, and which headers belong to one connection only."""

import re

from dataplane.exchange import Headers

# RFC 9110 7.6.1: they say something about a connection, not about the message.
HOP_BY_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)
LAST_CHUNK = b"0\r\n\r\n"
_PLAIN = re.compile(rb"[\x21-\x7e]+")
_ODD = re.compile(rb"[^\x21-\x7e]")
_BREAKS = bytes.maketrans(b"\r\n\0", b"   ")


def header_lines(headers: Headers) -> bytes:
    """What a mapping put into a name or value never becomes a line of its own: line breaks and NUL turn into spaces."""
    lines = b"".join([b"%b: %b\r\n" % header for header in headers])
    count = len(headers)
    if lines.count(b"\n") != count or lines.count(b"\r") != count or b"\0" in lines:
        return b"".join([b"%b: %b\r\n" % (n.translate(_BREAKS), v.translate(_BREAKS)) for n, v in headers])
    return lines


def request_target(target: bytes) -> bytes:
    """White space and control characters, which would end the target or the line, are percent-encoded."""
    return target if _PLAIN.fullmatch(target) else _ODD.sub(lambda found: b"%%%02X" % found[0][0], target)


def as_chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)
