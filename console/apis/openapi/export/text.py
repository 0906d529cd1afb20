"""A document as text."""

import json
from typing import Any

import yaml

from console.core.faults import BadRequest

JSON, YAML = "application/json", "application/yaml"
MEDIA_TYPES = {JSON: "json", YAML: "yaml"}  # and how a file of each ends
_ANY = ("", "*/*", "application/*")


def media_type(accepts: str) -> str:
    """Of `Accept`, the first that can be had. Raises BadRequest."""
    asked = [part.split(";")[0].strip().lower() for part in accepts.split(",")]
    for each in asked:
        if each in MEDIA_TYPES:
            return each
        if each in _ANY:
            return JSON
    raise BadRequest(
        f"Invalid export format specified: {accepts}. It must be one of {', '.join(MEDIA_TYPES)}", field="accepts"
    )


def to_text(document: dict[str, Any], kind: str) -> bytes:
    if kind == YAML:
        text: str = yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
        return text.encode()
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


class _Dumper(yaml.CSafeDumper):
    """Says a value that is there twice twice: API Gateway's importer, among others, wants no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
