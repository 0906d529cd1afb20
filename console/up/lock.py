"""One `up` per home."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.up.refusal import Refusal


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """The lock goes with the process that holds it, however it ends. Raises Refusal where another holds it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise Refusal(
                f"it already runs in {home} (pid {file.read().strip() or 'unknown'}): stop that one with Ctrl-C, or "
                "set STAGEDOOR_HOME and the ports for a second house"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
