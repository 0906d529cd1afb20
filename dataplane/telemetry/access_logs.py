"""Lines of access logs on their way to files: one file per log group, written off the path of requests.

All workers of a node append to the same files, whole lines at a time; whichever finds a file full puts it aside. A
request only ever adds a line to a list: where the disk does not keep up, lines are dropped and counted.
"""

import asyncio
import contextlib
import fcntl
import logging
import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

log = logging.getLogger(__name__)

FLUSH_SECONDS: Final = 0.5
FLUSH_BYTES: Final = 256 * 1024  # waiting: written at once
CLOSE_SECONDS: Final = 5.0
MAX_WAITING: Final = 8 * 1024 * 1024  # bytes, about, of one worker


class AccessLogs:
    """Of one worker. `folder`: of the node; `file_bytes`: then a file is put aside; `files`: kept of each group."""

    def __init__(self, folder: Path, *, file_bytes: int, files: int) -> None:
        self._files = Files(folder, file_bytes=file_bytes, files=files)
        self._lines: dict[str, list[str]] = {}  # by group
        self._waiting = 0
        self._due = asyncio.Event()
        self._closing = False
        self._ended = asyncio.Event()
        self._complaint = ""
        self.written = 0
        self.dropped = 0

    def add(self, group: str, line: str) -> None:
        if self._waiting > MAX_WAITING:
            self.dropped += 1
            return
        lines = self._lines.get(group)
        if lines is None:
            lines = self._lines[group] = []
        lines.append(line)
        self._waiting += len(line)
        if self._waiting > FLUSH_BYTES:
            self._due.set()

    async def run(self) -> None:
        """Until `close`."""
        while not self._closing:
            timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self._due.set)
            await self._due.wait()
            timer.cancel()
            self._due.clear()
            await self.flush()
        await self.flush()  # what came while the last was written
        self._ended.set()

    async def close(self) -> None:
        """When no more lines come: those that wait are written. A disk that hangs does not keep the worker for ever."""
        self._closing = True
        self._due.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._ended.wait()

    async def flush(self) -> None:
        """All that waits. What is being written counts as waiting, so that a slow disk bounds it too."""
        lines, self._lines = self._lines, {}
        waiting, count = self._waiting, sum(map(len, lines.values()))
        if count:
            written = await asyncio.to_thread(self._write, lines)
            self.written += written
            self.dropped += count - written
        self._waiting -= waiting

    def _write(self, lines: dict[str, list[str]]) -> int:
        """How many lines are in their files."""
        written = 0
        for group, of_group in lines.items():
            try:
                self._files.append(group, "".join(f"{line}\n" for line in of_group).encode("utf-8", "replace"))
            except OSError as error:
                self._complain(str(error))
            else:
                written += len(of_group)
        return written

    def _complain(self, reason: str) -> None:
        if reason != self._complaint:
            self._complaint = reason
            log.error("access logs cannot be written, their lines are dropped: %s", reason)


class Files:
    def __init__(self, folder: Path, *, file_bytes: int, files: int) -> None:
        self._folder = folder
        self._file_bytes = file_bytes
        self._files = files

    def path(self, group: str) -> Path:
        """A slash parts folders, as it does in CloudWatch's own names. No name leads out of the folder."""
        parts = [quote(part, safe=" @+=").replace("..", "%2E%2E") for part in group.split("/")]
        parts = [part for part in parts if part not in ("", ".")] or ["_"]
        return self._folder.joinpath(*parts[:-1], f"{parts[-1]}.log")

    def append(self, group: str, data: bytes) -> None:
        """Raises OSError."""
        path = self.path(group)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            while data:
                data = data[os.write(file, data) :]
            full = os.fstat(file).st_size >= self._file_bytes
        finally:
            os.close(file)
        if full:
            self._put_aside(path)

    def _put_aside(self, path: Path) -> None:
        """`x.log` becomes `x.log.1`, that one `x.log.2`, and so on; the last one goes. One worker at a time."""
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if not path.exists() or path.stat().st_size < self._file_bytes:  # another worker was first
                return
            for number in range(self._files - 2, 0, -1):
                older = path.with_name(f"{path.name}.{number}")
                if older.exists():
                    older.replace(path.with_name(f"{path.name}.{number + 1}"))
            if self._files > 1:
                path.replace(path.with_name(f"{path.name}.1"))
            else:
                path.unlink()
        finally:
            os.close(folder)
