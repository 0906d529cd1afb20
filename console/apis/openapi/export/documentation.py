"""What a stage's documentation version says of each place: the text of OpenAPI's own members.

Source: developer guide, "Documentation parts in API Gateway": a part is inherited by what lies below its place.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from console.apis.openapi.export.exported import Given, Members


class Documentation:
    def __init__(self, documentation: Given | None) -> None:
        self._parts: dict[tuple[str, str, str, str, str], Members] = {}
        for part in (documentation or {}).get("documentationParts", ()):
            place = part["location"]
            key = tuple(str(place.get(name) or "") for name in ("type", "path", "method", "statusCode", "name"))
            self._parts[key] = _properties(part["properties"])  # type: ignore[index]

    def at(self, kind: str, *, path: str = "", method: str = "", status: str = "", name: str = "") -> Members:
        """All parts that hold there; of two that say the same member, the nearer one counts."""
        found: Members = {}
        if not self._parts:
            return found
        for above in _paths_down_to(path):
            for verb in dict.fromkeys(("", "*", method)):
                for code in dict.fromkeys(("", "*", status)):
                    found = merged(found, self._parts.get((kind, above, verb, code, name), {}))
        return found


def _paths_down_to(path: str) -> Iterator[str]:
    yield ""
    if path:
        yield "/"
        parts = path.strip("/").split("/")
        yield from ("/" + "/".join(parts[:length]) for length in range(1, len(parts) + 1) if path != "/")


def _properties(value: Any) -> Members:
    found = json.loads(value) if isinstance(value, str) else value
    return dict(found) if isinstance(found, Mapping) else {}


def merged(entity: Members, said: Given) -> Members:
    """What is said takes the place of what is there; in objects member by member."""
    found = dict(entity)
    for name, value in said.items():
        there = found.get(name)
        found[name] = merged(there, value) if isinstance(there, dict) and isinstance(value, Mapping) else value
    return found
