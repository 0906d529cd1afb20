"""What a mapping template sees: `$input`, `$context`, `$stageVariables` and `$util`.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
"""

import base64
import binascii
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote, unquote_plus

from msgspec import Struct

from dataplane.mapping import jsontext
from dataplane.mapping.jsonpath import MISSING, PathError, compile_path
from dataplane.mapping.parameters import RequestParams
from dataplane.mapping.vtl.java import NoMethod, Trouble, prepare, register, text
from dataplane.mapping.vtl.java.collections import MAP
from dataplane.mapping.vtl.java.values import bounded

__all__ = ["RequestParams", "Scope"]

_UNREAD: Final = object()
_ESCAPES: Final = str.maketrans(
    {
        "\\": "\\\\",
        '"': '\\"',
        "'": "\\'",
        "/": "\\/",
        "\b": "\\b",
        "\n": "\\n",
        "\t": "\\t",
        "\f": "\\f",
        "\r": "\\r",
    }
)


class Scope(Struct, eq=False):
    """One rendering, and its `$input`, whose body is read once, when a template asks for something in it. `context` is
    the caller's: what a template writes to `requestOverride` and `responseOverride` stays in it, so that overrides of
    the request's template reach the response."""

    body: str
    given: RequestParams
    context: dict[str, Any]
    stage_variables: dict[str, str]
    _document: Any = _UNREAD

    def document(self) -> Any:
        found = self._document
        if found is _UNREAD:
            try:
                found = jsontext.decode(self.body)
            except jsontext.NOT_DECODED:
                found = MISSING if self.body.strip() else {}
            self._document = found
        return found

    def find(self, path: Any) -> Any:
        if not isinstance(path, str):
            raise NoMethod
        try:
            compiled = compile_path(path)
        except PathError as error:
            raise Trouble(f"Invalid JSONPath: {error}") from error
        document = self.document()
        return MISSING if document is MISSING else compiled.find(document)

    def path(self, path: Any) -> Any:
        """null when nothing is there."""
        found = self.find(path)
        return None if found is MISSING else found

    def json(self, path: Any) -> str:
        """JSON text; an empty text in quotes when nothing is there."""
        found = self.find(path)
        return '""' if found is MISSING else bounded(jsontext.to_json(found))

    def params(self) -> dict[str, dict[str, str]]:
        return {
            "path": dict(self.given.path),
            "querystring": {name: values[-1] for name, values in self.given.querystring.items() if values},
            "header": {name: values[-1] for name, values in self.given.header.items() if values},
        }

    def param(self, name: Any) -> str:
        """From the path, the query or the headers, in this order; empty when none has it."""
        found = self.given.path.get(name)
        if found is not None:
            return found
        values = self.given.querystring.get(name) or self.given.header.get(name)
        return values[-1] if values else ""

    def __str__(self) -> str:
        return ""

    def variables(self, roots: frozenset[str]) -> dict[str, Any]:
        if "context" in roots:
            _open_overrides(self.context)
        return {
            "input": self,
            "context": self.context,
            "stageVariables": self.stage_variables,
            "util": _UTIL,
        }

    @property
    def request_override(self) -> dict[str, Any]:
        """`{"header": {...}, "path": {...}, "querystring": {...}}`, or empty before a rendering."""
        return _override(self.context, "requestOverride")

    @property
    def response_override(self) -> dict[str, Any]:
        """`{"header": {...}}`, with "status" if it was set; empty before a rendering."""
        return _override(self.context, "responseOverride")


class Overrides(dict[str, Any]):
    """A parameter may be overridden once in a template; a second time fails it ("Overrides are final")."""

    __slots__ = ("written",)

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.written: set[str] = set()


def _open_overrides(context: dict[str, Any]) -> None:
    request, response = _override(context, "requestOverride"), _override(context, "responseOverride")
    context["requestOverride"] = Overrides(
        {part: Overrides(request.get(part) or {}) for part in ("header", "path", "querystring")}
    )
    context["responseOverride"] = Overrides({**response, "header": Overrides(response.get("header") or {})})


def _override(context: dict[str, Any], name: str) -> dict[str, Any]:
    found = context.get(name)
    return found if isinstance(found, dict) else {}


def _override_once(owner: Overrides, name: Any, value: Any) -> Any:
    if name in owner.written:
        raise Trouble(f"{text(name)} is overridden a second time")
    owner.written.add(name)
    before = owner.get(name)
    owner[name] = value
    return before


register(Overrides, {**MAP, ("put", 2): _override_once})


def _whole(given: Scope) -> Any:
    found = given.document()
    return None if found is MISSING else found


def _path_answer(path: Any) -> Callable[[Scope], Any] | None:
    try:
        compiled = compile_path(path)
    except (PathError, TypeError, AttributeError):
        return None
    if compiled.whole:
        return _whole
    find = compiled.find

    def answer(given: Scope) -> Any:
        document = given.document()
        found = MISSING if document is MISSING else find(document)
        return None if found is MISSING else found

    return answer


register(
    Scope,
    {
        ("getBody", 0): lambda given: given.body if given.body else "{}",
        ("path", 1): Scope.path,
        ("json", 1): Scope.json,
        ("params", 0): Scope.params,
        ("params", 1): Scope.param,
    },
)
prepare(Scope, ("path", 1), _path_answer)


class Util:
    """`$util`"""

    __slots__ = ()

    def __str__(self) -> str:
        return ""


_UTIL: Final = Util()


def _string(value: Any) -> str:
    if value is None:
        raise NoMethod
    return text(value)


def _escape_java_script(util: Util, value: Any) -> str:
    escaped = _string(value).translate(_ESCAPES)
    if escaped.isascii() and escaped.isprintable():
        return bounded(escaped)
    return bounded("".join(character if " " <= character <= "~" else _unicode(character) for character in escaped))


def _unicode(character: str) -> str:
    pairs = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[at]:02X}{pairs[at + 1]:02X}" for at in range(0, len(pairs), 2))


def _parse_json(util: Util, value: Any) -> Any:
    found = jsontext.parse(_string(value))
    if found is jsontext.NOT_JSON:
        raise Trouble("$util.parseJson: not JSON")
    return found


def _url_encode(util: Util, value: Any) -> str:
    """application/x-www-form-urlencoded, as java.net.URLEncoder writes it."""
    return bounded(quote(_string(value), safe="*-._ ", errors="replace").replace("~", "%7E").replace(" ", "+"))


def _base64_encode(util: Util, value: Any) -> str:
    return bounded(base64.b64encode(_string(value).encode("utf-8", "replace")).decode("ascii"))


def _base64_decode(util: Util, value: Any) -> str:
    stripped = "".join(_string(value).split()).rstrip("=")
    try:
        decoded = base64.b64decode(stripped + "=" * (-len(stripped) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Trouble(f"$util.base64Decode: {error}") from error
    return decoded.decode("utf-8", "replace")


register(
    Util,
    {
        ("escapeJavaScript", 1): _escape_java_script,
        ("parseJson", 1): _parse_json,
        ("urlEncode", 1): _url_encode,
        ("urlDecode", 1): lambda util, value: unquote_plus(_string(value), errors="replace"),
        ("base64Encode", 1): _base64_encode,
        ("base64Decode", 1): _base64_decode,
    },
)
