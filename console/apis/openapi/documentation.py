"""`x-amazon-apigateway-documentation`: documentation parts. Source: developer guide, the page of that name."""

import json
from typing import Any

from console.apis import checks
from console.apis.drawing import DocumentationPartDraft
from console.apis.openapi.source import Source
from console.core.faults import BadRequest

EXTENSION = "x-amazon-apigateway-documentation"


def read_documentation_parts(source: Source) -> list[DocumentationPartDraft]:
    """A part that says nothing of a place that can be is left out, with a warning."""
    given = source.member(source.root, EXTENSION, dict, {}, ())
    found: dict[tuple[str, ...], DocumentationPartDraft] = {}
    for index, value in enumerate(source.member(given, "documentationParts", list, [], (EXTENSION,))):
        here = (EXTENSION, "documentationParts", str(index))
        try:
            draft = _draft(value)
        except BadRequest as fault:
            source.report.ignored(here, f"Unable to create documentation part: {fault.message}. Ignoring.", warn=True)
            continue
        place = (draft.type, draft.path, draft.method, draft.status_code, draft.name)
        if place in found:
            source.report.approximated(here, "Takes the place of a part of the same location above", warn=True)
        found[place] = draft
    if "version" in given:
        said = "The version is that of the documentation that was exported: create one of your own"
        source.report.ignored((EXTENSION, "version"), said)
    if given:
        source.report.taken((EXTENSION,), f"Taken: {len(found)} documentation parts")
    return list(found.values())


def _draft(value: Any) -> DocumentationPartDraft:
    """Raises BadRequest."""
    where = value.get("location") if isinstance(value, dict) else None
    if not isinstance(where, dict):
        raise BadRequest("'location' must be an object")
    texts = {str(name): member if member is None else str(member) for name, member in where.items()}
    properties = value.get("properties")
    text = properties if isinstance(properties, str) else json.dumps(properties, default=str)
    checks.documentation_properties(text)
    draft = DocumentationPartDraft(**checks.location(texts), properties=text)
    if len(draft.path) > checks.MAX_PATH or len(draft.name) > checks.MAX_NAME:
        raise BadRequest("the path or the name is too long")
    return draft
