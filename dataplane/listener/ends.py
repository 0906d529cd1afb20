"""The two ends of a connection, as its socket names them."""


def ip_of(peer: object) -> str:
    return str(peer[0]) if isinstance(peer, tuple) else ""


def port_of(name: object) -> int:
    return int(name[1]) if isinstance(name, tuple) else 0
