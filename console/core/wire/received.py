"""Django's request as the wire's parts see it."""

from collections.abc import Iterator
from urllib.parse import quote

from django.http import HttpRequest

from console.core.wire.canonical import UNRESERVED
from console.core.wire.model import GREEDY
from console.core.wire.parse import Sent
from console.core.wire.sigv4 import Request

# RFC 3986: what a path may hold as it is.
_PATH_CHARACTERS = f"/{UNRESERVED}!$&'()*+,;=:@"


def sent(request: HttpRequest, labels: dict[str, str]) -> Sent:
    return Sent(labels, request.GET, request.headers, request.body)


def to_verify(request: HttpRequest) -> Request:
    return Request(
        method=request.method or "",
        paths=list(dict.fromkeys(_spellings(request))),
        query=request.META.get("QUERY_STRING", ""),
        headers={name.lower(): _text(value) for name, value in request.headers.items()},
        body=request.body,
    )


def _spellings(request: HttpRequest) -> Iterator[str]:
    """A WSGI server hands the path on decoded: these are what it may have been on the request line.

    Everything but slashes encoded (botocore and most SDKs); only what must be (curl); a label that holds slashes as
    one segment.
    """
    path = request.path.encode()
    yield quote(path, safe=f"/{UNRESERVED}")
    yield quote(path, safe=_PATH_CHARACTERS)
    for label in _greedy_labels(request):
        value = label.encode()
        if path.endswith(value):
            yield quote(path.removesuffix(value), safe=f"/{UNRESERVED}") + quote(value, safe=UNRESERVED)


def _greedy_labels(request: HttpRequest) -> list[str]:
    match = request.resolver_match
    return [value for name, value in match.kwargs.items() if name in GREEDY] if match is not None else []


def _text(value: str) -> str:
    """WSGI gives a header's bytes as Latin-1."""
    return value.encode("latin-1", "replace").decode(errors="surrogateescape")
