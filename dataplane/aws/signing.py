"""Signature Version 4 of a request that is about to be sent.

Source: AWS General Reference, "Create a signed AWS API request". What depends on the service alone is made when a
snapshot is compiled; the key of a day is kept while the credentials stay the same.
"""

import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from dataplane.exchange import Headers

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_ALSO_SIGNED: Final = frozenset((b"content-type", b"content-md5", b"host"))
_PATH_SAFE: Final = "/-_.~"
_QUERY_SAFE: Final = "-_.~"
_DOTTED = re.compile(rb"//|/\.\.?(?:/|$)").search


@dataclass(frozen=True, slots=True)
class Credentials:
    access_key_id: str
    secret_access_key: str
    session_token: str = ""

    def __repr__(self) -> str:
        return f"Credentials({self.access_key_id})"  # the rest is nobody's to read


class Signer:
    """Of one service in one region."""

    __slots__ = ("_for_key", "_key", "_names_payload", "_path", "_region", "_service", "_twice")

    def __init__(self, service: str, region: str) -> None:
        self._service = service
        self._region = region
        self._twice = service != "s3"  # S3 takes a path as it is; others encode it once more
        self._names_payload = service == "s3"
        self._for_key = ("", "")
        self._key = b""
        self._path = (b"", "")  # the last one, and its canonical form: most integrations have one

    def sign(
        self, credentials: Credentials, method: bytes, target: bytes, headers: Headers, body: bytes, now: float
    ) -> None:
        """Adds to `headers`, which has Host, what proves who sends them. `target` is percent-encoded; `now` in epoch
        seconds."""
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        payload = hashlib.sha256(body).hexdigest()
        headers.append((b"X-Amz-Date", moment.encode()))
        if credentials.session_token:
            headers.append((b"X-Amz-Security-Token", credentials.session_token.encode()))
        if self._names_payload:
            headers.append((b"X-Amz-Content-SHA256", payload.encode()))
        names, lines = _canonical_headers(headers)
        path, _, query = target.partition(b"?")
        request = "\n".join(
            (method.decode(), self._canonical_path(path), _canonical_query(query), lines, "", names, payload)
        )
        scope = f"{moment[:8]}/{self._region}/{self._service}/aws4_request"
        text = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(self._signing_key(credentials, moment[:8]), text.encode(), "sha256").hex()
        proof = (
            f"{_ALGORITHM} Credential={credentials.access_key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        headers.append((b"Authorization", proof.encode()))

    def _signing_key(self, credentials: Credentials, day: str) -> bytes:
        wanted = (credentials.secret_access_key, day)
        if wanted != self._for_key:
            key = f"AWS4{credentials.secret_access_key}".encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._for_key, self._key = wanted, key
        return self._key

    def _canonical_path(self, path: bytes) -> str:
        if path != self._path[0]:
            self._path = path, self._encoded_path(path)
        return self._path[1]

    def _encoded_path(self, path: bytes) -> str:
        if self._twice:
            return quote(_normal(path) if _DOTTED(path) else path, _PATH_SAFE)
        return quote(unquote(path.decode("latin-1"), errors="surrogateescape"), _PATH_SAFE, errors="surrogateescape")


def _canonical_headers(headers: Headers) -> tuple[str, str]:
    """Their names, and their lines; several values of a name are joined."""
    signed: dict[bytes, bytes] = {}
    for name, value in headers:
        lower = name.lower()
        if lower in _ALSO_SIGNED or lower.startswith(b"x-amz-"):
            value = b" ".join(value.split())
            signed[lower] = signed[lower] + b"," + value if lower in signed else value
    lines = b"\n".join([name + b":" + signed[name] for name in sorted(signed)])
    return b";".join(sorted(signed)).decode("latin-1"), lines.decode("utf-8", "surrogateescape")


def _canonical_query(query: bytes) -> str:
    if not query:
        return ""
    pairs = [pair.partition("=") for pair in query.decode("latin-1").split("&")]
    encoded = [(_encoded(name), _encoded(value)) for name, _, value in pairs]
    return "&".join([f"{name}={value}" for name, value in sorted(encoded)])


def _encoded(text: str) -> str:
    return quote(unquote(text, errors="surrogateescape"), _QUERY_SAFE, errors="surrogateescape")


def _normal(path: bytes) -> bytes:
    """Without empty and dot segments, as every service but S3 takes a path."""
    kept: list[bytes] = []
    for segment in path.split(b"/"):
        if segment == b"..":
            kept = kept[:-1]
        elif segment not in (b"", b"."):
            kept.append(segment)
    end = b"/" if kept and path.endswith(b"/") else b""
    return b"/" + b"/".join(kept) + end
