"""JSON Web Keys, and the signatures that they prove. Source: RFC 7515 (JWS), 7517 (JWK), 7518 (algorithms).

Symmetric keys are not read: who can check such a signature can make one.
"""

import base64
import re
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any, Final, TypeAlias

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from dataplane.mapping import jsontext

_Verify: TypeAlias = Callable[[bytes, bytes], bool]  # what was signed, the signature

MAX_PROVED: Final = 10_000  # of one key
_LEAST_BITS: Final = 2048  # RFC 7518 3.3
_HASHES: Final[dict[str, HashAlgorithm]] = {"256": SHA256(), "384": SHA384(), "512": SHA512()}
_CURVES: Final[dict[str, tuple[str, ec.EllipticCurve]]] = {
    "P-256": ("ES256", ec.SECP256R1()),
    "P-384": ("ES384", ec.SECP384R1()),
    "P-521": ("ES512", ec.SECP521R1()),
}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


class KeysError(ValueError):
    """What is no set of keys."""


class Key:
    """A public key, by the algorithms that it may be used with. Clients send one token many times: what a key has
    proved it need not prove again, for as long as the key itself is there."""

    __slots__ = ("_proved", "_verifiers")

    def __init__(self, verifiers: dict[str, _Verify]) -> None:
        self._verifiers = verifiers
        self._proved: set[bytes] = set()  # digests, so that no token stays in memory

    def verifies(self, algorithm: str, signed: bytes, signature: bytes) -> bool:
        verify = self._verifiers.get(algorithm)
        if verify is None:
            return False
        proof = blake2b(b"%b.%b.%b" % (algorithm.encode(), signature, signed), digest_size=32).digest()
        if proof in self._proved:
            return True
        if not verify(signed, signature):
            return False
        if len(self._proved) >= MAX_PROVED:
            self._proved.clear()
        self._proved.add(proof)
        return True


def read_keys(body: bytes) -> dict[str, Key]:
    """A JWK set by `kid`. Keys of other uses and kinds, and those without a name, are left out. Raises KeysError."""
    try:
        listed = msgspec.json.decode(body, type=dict[str, Any]).get("keys")
    except jsontext.NOT_DECODED as error:
        raise KeysError(f"not a JSON Web Key set: {error}") from error
    if not isinstance(listed, list):
        raise KeysError("not a JSON Web Key set: it has no keys")
    found = {jwk["kid"]: _key(jwk) for jwk in listed if isinstance(jwk, Mapping) and isinstance(jwk.get("kid"), str)}
    return {kid: key for kid, key in found.items() if key is not None}


def decode(text: str) -> bytes:
    """Base 64 of URLs, without padding. Raises ValueError."""
    if not _BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _key(jwk: Mapping[str, Any]) -> Key | None:
    if jwk.get("use", "sig") != "sig":
        return None
    try:
        found = _KINDS.get(str(jwk.get("kty")), _other)(jwk)
    except (KeyError, TypeError, ValueError):
        return None
    own = jwk.get("alg")
    return Key({name: verify for name, verify in found.items() if own in (None, name)}) if found else None


def _other(jwk: Mapping[str, Any]) -> dict[str, _Verify]:
    return {}


def _rsa(jwk: Mapping[str, Any]) -> dict[str, _Verify]:
    key = rsa.RSAPublicNumbers(_number(jwk["e"]), _number(jwk["n"])).public_key()
    return {} if key.key_size < _LEAST_BITS else {f"RS{bits}": _rsa_verify(key, bits) for bits in _HASHES}


def _rsa_verify(key: rsa.RSAPublicKey, bits: str) -> _Verify:
    scheme, digest = padding.PKCS1v15(), _HASHES[bits]

    def verify(signed: bytes, signature: bytes) -> bool:
        try:
            key.verify(signature, signed, scheme, digest)
        except InvalidSignature:
            return False
        return True

    return verify


def _ec(jwk: Mapping[str, Any]) -> dict[str, _Verify]:
    algorithm, curve = _CURVES[jwk["crv"]]
    key = ec.EllipticCurvePublicNumbers(_number(jwk["x"]), _number(jwk["y"]), curve).public_key()
    scheme = ec.ECDSA(_HASHES[algorithm[2:]])
    half = (curve.key_size + 7) // 8

    def verify(signed: bytes, signature: bytes) -> bool:
        if len(signature) != 2 * half:
            return False
        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        try:
            key.verify(encode_dss_signature(r, s), signed, scheme)
        except InvalidSignature:
            return False
        return True

    return {algorithm: verify}


_KINDS: Final[dict[str, Callable[[Mapping[str, Any]], dict[str, _Verify]]]] = {"RSA": _rsa, "EC": _ec}


def _number(text: str) -> int:
    return int.from_bytes(decode(text), "big")
