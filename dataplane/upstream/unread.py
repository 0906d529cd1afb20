"""What a backend said before it closed.

A write that fails ends the transport, at once and whatever may still be read: a 413 to a body that the backend did not
want, from which the kernel's reset follows. Linux keeps what came before a reset.
"""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from typing import Final

_PIECE: Final = 64 * 1024


def unread(transport: asyncio.Transport) -> Iterator[bytes]:
    """To be asked for while `connection_lost` is told, when the socket is open still. Over TLS there is nothing: what
    is in the socket would be for the TLS that has ended too."""
    sock = transport.get_extra_info("socket")
    if sock is None or transport.get_extra_info("ssl_object") is not None:
        return
    with contextlib.suppress(OSError):
        while data := os.read(sock.fileno(), _PIECE):
            yield data
