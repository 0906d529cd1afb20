"""Schemas to models: named ones under names that AWS takes, inline ones under names made of their content."""

import hashlib
import json
import re
from typing import Any

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
        if isinstance(value, list):
            return [self._rewritten(inner, (*pointer, str(index))) for index, inner in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("$ref"), str):
            name = self._referred(value["$ref"], pointer)
            return (
                {"$ref": f"https://apigateway.amazonaws.com/restapis/{self.source.rest_api_id}/models/{name}"}
                if name
                else {}
            )
        return {key: self._rewritten(inner, (*pointer, key)) for key, inner in value.items()}
