"""Entries that no dump of a worker's memory shows: AES-256 in Galois/Counter mode, with a key of the process alone."""

import hashlib
import os
from typing import Final, TypeVar

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE: Final = 12  # bytes
T = TypeVar("T", bound=msgspec.Struct)


class Sealer:
    __slots__ = ("_cipher", "_secret")

    def __init__(self) -> None:
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._secret = os.urandom(32)

    def seal(self, value: msgspec.Struct) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, msgspec.msgpack.encode(value), None)

    def open(self, sealed: bytes, kind: type[T]) -> T:
        plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        return msgspec.msgpack.decode(plain, type=kind)

    def name(self, key: object) -> bytes:
        """A key that does not say what was asked for."""
        return hashlib.blake2b(repr(key).encode("utf-8", "replace"), key=self._secret, digest_size=32).digest()
