"""Documents on disk: `<digest>.json`, the exact bytes, verified whenever they are read."""

import time
from collections.abc import Callable, Set
from pathlib import Path
from typing import Final

from dataplane import snapshot
from dataplane.compiler import CompileError, compile_stage, do_not_rest
from dataplane.limits.clients import Clients
from dataplane.loader.files import Batch, clear_unfinished
from dataplane.plan import Stage
from dataplane.snapshot import ApiDocument, Digest, SnapshotError, StageEntry
from dataplane.steps.access_log import Lines
from dataplane.steps.cache import Caches

RECENT: Final = 2  # decoded documents at hand: stages of one API often share theirs


class DocumentMissing(SnapshotError):
    pass


class Documents:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._batch = Batch()
        self._recent: dict[Digest, ApiDocument] = {}

    def prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        clear_unfinished(self._folder)

    def read(self, digest: Digest) -> ApiDocument:
        """Raises SnapshotError, OSError."""
        if digest in self._recent:
            return self._recent[digest]
        try:
            body = self._batch.where(self._path(digest)).read_bytes()
        except FileNotFoundError:
            raise DocumentMissing(f"document {digest} is missing") from None
        document = snapshot.decode_document(body, digest)
        while len(self._recent) >= RECENT:
            del self._recent[next(iter(self._recent))]
        self._recent[digest] = document
        return document

    def has(self, digest: Digest) -> bool:
        """Not whether it is whole."""
        return self._batch.where(self._path(digest)).exists()

    def add(self, digest: Digest, body: bytes) -> None:
        self._batch.add(self._path(digest), body)

    def commit(self) -> None:
        """What was added takes its place."""
        self.let_go()
        self._batch.commit()

    def let_go(self) -> None:
        """Of decoded documents: a node holds plans, and no second copy of what they came from."""
        self._recent.clear()

    def sweep(self, keep: Set[Digest], seconds: float) -> int:
        """Remove the documents beside `keep` that are older than that. Returns how many."""
        old = [p for p in self._folder.glob("[0-9a-f]*.json") if p.stem not in keep and _age(p) > seconds]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, digest: Digest) -> Path:
        return self._folder / f"{digest}.json"


class Unfit(Exception):
    """Why a stage is not served as its entry says."""


class Unsettled(Unfit):
    """What may go well another time."""


def digests(entry: StageEntry) -> tuple[Digest, ...]:
    return (entry.digest,) if entry.canary is None else (entry.digest, entry.canary.digest)


def compile_entry(
    entry: StageEntry,
    documents: Documents,
    caches: Caches | None = None,
    access_logs: Lines | None = None,
    clients: Clients | None = None,
    rest: Callable[[], None] = do_not_rest,
) -> Stage:
    """Raises Unfit. An error of the compiler itself costs that stage's change, not the node."""
    try:
        document = documents.read(entry.digest)
        canary = None if entry.canary is None else documents.read(entry.canary.digest)
        return compile_stage(entry, document, canary, caches, access_logs, clients, rest)
    except (SnapshotError, OSError) as error:
        raise Unfit(str(error)) from error
    except CompileError as error:
        raise Unfit(f"does not compile: {error}") from error
    except Exception as error:
        raise Unfit(f"does not compile: {error!r}") from error


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
