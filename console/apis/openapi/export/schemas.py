"""Models to schemas: their references to each other become references within the document."""

import json
import re
from collections.abc import Mapping
from typing import Any

from console.apis.openapi.export.documentation import Documentation, merged
from console.apis.openapi.export.exported import Form, Given, Members

# As AWS writes it: https://apigateway.amazonaws.com/restapis/{id}/models/{name}
_MODEL = re.compile(r"https://apigateway\.amazonaws\.com/restapis/[^/]+/models/([A-Za-z0-9]+)")


def schemas(document: Given, form: Form, documentation: Documentation) -> Members:
    return {
        model["name"]: merged(_schema(model, form), documentation.at("MODEL", name=model["name"]))
        for model in document.get("models", ())
    }


def schema_reference(name: str, form: Form) -> Members:
    return {"$ref": _pointer(name, form)}


def _pointer(name: str, form: Form) -> str:
    return f"#/definitions/{name}" if form.swagger else f"#/components/schemas/{name}"


def _schema(model: Given, form: Form) -> Members:
    """OpenAPI's schemas do not say which draft they are of; a text that is no object says nothing."""
    try:
        value = json.loads(model.get("schema") or "{}")
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    value.pop("$schema", None)
    found: Members = _rewritten(value, _pointer(model["name"], form), form)
    return found


def _rewritten(value: Any, own: str, form: Form) -> Any:
    if isinstance(value, list):
        return [_rewritten(inner, own, form) for inner in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: _reference(inner, own, form) if key == "$ref" and isinstance(inner, str) else _rewritten(inner, own, form)
        for key, inner in value.items()
    }


def _reference(reference: str, own: str, form: Form) -> str:
    """Of another model, or of a part of this one."""
    match = _MODEL.fullmatch(reference)
    if match:
        return _pointer(match[1], form)
    return f"{own}{reference[1:]}" if reference.startswith("#") else reference
