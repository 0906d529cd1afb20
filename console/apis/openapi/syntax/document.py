"""What a document is, and which of the two readers reads it."""

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from console.core.faults import BadRequest
from console.core.patch import escape

MAX_BYTES = 6 * 1024 * 1024  # AWS's limit of an API definition file
MAX_DEPTH = 100
# Lines are kept for members this deep: #/paths/~1pets/get/x-amazon-apigateway-integration/responses/default.
LINE_DEPTH = 6

Pointer: TypeAlias = tuple[str, ...]


class SyntaxFault(BadRequest):
    """A text that is neither JSON nor YAML, or that no honest document would be. `line` counts from 1."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(f"{message} (line {line})" if line else message, field="body")
        self.line = line


@dataclass(slots=True)
class Document:
    value: dict[str, Any]
    lines: dict[Pointer, int] = field(default_factory=dict)

    def line(self, pointer: Pointer) -> int | None:
        """Of the member, or else of the nearest one around it that has a line."""
        while pointer and pointer not in self.lines:
            pointer = pointer[:-1]
        return self.lines.get(pointer)


def pointer_text(pointer: Pointer) -> str:
    """`#/paths/~1pets/get`"""
    return "#" + "".join(f"/{escape(part)}" for part in pointer)


def parse(body: bytes | str) -> Document:
    """Raises SyntaxFault."""
    from console.apis.openapi.syntax import json_text, yaml_text

    text = check_text(body)
    reader = json_text if text.lstrip()[:1] in ("{", "[") else yaml_text
    value, lines = reader.read(text)
    if not isinstance(value, dict):
        raise SyntaxFault("The API definition is not an object", 1)
    if _ESCAPED.search(text):
        _check_characters(value)
    return Document(value, lines)


def check_text(body: bytes | str) -> str:
    """The text of a document that is not too large to be looked at. Raises SyntaxFault."""
    size = len(body) if isinstance(body, bytes) else len(body.encode(errors="replace"))
    if size > MAX_BYTES:
        raise SyntaxFault(f"The API definition is larger than {MAX_BYTES // 1024 // 1024} MB")
    if isinstance(body, bytes):
        try:
            body = body.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = bytes(error.object[: error.start]).count(b"\n") + 1
            raise SyntaxFault("The API definition is not UTF-8", line) from None
    bad = _UNKEPT.search(body)
    if bad:
        raise SyntaxFault("The API definition holds a NUL or half a character", body[: bad.start()].count("\n") + 1)
    return body.removeprefix("\ufeff")


# What PostgreSQL's texts cannot hold, and the escapes by which either notation may say it.
_UNKEPT = re.compile("[\0\ud800-\udfff]")
_ESCAPED = re.compile(r"\\(?:0|x00|[uU]0{4}|u[dD][89a-fA-F])")


def _check_characters(value: Any) -> None:
    stack = [value]
    while stack:
        found = stack.pop()
        if isinstance(found, dict):
            stack.extend(found)
            stack.extend(found.values())
        elif isinstance(found, list):
            stack.extend(found)
        elif isinstance(found, str) and _UNKEPT.search(found):
            raise SyntaxFault(f"The API definition holds a NUL or half a character, in {found[:40]!a}")
