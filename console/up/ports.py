"""Whether the ports that the house needs are free."""

import errno
import socket
from collections.abc import Mapping

from console.up.refusal import Refusal

HOST = "127.0.0.1"


def refuse_taken(ports: Mapping[str, tuple[str, int]]) -> None:
    """`ports`: what needs it -> (the variable that moves it, the port). Raises Refusal for the first that is taken."""
    seen: dict[int, str] = {}
    for what, (variable, port) in ports.items():
        if port in seen:
            raise Refusal(f"{what} and {seen[port]} are both to use port {port}: set {variable} to another one")
        seen[port] = what
        refusal = _refused(port)
        if refusal:
            raise Refusal(f"{what} cannot use port {port} ({refusal}): free it, or set {variable} to another one")


def _refused(port: int) -> str:
    with socket.socket() as probe:
        # As the servers do: an address in TIME_WAIT is free, one that is listened on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return {errno.EADDRINUSE: "it is taken", errno.EACCES: "it is not allowed to this user"}.get(
                error.errno or 0, str(error.strerror)
            )
    return ""
