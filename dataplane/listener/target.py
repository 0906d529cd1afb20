"""What a request line and a Host header may say."""

import re
from functools import lru_cache

_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{0,5}))?")
_LONGEST_HOST = 255 + len(":65535")  # RFC 1035 2.3.4
_ABSOLUTE = re.compile(rb"[Hh][Tt][Tt][Pp][Ss]?://([^/?]+)(.*)", re.DOTALL)
# What RFC 9110, 5789 and WebDAV define and an API may be asked; not CONNECT, and not the methods of RTSP.
_NAMES = (
    "GET HEAD POST PUT DELETE OPTIONS PATCH TRACE COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH UNLOCK BIND REBIND"
    " UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE NOTIFY SUBSCRIBE UNSUBSCRIBE PURGE MKCALENDAR LINK UNLINK QUERY"
)
METHODS = {name.encode(): name for name in _NAMES.split()}
PROTOCOLS = {"1.1": "HTTP/1.1", "1.0": "HTTP/1.0"}


def authority_of(host: bytes) -> str | None:
    """Lower case, without the port; None: not a host."""
    return _authority_of(host) if len(host) <= _LONGEST_HOST else None


@lru_cache(maxsize=1024)
def _authority_of(host: bytes) -> str | None:
    found = _HOST.fullmatch(host)
    if found is None or int(found[2] or 0) > 65_535:
        return None
    return found[1].decode().lower()


def absolute(url: bytes) -> tuple[bytes, bytes] | None:
    """Host and origin form of a target in absolute form."""
    found = _ABSOLUTE.fullmatch(url)
    if found is None:
        return None
    rest = found[2]
    return found[1], rest if rest.startswith(b"/") else b"/" + rest
