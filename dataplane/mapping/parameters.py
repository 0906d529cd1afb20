"""Parameter mappings: `integration.request.*` from the request, `method.response.header.*` from the answer.

Sources and destinations are those of the developer guide's "request and response data mapping reference". A value that
is missing, null or empty is not sent at all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from dataplane.mapping import jsontext
from dataplane.mapping.jsonpath import MISSING, Path, PathError, compile_path

Body: TypeAlias = Callable[[], str]
Pairs: TypeAlias = list[tuple[str, str]]

_NAME = re.compile(r"[A-Za-z0-9._$-]+\Z")
_REQUEST_DESTINATION = re.compile(r"integration\.request\.(header|querystring|path)\.(.+)\Z", re.DOTALL)
_RESPONSE_DESTINATION = re.compile(r"method\.response\.header\.(.+)\Z", re.DOTALL)
_REQUEST_SOURCE = re.compile(
    r"method\.request\.(path|querystring|multivaluequerystring|header|multivalueheader)\.(.+)\Z", re.DOTALL
)
_RESPONSE_SOURCE = re.compile(r"integration\.response\.(header|multivalueheader)\.(.+)\Z", re.DOTALL)
_LITERAL = re.compile(r"'(.*)'\Z", re.DOTALL)
_STARTS_JSON: Final = frozenset("{[\"'")


class MappingError(ValueError):
    """A source or a destination that does not parse. `field` is the destination."""

    def __init__(self, destination: str, message: str) -> None:
        super().__init__(message)
        self.field = destination
        self.message = message


class InvalidBody(Exception):
    """A mapping reads into a body that begins like JSON and is not: 400 in a request, 500 in an answer."""


@dataclass(frozen=True, slots=True)
class RequestParams:
    """A request's parameters as they were sent, decoded; several values of a name in their order."""

    path: dict[str, str] = field(default_factory=dict)
    querystring: dict[str, list[str]] = field(default_factory=dict)
    header: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Mapped:
    path: dict[str, str] = field(default_factory=dict)
    querystring: Pairs = field(default_factory=list)
    header: Pairs = field(default_factory=list)


class _Source:
    """Where values come from, during one mapping."""

    __slots__ = ("_document", "body", "context", "header", "path", "querystring", "stage_variables")

    def __init__(
        self, params: RequestParams, body: Body, context: dict[str, Any], stage_variables: dict[str, str]
    ) -> None:
        self.path = params.path
        self.querystring = params.querystring
        self.header = params.header
        self.body = body
        self.context = context
        self.stage_variables = stage_variables
        self._document: Any = None

    def find(self, path: Path) -> Any:
        """Raises InvalidBody."""
        if self._document is None:
            self._document = (_document(self.body()),)
        return path.find(self._document[0])


_Values: TypeAlias = list[str]
_Read: TypeAlias = Callable[[_Source], _Values]


class RequestMapping:
    __slots__ = ("_header", "_path", "_querystring")

    def __init__(self, rules: list[tuple[str, str, _Read]]) -> None:
        self._path, self._querystring, self._header = (
            tuple((name, read) for place, name, read in rules if place == wanted)
            for wanted in ("path", "querystring", "header")
        )

    def apply(
        self, params: RequestParams, body: Body, context: dict[str, Any], stage_variables: dict[str, str]
    ) -> Mapped:
        """Raises InvalidBody."""
        source = _Source(params, body, context, stage_variables)
        path = {name: ",".join(values) for name, read in self._path if (values := read(source))}
        querystring = [(name, value) for name, read in self._querystring for value in read(source)]
        return Mapped(path, querystring, _joined(self._header, source))


class ResponseMapping:
    __slots__ = ("_header",)

    def __init__(self, rules: list[tuple[str, _Read]]) -> None:
        self._header = tuple(rules)

    def apply(
        self, headers: dict[str, list[str]], body: Body, context: dict[str, Any], stage_variables: dict[str, str]
    ) -> Pairs:
        """Raises InvalidBody."""
        return _joined(self._header, _Source(RequestParams(header=headers), body, context, stage_variables))


