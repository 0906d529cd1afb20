"""Which headers pass, which are dropped and which are renamed, as data.

Source: developer guide, "Important notes" (REST APIs); behaviours 9, 12, 56-59, 85, 86. Where this differs from AWS,
and why, is in docs/execution.md.
"""

import re
from typing import Final

from dataplane.exchange import Headers

_NO_TOKEN = re.compile(r"[^!#$%&'*+\-.^_`|~0-9A-Za-z]+")

HOP_BY_HOP: Final = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)

# Of the client's headers: invisible to everything behind the door.
DROPPED_AT_ENTRY: Final = HOP_BY_HOP | {
    b"content-length",
    b"content-md5",
    b"expect",
    b"max-forwards",
    b"proxy-authenticate",
    b"server",
    b"www-authenticate",
}

# Of the client's headers, in a proxied request: dropped, or written anew from what this gateway knows.
NOT_PROXIED: Final = DROPPED_AT_ENTRY | {
    b"host",
    b"via",
    b"x-http-method-override",
    b"x-amzn-apigateway-api-id",
    b"x-amzn-trace-id",
    b"x-forwarded-for",
    b"x-forwarded-port",
    b"x-forwarded-proto",
}

# Of a backend's headers.
DROPPED_FROM_ANSWER: Final = HOP_BY_HOP | {b"via"}

# An answer's headers that mean this gateway's own connection or reply: passed under another name.
REMAPPED: Final = {
    b"content-length": b"x-amzn-Remapped-Content-Length",
    b"date": b"x-amzn-Remapped-Date",
    b"server": b"x-amzn-Remapped-Server",
    b"x-amzn-requestid": b"x-amzn-Remapped-x-amzn-RequestId",
}

_REMAPPED_WHEN_MAPPED = (
    *("Authorization", "Connection", "Content-MD5", "Expect", "Host", "Max-Forwards", "Proxy-Authenticate"),
    *("Trailer", "Upgrade", "User-Agent", "WWW-Authenticate"),
)
# The same of headers that a mapping of a response makes (behaviours 85).
REMAPPED_WHEN_MAPPED: Final = REMAPPED | {
    name.lower().encode(): f"x-amzn-Remapped-{name}".encode() for name in _REMAPPED_WHEN_MAPPED
}
DROPPED_WHEN_MAPPED: Final = frozenset((b"transfer-encoding",))

# By integration type: a mapping that names one of these for a backend is a configuration error at run time.
_NEVER_MAPPED = frozenset(("content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id"))
_SIGNED_OR_FRAMED = frozenset(("authorization", "connection", "expect", "proxy-authenticate", "te"))
FORBIDDEN_TO_MAP: Final = {
    "HTTP": _NEVER_MAPPED,
    "HTTP_PROXY": _NEVER_MAPPED,
    "AWS": _NEVER_MAPPED | _SIGNED_OR_FRAMED,
    "AWS_PROXY": _NEVER_MAPPED | _SIGNED_OR_FRAMED,
}
# Of what is mapped for a backend: about the connection, which is this gateway's.
NOT_SENT: Final = HOP_BY_HOP | {b"expect"}


def replaced(headers: Headers, new: list[tuple[str, str]]) -> Headers:
    """`new` in the place of those of the same names, whatever their case."""
    if not new:
        return headers
    made = [header(name, value) for name, value in new]
    names = {name.lower() for name, _ in made}
    return [each for each in headers if each[0].lower() not in names] + made


def header(name: str, value: str) -> tuple[bytes, bytes]:
    return token(name).encode(), _line(value)


def token(name: str) -> str:
    """A name as it can be sent: whatever a template made of it, it is no other header (RFC 9110 5.6.2)."""
    return _NO_TOKEN.sub("", name)


def _line(value: str) -> bytes:
    """One line whatever a template made of it: a line break would be another header."""
    return value.replace("\r", " ").replace("\n", " ").encode()
