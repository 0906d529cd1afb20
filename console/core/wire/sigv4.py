"""Signature Version 4, verified: what a request claims, and whether the secret of that key bears it out.

Source: AWS IAM user guide, "Authenticating requests (AWS Signature Version 4)"; texts as AWS sends them.
"""

import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl

from console.core.faults import IncompleteSignature, InvalidSignature
from console.core.wire.canonical import canonical_request, sha256

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "apigateway"
SKEW = dt.timedelta(minutes=5)
LONGEST = 7 * 24 * 3600  # seconds for which a presigned URL may live

_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


@dataclass(frozen=True, slots=True)
class Request:
    """`paths` are the spellings that the sent path may have had: a server may hand it on decoded."""

    method: str
    paths: Sequence[str]
    query: str
    headers: Mapping[str, str]  # by lower-case name
    body: bytes


@dataclass(frozen=True, slots=True)
class Claim:
    """What the signer says of itself; nothing of it is proved."""

    access_key_id: str
    scope: tuple[str, ...]  # date, region, service, terminator
    date: str  # 20130524T000000Z
    signed_headers: tuple[str, ...]
    signature: str
    token: str = ""
    expires: int | None = None  # seconds, of a presigned URL

    @property
    def region(self) -> str:
        return self.scope[1]


def claim(request: Request) -> Claim | None:
    """The claim in the Authorization header or in the query; None where there is none.

    Raises IncompleteSignature for one that is malformed.
    """
    header = _plain(request.headers.get("authorization", "").strip())
    if header:
        return _header_claim(header, request.headers)
    if "X-Amz-Signature=" in request.query or "X-Amz-Algorithm=" in request.query:
        pairs = parse_qsl(request.query, keep_blank_values=True)
        return _query_claim({name: _plain(value) for name, value in pairs if name.startswith("X-Amz-")})
    return None


def _plain(text: str) -> str:
    """A claim is ASCII: anything else is no key's, and neither the database nor an answer has to take it."""
    return text.encode("ascii", "replace").decode().replace("\0", "?")


def verify(claim: Claim, request: Request, *, secret: str, now: dt.datetime) -> None:
    """Raises InvalidSignature, in constant time as to the signature."""
    _check_time(claim, now)
    _check_scope(claim)
    if "host" not in claim.signed_headers:
        raise InvalidSignature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    key = signing_key(secret, claim.scope)
    hashed = sha256(request.body)
    expected = [_signature(claim, request, path, key, hashed) for path in request.paths]
    if not any(hmac.compare_digest(one.encode(), claim.signature.encode()) for one in expected):
        raise InvalidSignature(_MISMATCH)


def signing_key(secret: str, scope: Sequence[str]) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    return key


def _signature(claim: Claim, request: Request, path: str, key: bytes, payload_hash: str) -> str:
    query = request.query if claim.expires is None else _without_signature(request.query)
    canonical = canonical_request(request.method, path, query, request.headers, claim.signed_headers, payload_hash)
    hashed = sha256(canonical.encode(errors="surrogateescape"))
    text = "\n".join([ALGORITHM, claim.date, "/".join(claim.scope), hashed])
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()


def _without_signature(query: str) -> str:
    return "&".join(part for part in query.split("&") if not part.startswith("X-Amz-Signature="))


def _header_claim(header: str, headers: Mapping[str, str]) -> Claim:
    algorithm, _, rest = header.partition(" ")
    if algorithm != ALGORITHM:
        raise IncompleteSignature(
            "Unsupported AWS 'algorithm': only AWS4-HMAC-SHA256 is supported in the Authorization header."
        )
    parts = _pairs(rest)
    date = _plain(headers.get("x-amz-date", "") or _iso(headers.get("date", "")))
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if not parts.get(name)
    ]
    if not date:
        missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if missing:
        raise IncompleteSignature(" ".join(missing))
    return _claim(parts, date, headers.get("x-amz-security-token", ""))


def _pairs(text: str) -> dict[str, str]:
    found = {}
    for part in text.split(","):
        name, equals, value = part.strip().partition("=")
        if not equals:
            digest = sha256(part.encode(errors="replace"))
            raise IncompleteSignature(
                "Invalid key=value pair (missing equal-sign) in Authorization header "
                f"(hashed with SHA-256 and encoded with hex): '{digest}'."
            )
        found[name] = value
    return found


def _query_claim(query: Mapping[str, str]) -> Claim:
    wanted = ("Algorithm", "Credential", "Date", "SignedHeaders", "Signature", "Expires")
    parts = {name: query.get(f"X-Amz-{name}", "") for name in wanted}
    missing = [name for name, value in parts.items() if not value]
    if missing:
        names = ", ".join(f"X-Amz-{name}" for name in missing)
        raise IncompleteSignature(f"AWS query-string parameters must include {names}.")
    if parts["Algorithm"] != ALGORITHM:
        raise IncompleteSignature("Unsupported AWS 'algorithm': only AWS4-HMAC-SHA256 is supported in X-Amz-Algorithm.")
    expires = parts["Expires"]
    if not re.fullmatch(r"[0-9]{1,6}", expires) or int(expires) > LONGEST:
        raise IncompleteSignature(f"X-Amz-Expires must be a number of seconds from 0 to {LONGEST}.")
    return _claim(parts, parts["Date"], query.get("X-Amz-Security-Token", ""), int(expires))


def _claim(parts: Mapping[str, str], date: str, token: str, expires: int | None = None) -> Claim:
    access_key_id, *scope = parts["Credential"].split("/")
    if len(scope) != 4:
        raise IncompleteSignature(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{parts['Credential'][:200]}'"
        )
    return Claim(
        access_key_id=access_key_id,
        scope=tuple(scope),
        date=date,
        signed_headers=tuple(parts["SignedHeaders"].lower().split(";")),
        signature=parts["Signature"],
        token=token,
        expires=expires,
    )


def _check_time(claim: Claim, now: dt.datetime) -> None:
    try:
        signed = dt.datetime.strptime(claim.date, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        raise IncompleteSignature(
            f"Date must be in ISO-8601 'basic format'. Got '{claim.date[:64]}'. "
            "See http://en.wikipedia.org/wiki/ISO_8601"
        ) from None
    early, late = now - SKEW, now + SKEW
    if claim.expires is not None:
        early = now - dt.timedelta(seconds=claim.expires)
    if signed < early:
        span = "5 min." if claim.expires is None else f"{claim.expires} sec."
        raise InvalidSignature(
            f"Signature expired: {claim.date} is now earlier than {_say(early)} ({_say(now)} - {span})"
        )
    if signed > late:
        raise InvalidSignature(
            f"Signature not yet current: {claim.date} is still later than {_say(late)} ({_say(now)} + 5 min.)"
        )


def _check_scope(claim: Claim) -> None:
    date, _, service, terminator = claim.scope
    if date != claim.date[:8]:
        raise InvalidSignature(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{date[:64]}' != '{claim.date[:8]}', from '{claim.date}'."
        )
    if service != SERVICE:
        raise InvalidSignature(f"Credential should be scoped to correct service: '{SERVICE}'. ")
    if terminator != "aws4_request":
        raise InvalidSignature("Credential should be scoped with a valid terminator: 'aws4_request'.")


def _iso(date: str) -> str:
    """A Date header is HTTP's own form, or the basic form of ISO 8601 already."""
    try:
        return _say(parsedate_to_datetime(date).astimezone(dt.UTC))
    except (ValueError, OverflowError):
        return date


def _say(moment: dt.datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%SZ")
