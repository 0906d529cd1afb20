"""A listening socket that is about to close: who has begun to connect still comes in, nobody else does.

When it closes, the kernel resets whoever waits at it, and under load there is always somebody. So all who wait are
accepted just before; and where one may, first the packets that begin a connection are dropped (as by
`iptables --syn -j DROP`, with a filter of one's own socket): who sent one sends it again after a second, and finds
another node, or nobody.
"""

import contextlib
import ctypes
import socket
import struct
import sys
from collections.abc import Iterator
from typing import Final

_SO_ATTACH_FILTER: Final = 26  # asm-generic/socket.h
# linux/filter.h: load the flags of the TCP header; SYN without ACK: of this packet nothing is kept; else all of it.
_PROGRAM: Final = (
    (0x30, 0, 0, 13),
    (0x54, 0, 0, 0x12),
    (0x15, 0, 1, 0x02),
    (0x06, 0, 0, 0),
    (0x06, 0, 0, 0xFFFFFFFF),
)


def let_nobody_begin(listening: socket.socket) -> bool:
    """Whether the kernel does it: Linux's does, some (seen: a 6.18) for those with CAP_NET_ADMIN alone. Where it does
    not, who is connecting at that very moment is reset."""
    if sys.platform != "linux":
        return False
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in _PROGRAM))
    filtering = struct.pack("HP", len(_PROGRAM), ctypes.addressof(program))
    try:
        listening.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, filtering)
    except OSError:
        return False
    return True


def waiting_at(listening: socket.socket) -> Iterator[socket.socket]:
    """Who waits there now: to be asked for just before it closes, where others may still have come."""
    with contextlib.suppress(OSError):
        while True:
            accepted, _ = listening.accept()
            accepted.setblocking(False)
            yield accepted
