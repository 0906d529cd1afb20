"""An integration's URI: stage variables are filled in when the snapshot compiles, `{name}` per request.

`{name}` is filled only from mapped path values; without one it stays as it is written, percent-encoded on the wire.
A query in the URI comes before the one of the request.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Final, TypeAlias
from urllib.parse import quote

Pairs: TypeAlias = Iterable[tuple[str, str]]

_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.([A-Za-z0-9_]+)\}")
_URI = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#]+)(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?:#.*)?\Z", re.DOTALL
)
_PARAMETER = re.compile(r"\{([^{}/?#]+?)(\+?)\}")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_][A-Za-z0-9_.~-]*)(?::(?P<port>\d{1,5}))?\Z")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
# RFC 3986: what may stand in a path or a query as it is
_PATH_SAFE: Final = "/:@!$&'()*+,;=-._~%"
_QUERY_SAFE: Final = _PATH_SAFE + "?"
_SEGMENT_SAFE: Final = "-._~!$'()*,:@"
_WRITTEN = re.compile(rf"[A-Za-z0-9{{}}{re.escape(_PATH_SAFE)}]*").fullmatch
_AS_IT_IS = re.compile(r"[A-Za-z0-9/\-._~!$'()*,:@]*").fullmatch


class UriError(ValueError):
    """Text that is not the URI of an HTTP endpoint."""


@dataclass(frozen=True, slots=True)
class Origin:
    scheme: str
    host: str
    port: int


class UriTemplate:
    __slots__ = ("_authority", "_path", "_query", "_scheme", "fixed_origin")

    def __init__(self, scheme: str, authority: str, path: str, query: str) -> None:
        self._scheme = intern(scheme)
        fixed = _PARAMETER.search(authority) is None
        self.fixed_origin = _origin(scheme, authority) if fixed else None
        self._authority = None if fixed else _Filling(authority, str)
        written = path if _WRITTEN(path) else quote(path, _PATH_SAFE + "{}")
        self._path = _Filling(written, _encode_path_value, _braces)
        self._query = _Filling(quote(query, _QUERY_SAFE + "{}"), encode_query_value, _braces) if query else None

    @property
    def scheme(self) -> str:
        return self._scheme

    @property
    def host(self) -> str:
        """Empty while the authority depends on the request."""
        return self.fixed_origin.host if self.fixed_origin else ""

    @property
    def port(self) -> int:
        return self.fixed_origin.port if self.fixed_origin else _DEFAULT_PORTS[self._scheme]

    def origin(self, path: dict[str, str]) -> Origin:
        """Raises UriError when the values make no legal authority."""
        if self._authority is None:
            assert self.fixed_origin is not None
            return self.fixed_origin
        return _origin(self._scheme, self._authority.with_values(path))

    def target(self, path: dict[str, str], query: bytes | Pairs = b"") -> bytes:
        """The request target: path and query, percent-encoded."""
        target = self._path.with_values(path).encode("ascii")
        more = query if isinstance(query, bytes) else encode_query(query)
        if self._query is not None:
            own = self._query.with_values(path).encode("ascii")
            more = own + b"&" + more if own and more else own or more
        return target + b"?" + more if more else target


def with_stage_variables(text: str, stage_variables: dict[str, str]) -> str:
    """One that is not set is empty."""
    return _STAGE_VARIABLE.sub(lambda found: stage_variables.get(found[1], ""), text)


def compile_uri(uri: str, stage_variables: dict[str, str]) -> UriTemplate:
    """Raises UriError."""
    filled = with_stage_variables(uri.strip(), stage_variables)
    found = _URI.match(filled)
    if found is None:
        raise UriError(f"not an HTTP endpoint: {filled!r}")
    if not filled.isprintable() or " " in filled:  # of white space the space alone is printable
        raise UriError(f"white space in the endpoint: {filled!r}")
    return UriTemplate(
        found["scheme"], found["authority"].rpartition("@")[2], found["path"] or "/", found["query"] or ""
    )


def encode_query(pairs: Pairs) -> bytes:
    return "&".join(f"{encode_query_value(name)}={encode_query_value(value)}" for name, value in pairs).encode("ascii")


def encode_query_value(value: str) -> str:
    return quote(value, "-._~", errors="surrogateescape")


def _encode_path_value(value: str) -> str:
    """A slash of a greedy parameter's value parts segments; everything else that has a meaning is encoded."""
    return value if _AS_IT_IS(value) else quote(value, "/" + _SEGMENT_SAFE, errors="surrogateescape")


class _Filling:
    """A text with parameters: what stands between them, and how each is written where it has no value."""

    __slots__ = ("_begin", "_encode", "_parameters")

    def __init__(self, text: str, encode: Callable[[str], str], literally: Callable[[str], str] = str) -> None:
        begin, *rest = _PARAMETER.split(text)
        self._begin = literally(begin)
        self._encode = encode
        self._parameters = tuple(
            (intern(name), intern(literally(f"{{{name}{plus}}}")), literally(after))
            for name, plus, after in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
        )

    def with_values(self, values: dict[str, str]) -> str:
        filled = self._begin
        for name, written, after in self._parameters:
            value = values.get(name)
            filled += (written if value is None else self._encode(value)) + after
        return filled


def _braces(text: str) -> str:
    """The braces of parameters that nothing was mapped to may not stand in a URI as they are."""
    return text.replace("{", "%7B").replace("}", "%7D") if "{" in text or "}" in text else text


@lru_cache(maxsize=4096)  # many methods share a few
def _origin(scheme: str, authority: str) -> Origin:
    found = _AUTHORITY.match(authority)
    port = int(found["port"]) if found and found["port"] else _DEFAULT_PORTS[scheme]
    if found is None or not 0 < port < 65536:
        raise UriError(f"not a host: {authority!r}")
    return Origin(scheme, found["host"].strip("[]").lower(), port)
