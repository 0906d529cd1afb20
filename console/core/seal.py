"""Secrets at rest: sealed with a key that the database does not hold."""

import base64
import hashlib
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """Sealed with a key that this console does not have, or altered since."""


def seal(secret: str) -> bytes:
    return _keys(tuple(settings.SEAL_KEYS)).encrypt(secret.encode())


def unseal(sealed: bytes | memoryview) -> str:
    try:
        return _keys(tuple(settings.SEAL_KEYS)).decrypt(bytes(sealed)).decode()
    except InvalidToken:
        raise SealBroken("A sealed secret cannot be opened with the keys of STAGEDOOR_SEAL_KEYS.") from None


@cache
def _keys(secrets: tuple[str, ...]) -> MultiFernet:
    """The first seals; all of them open, so that a key can be replaced without a pause."""
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(s.encode()).digest())) for s in secrets])
