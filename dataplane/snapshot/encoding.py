"""The contract as bytes: canonical, verified, and refused where they are newer than their reader."""

import hashlib
from typing import Any, Final, TypeVar

import msgspec

from dataplane.snapshot.document import ApiDocument
from dataplane.snapshot.values import Base, Digest

SCHEMA_VERSION: Final = 1

S = TypeVar("S", bound=Base)


class SnapshotError(Exception):
    """Bytes that are not a snapshot this reader may serve: corrupt, of another shape, or newer than SCHEMA_VERSION."""


def encode(value: Base) -> bytes:
    """Canonical JSON: members in the order of the definition, maps sorted, no white space."""
    return msgspec.json.encode(value, order="deterministic")


def digest(body: bytes) -> Digest:
    return hashlib.sha256(body).hexdigest()


def decode(body: bytes, kind: type[S]) -> S:
    """Raises SnapshotError unless `body` is a `kind` of a schema version that this reader knows."""
    try:
        version = msgspec.json.decode(body, type=_Versioned).schema_version
        if version > SCHEMA_VERSION:
            raise SnapshotError(
                f"schema version {version} is newer than {SCHEMA_VERSION}, the newest this version reads: upgrade it"
            )
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:  # ValidationError is one
        raise SnapshotError(f"not a {kind.__name__}: {error}") from error


def decode_document(body: bytes, expected: Digest) -> ApiDocument:
    """Verify, then decode. Raises SnapshotError."""
    found = digest(body)
    if found != expected:
        raise SnapshotError(f"corrupt: its SHA-256 is {found}, not {expected}")
    return decode(body, ApiDocument)


def to_builtins(value: Base) -> Any:
    """The JSON value of a struct, for pages and JSON columns."""
    return msgspec.to_builtins(value)


class _Versioned(msgspec.Struct, rename="camel"):
    schema_version: int = 0  # 0: parts inside a versioned whole carry none
