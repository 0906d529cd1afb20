"""A document while it is read: which version it is, where a reference leads, and what a member must be."""

from dataclasses import dataclass
from typing import Any, TypeVar

from console.apis.openapi.report import Report
from console.apis.openapi.syntax import Document, Pointer
from console.core.faults import BadRequest
from console.core.patch import unescape

T = TypeVar("T")
_KINDS = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number"}


@dataclass(slots=True)
class Source:
    document: Document
    report: Report
    rest_api_id: str

    @property
    def root(self) -> dict[str, Any]:
        return self.document.value

    @property
    def is_swagger(self) -> bool:
        return "swagger" in self.root

    @property
    def schemas_at(self) -> Pointer:
        return ("definitions",) if self.is_swagger else ("components", "schemas")

    @property
    def security_schemes_at(self) -> Pointer:
        return ("securityDefinitions",) if self.is_swagger else ("components", "securitySchemes")

    def at(self, pointer: Pointer) -> Any:
        value: Any = self.root
        for part in pointer:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
                value = value[int(part)]
            else:
                return None
        return value

    def resolve(self, value: Any, pointer: Pointer) -> tuple[Any, Pointer]:
        """Follow `$ref`s within the document: what is there, and where. None, with a warning, where that is nothing."""
        seen: set[str] = set()
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            reference = value["$ref"]
            target = local(reference)
            found = self.at(target) if target is not None and reference not in seen else None
            if target is None or found is None:
                self.report.ignored(pointer, f"Reference '{reference}' not found. Ignoring.", warn=True)
                return None, pointer
            seen.add(reference)
            value, pointer = found, target
        return value, pointer

    def member(self, value: dict[str, Any], name: str, kind: type[T], default: T, pointer: Pointer) -> T:
        """A member of a kind; one of another kind is an error of the document, and is read as `default`."""
        found = value.get(name)
        if found is None:
            return default
        if kind is not bool and isinstance(found, bool):
            found = str(found).lower() if kind is str else found
        elif kind is str and isinstance(found, int | float):
            found = str(found)
        if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
            self.report.error((*pointer, name), f"'{name}' must be {_KINDS[kind]}")
            return default
        return found

    def texts(self, given: dict[str, Any], name: str, at: Pointer) -> dict[str, str]:
        """A map of texts. One that is null is not there: a template that passes through."""
        found = {}
        for key, value in self.member(given, name, dict, {}, at).items():
            if isinstance(value, str):
                found[key] = value
            elif value is not None:
                self.report.error((*at, name, key), f"A value of '{name}' must be a text")
        return found

    def section(self, pointer: Pointer) -> dict[str, Any]:
        """An object of the document that need not be there."""
        around = self.at(pointer[:-1])
        if not isinstance(around, dict):
            return {}
        return self.member(around, pointer[-1], dict, {}, pointer[:-1])


def local(reference: str) -> Pointer | None:
    """`#/definitions/Pet` as a pointer; None for what lies outside the document."""
    if not reference.startswith("#/"):
        return None
    return tuple(unescape(part) for part in reference[2:].split("/"))


def check_version(root: dict[str, Any]) -> None:
    """Raises BadRequest for what is neither Swagger 2.0 nor OpenAPI 3."""
    swagger, openapi = root.get("swagger"), root.get("openapi")
    if swagger is not None and str(swagger) in ("2.0", "2"):
        return
    if swagger is None and openapi is not None and str(openapi).startswith("3."):
        return
    raise BadRequest(
        'Invalid OpenAPI input: a Swagger 2.0 document has swagger: "2.0" at its top, an OpenAPI document '
        'openapi: "3.0.1" or another 3.x',
        field="body",
    )
