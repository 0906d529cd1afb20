"""The canonical request of Signature Version 4: one spelling of a request that both sides can hash. Pure text.

Source: AWS IAM user guide, "Create a signed AWS API request"; for services other than S3 the path is normalised
and encoded twice.
"""

import hashlib
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote_plus

UNRESERVED = "-_.~"


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], signed: Iterable[str], payload_hash: str
) -> str:
    """`path` and `query` as on the request line; `headers` by lower-case name; `signed` in the signer's order."""
    names = list(signed)
    lines = [f"{name}:{canonical_value(headers.get(name, ''))}\n" for name in names]
    return "\n".join(
        [method, canonical_path(path), canonical_query(query), "".join(lines), ";".join(names), payload_hash]
    )


def canonical_path(path: str) -> str:
    """Of what was sent, encoded already: `.` and `..` and empty segments go, then it is encoded once more."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    slash = "/" if kept and path.endswith("/") else ""
    return quote(f"/{'/'.join(kept)}{slash}", safe=f"/{UNRESERVED}")


def canonical_query(query: str) -> str:
    """Each name and value decoded and encoded anew, sorted."""
    pairs = (part.partition("=")[::2] for part in query.split("&") if part)
    encoded = sorted((_again(name), _again(value)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def canonical_value(value: str) -> str:
    """Outer spaces go, runs of inner ones become one."""
    return " ".join(value.split())


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _again(text: str) -> str:
    return quote(unquote_plus(text, errors="surrogateescape"), safe=UNRESERVED, errors="surrogateescape")
