"""Ports for who binds them later: another process, some seconds from here."""

import itertools
import os
import random
import socket
from contextlib import ExitStack

# A port that the system gives to whoever asks for any may be somebody else's by then. These are below those that Linux
# (from 32768 on) and others (from 49152 on) give; each worker of a run of tests has a thousand of its own.
_FIRST = 20_000 + 1_000 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 12)
_OFFSET = random.randrange(1_000)  # another run may be under way
_NUMBERS = itertools.cycle(_FIRST + (_OFFSET + number) % 1_000 for number in range(1_000))


def free_ports(count: int) -> list[int]:
    """All different."""
    ports: list[int] = []
    with ExitStack() as held:
        for port in _NUMBERS:
            try:
                held.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            ports.append(port)
            if len(ports) == count:
                break
    return ports


def free_port() -> int:
    return free_ports(1)[0]
