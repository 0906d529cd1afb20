"""Files that are there whole or not at all."""

import contextlib
import os
from pathlib import Path
from typing import Final

SYNCED_SINGLY: Final = 32  # for more files than this, one sync of everything is quicker


class Batch:
    """Files that take their places together: written beside them, synced, renamed. Raises OSError."""

    def __init__(self) -> None:
        self._pending: dict[Path, tuple[Path, Path | None]] = {}

    def add(self, path: Path, body: bytes, previous: Path | None = None) -> None:
        """`previous` is where the file that is at `path` now will be kept."""
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_bytes(body)
        self._pending[path] = (temporary, previous)

    def where(self, path: Path) -> Path:
        """Where to read what will be at `path`."""
        return self._pending[path][0] if path in self._pending else path

    def commit(self) -> None:
        pending, self._pending = self._pending, {}
        if len(pending) > SYNCED_SINGLY:
            os.sync()
        else:
            for temporary, _ in pending.values():
                _sync(temporary)
        for path, (temporary, previous) in pending.items():
            if previous is not None:
                with contextlib.suppress(FileNotFoundError):
                    path.replace(previous)
            temporary.replace(path)
        for folder in {path.parent for path in pending}:
            _sync(folder)


def write(path: Path, body: bytes) -> None:
    batch = Batch()
    batch.add(path, body)
    batch.commit()


def clear_unfinished(folder: Path) -> None:
    """What a process that was killed while it wrote has left."""
    for path in folder.glob(".*"):
        path.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
