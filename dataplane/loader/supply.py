"""The console's documents, brought to this node's disk."""

from collections.abc import Sequence

from dataplane import snapshot
from dataplane.loader.console import Console
from dataplane.loader.documents import Documents, Unsettled
from dataplane.snapshot import DOCUMENTS_AT_ONCE, Digest, SnapshotError


class Supply:
    """Raises ConsoleAway, ConsoleRefused, OSError."""

    def __init__(self, console: Console, documents: Documents) -> None:
        self._console = console
        self._documents = documents

    def stock(self, digests: Sequence[Digest]) -> None:
        """Many, one request after another with as many in each as the console sends. What did not come that way, or
        came corrupt, is asked for alone when its stage is tried: so it costs that stage."""
        wanted = [digest for digest in dict.fromkeys(digests) if not self._documents.has(digest)]
        while len(wanted) > 1:
            asked, wanted = wanted[:DOCUMENTS_AT_ONCE], wanted[DOCUMENTS_AT_ONCE:]
            came = self._console.parcel(asked)
            for digest, body in came.items():
                if snapshot.digest(body) == digest:
                    self._documents.add(digest, body)
            if not came.keys().isdisjoint(asked):
                wanted[:0] = [digest for digest in asked if digest not in came]

    def obtain(self, digest: Digest) -> None:
        """Unless it is here, and whole. Raises Unsettled."""
        try:
            self._documents.read(digest)
            return
        except (SnapshotError, OSError):
            body = self._console.document(digest)
        if body is None:
            raise Unsettled(f"the console does not have document {digest}")
        found = snapshot.digest(body)
        if found != digest:
            raise Unsettled(f"document {digest} came corrupt: its SHA-256 is {found}")
        self._documents.add(digest, body)
