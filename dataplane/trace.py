"""Request ids and the X-Ray trace header. Source: X-Ray developer guide, "Tracing header"; behaviours 17, 104."""

import random
from binascii import b2a_base64

_bits = random.SystemRandom().getrandbits
# Ids need to be unique, not secret: one seed from the system, then the fast generator.
_draw = random.Random(_bits(256)).getrandbits  # noqa: S311


def _beginning() -> str:
    h = _draw(60).to_bytes(8, "big").hex()
    return f"{h[1:9]}-{h[9:13]}-4{h[13:]}-a"


_begun = _beginning()


def request_id() -> str:
    """A version 4 UUID. Its first half is this process's, its other half, 60 random bits, this request's."""
    h = _draw(60).to_bytes(8, "big").hex()
    return f"{_begun}{h[1:4]}-{h[4:]}"


def extended_request_id(request_id: str) -> str:
    """The `x-amz-apigw-id` of a request: sixteen characters of base 64, made from its request id."""
    return _extended(request_id.encode()).decode()


def identity_lines(request_id: str) -> bytes:
    """The header lines that every answer has, whoever gives it."""
    plain = request_id.encode()
    return b"x-amzn-RequestId: %b\r\nx-amz-apigw-id: %b\r\n" % (plain, _extended(plain))


def _extended(request_id: bytes) -> bytes:
    return b2a_base64(request_id[-11:], newline=False)


def trace_id(client_value: str, epoch: float) -> str:
    """The `X-Amzn-Trace-Id` for a backend: the client's root, parent and sampling decision where it sent them."""
    if not client_value:
        return f"Root={_root(epoch)}"
    fields = dict(part.strip().partition("=")[::2] for part in client_value.split(";"))
    root = fields.get("Root") or _root(epoch)
    parent = fields.get("Parent") or f"{_draw(64):016x}"
    sampled = fields.get("Sampled") or ("1" if "Parent" in fields else "0")
    return f"Root={root};Parent={parent};Sampled={sampled}"


def _root(epoch: float) -> str:
    return f"1-{int(epoch):08x}-{_draw(96).to_bytes(12, 'big').hex()}"
