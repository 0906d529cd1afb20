"""The last good set on disk: what a node starts from when the console is away.

documents/<digest>.json     the exact bytes (documents.py)
stages/<name>.json          the SHA-256 of the rest, a line feed, a StageEntry; the one before it: <name>.json.prev
access.json                 the same of an Access: all keys and plans
node.json                   where the set stands; written last
"""

import contextlib
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from dataplane import snapshot
from dataplane.loader.documents import digests
from dataplane.loader.files import Batch, clear_unfinished, write
from dataplane.snapshot import Access, Base, Digest, SnapshotError, StageEntry

S = TypeVar("S", bound=Base)


class Position(Base, frozen=True):
    """Where the set on disk stands. Not `complete`: a stage of it is missing or older than the console's. `access`:
    whether keys and plans were kept; None: by a version that did not know them."""

    schema_version: int
    origin: str
    generation: int
    complete: bool
    access: bool | None = None


class Store:
    """Raises OSError where the disk fails, SnapshotError where a file is not what it should be."""

    def __init__(self, folder: Path) -> None:
        self._node = folder / "node.json"
        self._access = folder / "access.json"
        self._stages = folder / "stages"
        self._spoilt: set[str] = set()

    def prepare(self) -> None:
        self._stages.mkdir(parents=True, exist_ok=True, mode=0o700)
        clear_unfinished(self._stages)

    def position(self) -> Position:
        return snapshot.decode(self._node.read_bytes(), Position)

    def keep_position(self, position: Position) -> None:
        write(self._node, snapshot.encode(position))

    def access(self) -> Access:
        return _unseal(self._access.read_bytes(), Access)

    def previous_access(self) -> Access:
        return _unseal(self._access.with_name("access.json.prev").read_bytes(), Access)

    def keep_access(self, access: Access) -> None:
        batch = Batch()
        batch.add(self._access, _seal(access), self._access.with_name("access.json.prev"))
        batch.commit()

    def files(self) -> list[str]:
        """Of each stage that was kept, the name of its file."""
        current = {path.name for path in self._stages.glob("[0-9a-f]*.json")}
        return sorted(current | {path.stem for path in self._stages.glob("[0-9a-f]*.json.prev")})

    def current(self, file: str) -> StageEntry:
        return _unseal((self._stages / file).read_bytes(), StageEntry)

    def previous(self, file: str) -> StageEntry:
        return _unseal((self._stages / f"{file}.prev").read_bytes(), StageEntry)

    def spoil(self, file: str) -> None:
        """The current one must not become the previous good one."""
        self._spoilt.add(file)

    def keep(self, entries: Iterable[StageEntry]) -> None:
        batch = Batch()
        for entry in entries:
            path = self._stages / file_name(entry.api_id, entry.stage_name)
            previous = None if path.name in self._spoilt else path.with_name(f"{path.name}.prev")
            batch.add(path, _seal(entry), previous)
        batch.commit()
        self._spoilt -= {file_name(entry.api_id, entry.stage_name) for entry in entries}

    def forget(self, names: Iterable[tuple[str, str]]) -> None:
        for name in names:
            path = self._stages / file_name(*name)
            path.with_name(f"{path.name}.prev").unlink(missing_ok=True)  # first, or a crash here would revive it
            path.unlink(missing_ok=True)

    def previous_digests(self) -> set[Digest]:
        found: set[Digest] = set()
        for file in self.files():
            with contextlib.suppress(OSError, SnapshotError):
                found.update(digests(self.previous(file)))
        return found


def file_name(api_id: str, stage_name: str) -> str:
    return sha256(f"{api_id}/{stage_name}".encode()).hexdigest() + ".json"


def _seal(kept: Base) -> bytes:
    body = snapshot.encode(kept)
    return snapshot.digest(body).encode() + b"\n" + body


def _unseal(content: bytes, kind: type[S]) -> S:
    expected, _, body = content.partition(b"\n")
    found = snapshot.digest(body)
    if found.encode() != expected:
        raise SnapshotError(f"corrupt: its SHA-256 is {found}, not {expected[:64].decode('ascii', 'replace')}")
    return snapshot.decode(body, kind)
