"""What the header lines of a message say, and what steps have made of them.

Shared by all messages whose lines are the same bytes, so not to be changed. Either their `headers` are known, or they
are `lines` that are plainly written, with their `pieces`: then they are read apart when a step asks.
"""

from msgspec import Struct

from dataplane.exchange import Headers
from dataplane.http1.head import HOP_BY_HOP
from dataplane.http1.plain import Pieces, plain_headers


class Fields(Struct, eq=False):
    """A request's, whatever its request line."""

    known: Headers | None = None
    lines: bytes = b""
    pieces: Pieces | None = None
    authority: str = ""  # these three: of lines that are plainly written
    keep_alive: bool = True
    length: int = 0  # of the body
    passing: tuple[bytes, str] | None = None  # what a proxied request passes on, once a step has found it out
    preferences: tuple[bytes, bytes] | None = None  # its Content-Type and its Accept, likewise

    @property
    def headers(self) -> Headers:
        if self.known is None:
            self.known = plain_headers(self.lines)
        return self.known


class AnswerHead(Struct, eq=False):
    """An answer's, with its status."""

    status: int
    known: Headers | None = None
    lines: bytes = b""
    pieces: Pieces | None = None
    length: int = 0  # of the body, of lines that are plainly written
    proxied: bytes | None = None  # its lines as a client gets them, once one has

    @property
    def headers(self) -> Headers:
        """Without those of the connection."""
        if self.known is None:
            self.known = [header for header in plain_headers(self.lines) if header[0].lower() not in HOP_BY_HOP]
        return self.known
