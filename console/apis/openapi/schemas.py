"""Schemas to models: named ones under names that AWS takes, inline ones under names made of their content."""

import hashlib
import json
import re
from typing import Any

from console.apis.checks.schemas import SCHEMA_LISTS, SCHEMA_MAPS, SUBSCHEMAS
from console.apis.drawing import ModelDraft
from console.apis.openapi.source import Source, local
from console.apis.openapi.syntax import Pointer

DEFAULT_MODELS = ("Empty", "Error")  # AWS puts these into every API, so that a document may refer to them undefined


class Models:
    """The models of a document. A schema's `$ref`s become AWS's references to models of the same API."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.drafts: dict[str, ModelDraft] = {}
        self._names: dict[Pointer, str] = {}
        self._used: dict[str, int] = {}  # names, and the last number that was put behind one
        for name in source.section(source.schemas_at):
            self._names[(*source.schemas_at, name)] = self._free_name(name)

    def read(self) -> None:
        for pointer, name in self._names.items():
            schema = self.source.at(pointer)
            if not isinstance(schema, dict):
                self.source.report.error(pointer, "A schema must be an object")
                continue
            self.drafts[name] = self._draft(name, schema, pointer)
            said = "model" if name == pointer[-1] else f"model {name}: a model's name is alphanumeric"
            if name != pointer[-1]:
                self.source.report.approximated(pointer, f"Taken as {said}")
            else:
                self.source.report.taken(pointer, f"Taken as {said}")

    def _free_name(self, name: str) -> str:
        plain = re.sub(r"[^A-Za-z0-9]", "", name)[:250] or "Model"
        free, number = plain, self._used.get(plain, 0)
        while free in self._used:
            number += 1
            free = f"{plain}{number}"
        self._used[plain] = max(number, 1)
        self._used[free] = 1
        return free

    def name_of(self, schema: Any, pointer: Pointer) -> str | None:
        """The model that a body's schema is; None when there is none to be had."""
        if not isinstance(schema, dict) or not schema:
            return None
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return self._referred(reference, pointer)
        return self._inline(schema, pointer)

    def _referred(self, reference: str, pointer: Pointer) -> str | None:
        name = self._names.get(local(reference) or ())
        said = reference.rpartition("/")[2]
        if name is None and said in DEFAULT_MODELS:
            return said
        if name is None:
            self.source.report.ignored(pointer, f"Reference to model '{said}' not found. Ignoring.", warn=True)
        return name

    def _inline(self, schema: dict[str, Any], pointer: Pointer) -> str:
        content = json.dumps(schema, sort_keys=True, default=str)
        name = "MODEL" + hashlib.sha256(content.encode()).hexdigest()[:6]
        if name not in self.drafts:
            self.drafts[name] = self._draft(name, schema, pointer)
        return name

    def _draft(self, name: str, schema: dict[str, Any], pointer: Pointer) -> ModelDraft:
        description = schema.get("description")
        rewritten = self._rewritten(schema, pointer)
        return ModelDraft(
            name=name,
            schema=json.dumps(rewritten, indent=2, default=str),
            description=description if isinstance(description, str) else "",
        )

    def _rewritten(self, value: Any, pointer: Pointer) -> Any:
        """A schema in JSON schema draft 4, which is what a model holds; what is no schema is left as it is."""
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("$ref"), str):
            name = self._referred(value["$ref"], pointer)
            return (
                {"$ref": f"https://apigateway.amazonaws.com/restapis/{self.source.rest_api_id}/models/{name}"}
                if name
                else {}
            )
        found = {key: self._inside(key, inner, (*pointer, key)) for key, inner in value.items()}
        for said in as_draft_4(found):
            self.source.report.approximated(pointer, said)
        return found

    def _inside(self, keyword: str, value: Any, pointer: Pointer) -> Any:
        if keyword in (*SCHEMA_MAPS, "dependencies") and isinstance(value, dict):
            return {name: self._rewritten(inner, (*pointer, name)) for name, inner in value.items()}
        if keyword in (*SCHEMA_LISTS, *SUBSCHEMAS) and isinstance(value, list):
            return [self._rewritten(inner, (*pointer, str(index))) for index, inner in enumerate(value)]
        return self._rewritten(value, pointer) if keyword in SUBSCHEMAS else value


def as_draft_4(schema: dict[str, Any]) -> list[str]:
    """Rewrites in place what OpenAPI's schemas say and draft 4 does not; tells what it did."""
    told = []
    for keyword in ("required", "enum"):
        if schema.get(keyword) == [] or (keyword == "required" and isinstance(schema.get(keyword), bool)):
            del schema[keyword]
            told.append(f"'{keyword}' is left out: in draft 4 it is a list of one or more")
    for keyword, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        bound = schema.get(keyword)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            schema[limit], schema[keyword] = bound, True
            told.append(f"'{keyword}' is said beside '{limit}', as draft 4 has it")
        elif isinstance(bound, bool) and limit not in schema:
            del schema[keyword]
            told.append(f"'{keyword}' is left out: there is no '{limit}' beside it")
    return told
