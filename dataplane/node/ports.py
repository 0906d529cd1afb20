"""Sockets on the node's ports."""

import errno
import socket
from typing import Any

BACKLOG = 1024


class PortTaken(Exception):
    """One sentence that says what to do."""


def probe(host: str, port: int, variable: str) -> int:
    """The port, or a free one for 0. Workers share theirs, so a second node would silently share it too: this asks
    for it alone. Raises PortTaken."""
    with _bound(host, port, variable) as sock:
        return int(sock.getsockname()[1])


def listen(host: str, port: int, variable: str) -> socket.socket:
    """A port of the node's own. Raises PortTaken."""
    sock = _bound(host, port, variable)
    sock.listen(BACKLOG)
    return sock


def bind_shared(host: str, port: int) -> socket.socket:
    """One of several sockets on a port; once they listen, the kernel spreads connections over them. Raises OSError."""
    sock, address = _socket(host, port)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    sock.bind(address)
    sock.setblocking(False)
    return sock


def _bound(host: str, port: int, variable: str) -> socket.socket:
    sock, address = _socket(host, port)
    try:
        sock.bind(address)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"port {port} on {host} is taken: stop what uses it or set {variable}") from error
        raise PortTaken(f"port {port} on {host} cannot be used: {error.strerror}: set {variable}") from error
    sock.setblocking(False)
    return sock


def _socket(host: str, port: int) -> tuple[socket.socket, Any]:
    """Not yet bound, and the address to bind it to."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    sock = socket.socket(family, kind, protocol)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return sock, address