def compile_request_parameters(mapping: dict[str, str]) -> RequestMapping | None:
    """None for an empty mapping. Raises MappingError."""
    rules: list[tuple[str, str, _Read]] = []
    for destination, source in mapping.items():
        found = _REQUEST_DESTINATION.match(destination)
        if found is None:
            raise MappingError(destination, f"Invalid mapping expression specified: {destination}")
        _check_name(found[2], destination)
        rules.append((found[1], found[2], _read(source, destination, _request_source, "method.request.body")))
    return RequestMapping(rules) if rules else None


def compile_response_parameters(mapping: dict[str, str]) -> ResponseMapping | None:
    """None for an empty mapping. Raises MappingError."""
    rules: list[tuple[str, _Read]] = []
    for destination, source in mapping.items():
        found = _RESPONSE_DESTINATION.match(destination)
        if found is None:
            raise MappingError(destination, f"Invalid mapping expression specified: {destination}")
        _check_name(found[1], destination)
        rules.append((found[1], _read(source, destination, _response_source, "integration.response.body")))
    return ResponseMapping(rules) if rules else None


def _joined(rules: tuple[tuple[str, _Read], ...], source: _Source) -> Pairs:
    return [(name, ",".join(values)) for name, read in rules if (values := read(source))]


def _check_name(name: str, destination: str) -> None:
    if _NAME.match(name) is None:
        raise MappingError(destination, f"Invalid mapping expression parameter specified: {destination}")


# sources


def _read(source: str, destination: str, own: Callable[[str], _Read | None], body: str) -> _Read:
    read = own(source) or _shared_source(source)
    if read is None and (source == body or source.startswith(body + ".")):
        read = _body(source[len(body) + 1 :], destination)
    if read is None:
        raise MappingError(destination, f"Invalid mapping expression specified: {source}")
    return read


def _request_source(source: str) -> _Read | None:
    found = _REQUEST_SOURCE.match(source)
    if found is None or _NAME.match(found[2]) is None:
        return None
    place, name = found[1], found[2]
    if place == "path":
        return lambda values: [value] if (value := values.path.get(name)) else []
    if place == "querystring":
        return lambda values: _last(values.querystring.get(name))
    if place == "multivaluequerystring":
        return lambda values: [value for value in values.querystring.get(name, ()) if value]
    return _header(place, name)


def _response_source(source: str) -> _Read | None:
    found = _RESPONSE_SOURCE.match(source)
    if found is None or _NAME.match(found[2]) is None:
        return None
    return _header(found[1], found[2])


def _header(place: str, name: str) -> _Read:
    if place == "header":
        return lambda values: _last(values.header.get(name))
    return lambda values: [joined] if (joined := ",".join(values.header.get(name, ()))) else []


def _last(values: list[str] | None) -> _Values:
    return [values[-1]] if values and values[-1] else []


def _shared_source(source: str) -> _Read | None:
    literal = _LITERAL.match(source)
    if literal is not None:
        constant = [literal[1]] if literal[1] else []
        return lambda values: constant
    room, _, name = source.partition(".")
    if not name or _NAME.match(name) is None:
        return None
    if room == "stageVariables":
        return lambda values: [value] if (value := values.stage_variables.get(name)) else []
    return _context(tuple(name.split("."))) if room == "context" else None


def _context(names: tuple[str, ...]) -> _Read:
    def read(values: _Source) -> _Values:
        value: Any = values.context
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return [] if isinstance(value, dict | list) else _present(value)

    return read


def _body(path_text: str, destination: str) -> _Read:
    if not path_text:
        return lambda values: [text] if (text := values.body()) else []
    try:
        path = compile_path(path_text if path_text.startswith("$") else f"$.{path_text}")
    except PathError as error:
        raise MappingError(destination, f"Invalid mapping expression specified: {error}") from error
    return lambda values: _present(values.find(path))


def _present(value: Any) -> _Values:
    if value is None or value is MISSING or value == "":
        return []
    try:
        return [value if isinstance(value, str) else jsontext.to_json(value)]
    except RecursionError as error:  # it could be read, but is nested deeper than it can be written
        raise InvalidBody("Invalid JSON in request body") from error


def _document(text: str) -> Any:
    if text[:1] not in _STARTS_JSON:
        return MISSING
    value = jsontext.parse(text)
    if value is jsontext.NOT_JSON:
        raise InvalidBody("Invalid JSON in request body")
    return value
