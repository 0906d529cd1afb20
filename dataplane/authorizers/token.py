"""JSON Web Tokens as they come: three parts, a header that says how they are signed, and what they claim. Pure.

Source: RFC 7519; developer guide, "Controlling access to HTTP APIs with JWT authorizers"; behaviours 112.
"""

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from dataplane.authorizers.jwk import Key, decode
from dataplane.mapping.jsontext import NOT_DECODED

_BEARER: Final = "bearer "
_SHOWN: Final = 100  # characters of what anybody may send, in the log


class TokenError(Exception):
    """Why a token is not accepted; for the log."""


@dataclass(frozen=True, slots=True)
class Token:
    algorithm: str
    key_id: str
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    @property
    def issuer(self) -> str:
        issuer = self.claims.get("iss")
        return issuer if isinstance(issuer, str) else ""

    def check_signature(self, key: Key | None) -> None:
        if key is None:
            raise TokenError(f"the issuer has no key {self.key_id[:_SHOWN]!r}")
        if not key.verifies(self.algorithm, self.signed, self.signature):
            raise TokenError("its signature does not match")

    def check_times(self, now: float) -> None:
        """`now` in epoch seconds. A token without an end is none that could be let go of."""
        expires, begins, issued = (_time(self.claims, name) for name in ("exp", "nbf", "iat"))
        if expires is None:
            raise TokenError("it has no exp")
        if expires <= now:
            raise TokenError("it has expired")
        if (begins is not None and begins > now) or (issued is not None and issued > now):
            raise TokenError("its time has not come")

    def check_scopes(self, wanted: frozenset[str]) -> None:
        """One of them is enough; none is asked for where `wanted` is empty."""
        if wanted and wanted.isdisjoint(self.scopes()):
            raise TokenError("it has none of the method's scopes")

    def scopes(self) -> list[str]:
        said = self.claims.get("scope", self.claims.get("scp"))
        if isinstance(said, str):
            return said.split()
        return [each for each in said if isinstance(each, str)] if isinstance(said, list) else []

    def audiences(self) -> list[str]:
        return texts(self.claims.get("aud"))


def texts(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, str)]


def read_token(text: str) -> Token:
    """With `Bearer ` before it or without. Raises TokenError."""
    text = text.strip()
    if text[: len(_BEARER)].lower() == _BEARER:
        text = text[len(_BEARER) :].strip()
    parts = text.split(".")
    if len(parts) != 3:
        raise TokenError("it is no JSON Web Token")
    try:
        header, claims = (msgspec.json.decode(decode(part), type=dict[str, Any]) for part in parts[:2])
        signature = decode(parts[2])
    except NOT_DECODED as error:
        raise TokenError("it is no JSON Web Token") from error
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or not isinstance(key_id, str):
        raise TokenError("its header has no alg or no kid")
    if "crit" in header:  # RFC 7515 4.1.11: what is not understood must not be ignored
        raise TokenError("its header asks for an extension")
    return Token(algorithm, key_id, claims, f"{parts[0]}.{parts[1]}".encode(), signature)


def _time(claims: dict[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenError(f"its {name} is no time")
    return float(value)
