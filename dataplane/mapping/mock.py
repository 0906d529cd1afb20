"""The status code that a MOCK integration's rendered request template asks for: `{"statusCode": 200}`.

AWS reads it leniently: bare names, single quotes and trailing commas pass.
"""

import re
from typing import Any

import msgspec

_STRING = re.compile(r"""("(?:[^"\\]|\\.)*")|'((?:[^'\\]|\\.)*)'""", re.DOTALL)
_BARE_NAME = re.compile(r"([{,]\s*)([A-Za-z_$][\w$-]*)(\s*:)")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


class StatusCodeError(ValueError):
    """No integer `statusCode` in the text."""


def read_status_code(text: str) -> int:
    """Raises StatusCodeError."""
    status = _members(text).get("statusCode")
    if isinstance(status, str) and status.isascii() and status.strip().isdigit() and len(status) < 10:
        status = int(status)
    if not isinstance(status, int) or isinstance(status, bool):
        raise StatusCodeError(
            "Unable to parse statusCode. It should be an integer that is defined in the request template."
        )
    return status


def _members(text: str) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        value = _lenient(text)
    return value if isinstance(value, dict) else {}


def _lenient(text: str) -> Any:
    strings: list[str] = []

    def keep(found: re.Match[str]) -> str:
        strings.append(found[1] or _double_quoted(found[2]))
        return f'"{len(strings) - 1}"'

    # With the strings put aside, punctuation is only ever punctuation.
    bare = _STRING.sub(keep, text)
    bare = _BARE_NAME.sub(lambda found: f"{found[1]}{_keep_name(strings, found[2])}{found[3]}", bare)
    bare = _TRAILING_COMMA.sub(r"\1", bare)
    restored = re.sub(r'"(\d+)"', lambda found: strings[int(found[1])], bare)
    try:
        return msgspec.json.decode(restored)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None


def _keep_name(strings: list[str], name: str) -> str:
    strings.append(f'"{name}"')
    return f'"{len(strings) - 1}"'


def _double_quoted(text: str) -> str:
    return '"' + text.replace("\\'", "'").replace('"', '\\"') + '"'
