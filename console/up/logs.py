"""A child's log: a file it writes to itself, of which the terminal is shown what matters."""

import re
from pathlib import Path
from typing import IO

ROTATE_BYTES = 8 * 1024 * 1024


def log_path(home: Path, name: str) -> Path:
    return home / "logs" / f"{name}.log"


class Log:
    """Read from where this start began. The child holds the file, not a pipe: it writes on when `up` is gone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists() and path.stat().st_size > ROTATE_BYTES:
            path.replace(path.with_name(f"{path.name}.1"))
        self._read = path.stat().st_size if path.exists() else 0
        self._rest = b""

    def open(self) -> IO[bytes]:
        return self.path.open("ab")

    def new_lines(self) -> list[str]:
        """Whole lines that came since the last call."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._read)
                fresh = file.read()
        except FileNotFoundError:
            return []
        self._read += len(fresh)
        *lines, self._rest = (self._rest + fresh).split(b"\n")
        return [line.decode(errors="replace").rstrip() for line in lines]

    def last_line(self) -> str:
        try:
            lines = self.path.read_bytes()[-4096:].decode(errors="replace").split("\n")
        except FileNotFoundError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


# Python's logging, Celery's, granian's and the dataplane's lines carry the level as a word.
TROUBLE = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b|^Traceback")
# Where a request of somebody else's, not found, is a WARNING.
ERRORS = re.compile(r"\b(ERROR|CRITICAL)\b|^Traceback")
