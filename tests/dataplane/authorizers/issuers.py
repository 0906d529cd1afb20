"""Issuers of tokens on loopback, with real keys."""

import base64
import json
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

from tests.dataplane.execution import Message, answer

_HASHES = {"256": SHA256(), "384": SHA384(), "512": SHA512()}
_CURVES = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}
POOL = "us-east-1_abc"
ARN = f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{POOL}"


@cache
def rsa_key(name: str, bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(algorithm: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(_CURVES[algorithm])


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int, length: int = 0) -> str:
    return encoded(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


def rsa_jwk(kid: str, name: str = "first", *, bits: int = 2048, **members: str) -> dict[str, str]:
    numbers = rsa_key(name, bits).public_key().public_numbers()
    return {"kty": "RSA", "kid": kid, "use": "sig", "n": _number(numbers.n), "e": _number(numbers.e), **members}


def ec_jwk(kid: str, algorithm: str, **members: str) -> dict[str, str]:
    numbers = ec_key(algorithm).public_key().public_numbers()
    size = (numbers.curve.key_size + 7) // 8
    curve = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}[algorithm]
    return {
        "kty": "EC",
        "kid": kid,
        "crv": curve,
        "x": _number(numbers.x, size),
        "y": _number(numbers.y, size),
        **members,
    }


def signature(algorithm: str, signed: bytes, name: str = "first") -> bytes:
    digest = _HASHES[algorithm[2:]]
    if algorithm.startswith("RS"):
        return rsa_key(name, 2048).sign(signed, padding.PKCS1v15(), digest)
    key = ec_key(algorithm)
    size = (key.key_size + 7) // 8
    r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(digest)))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def token(claims: Any, *, kid: str = "one", algorithm: str = "RS256", key: str = "first", **header: Any) -> str:
    parts = [{"alg": algorithm, "kid": kid, **header}, claims]
    signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{encoded(signature(algorithm, signed.encode(), key))}"


def claims(issuer: str, **members: Any) -> dict[str, Any]:
    """For an hour from now; a member that is None is left out."""
    now = int(time.time())
    found = {"iss": issuer, "sub": "ada", "aud": "app", "iat": now, "exp": now + 3600, **members}
    return {name: value for name, value in found.items() if value is not None}


@dataclass
class Issuer:
    """A backend's script: discovery and keys, at the root and below a user pool."""

    keys: list[dict[str, str]] = field(default_factory=lambda: [rsa_jwk("one")])
    url: str = ""
    named: str = ""  # what the discovery document says; empty: the truth
    broken: bool = False
    reply: "bytes | Awaitable[bytes] | None" = None

    def __call__(self, message: Message) -> "bytes | Awaitable[bytes]":
        if self.broken:
            return answer(500)
        if self.reply is not None:
            return self.reply
        path = message.start.split(" ")[1]
        if path.endswith("/.well-known/openid-configuration"):
            said = {"issuer": self.named or self.url, "jwks_uri": f"{self.url}/keys", "more": [1]}
            return answer(body=json.dumps(said).encode())
        return answer(body=json.dumps({"keys": self.keys}).encode())
