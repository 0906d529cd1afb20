"""Several documents in one answer: what a node that begins needs would else be a request each."""

from collections.abc import Iterable
from typing import Final

from dataplane.snapshot.values import Base, Digest

DOCUMENTS_AT_ONCE: Final = 256  # that a node asks for


class Wanted(Base, frozen=True):
    """The answer is a parcel of those that the console has, or of as many of them as it sends at once."""

    digests: tuple[Digest, ...]


def pack(documents: Iterable[tuple[Digest, bytes]]) -> bytes:
    """Of each its digest, a space, its length, a line feed, and the exact bytes."""
    return b"".join(part for digest, body in documents for part in (b"%b %d\n" % (digest.encode(), len(body)), body))


def unpack(parcel: bytes) -> dict[Digest, bytes]:
    """As far as it can be read. Nothing is verified: one that came corrupt is to cost no other."""
    found: dict[Digest, bytes] = {}
    start = 0
    while (end := parcel.find(b"\n", start)) >= 0:
        digest, _, length = parcel[start:end].partition(b" ")
        start = end + 1
        if not length.isdigit() or start + int(length) > len(parcel):
            break
        found[digest.decode("latin-1")] = parcel[start : start + int(length)]
        start += int(length)
    return found
