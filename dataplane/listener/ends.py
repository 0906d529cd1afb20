"""The two ends of a client's connection: as its socket names them, and how this one is closed."""

import asyncio


def ip_of(peer: object) -> str:
    return str(peer[0]) if isinstance(peer, tuple) else ""


def port_of(name: object) -> int:
    return int(name[1]) if isinstance(name, tuple) else 0


def half_close(transport: asyncio.Transport) -> None:
    """Nothing more is written; what comes is read."""
    try:
        transport.write_eof()
    except OSError:  # asyncio's own loop raises it here where the client has reset; who calls may be a backend's
        transport.abort()
    else:
        transport.resume_reading()
