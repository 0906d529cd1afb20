"""A path's operations to methods."""

from collections.abc import Callable
from typing import Any

from console.apis.drawing import MethodDraft
from console.apis.openapi.integrations import EXTENSION, read_integration
from console.apis.openapi.parameters import JSON, Parameters, read_parameters, read_request_body
from console.apis.openapi.request_validators import NAMED, named_validator
from console.apis.openapi.responses import read_responses
from console.apis.openapi.schemas import Models
from console.apis.openapi.security import AUTH, Scheme, read_security
from console.apis.openapi.source import Source
from console.apis.openapi.syntax import Pointer

ANY = "x-amazon-apigateway-any-method"
VERBS = {verb: verb.upper() for verb in ("get", "put", "post", "delete", "options", "head", "patch")} | {ANY: "ANY"}
_BESIDE = frozenset(("parameters", "summary", "description", "servers", "$ref"))
_KNOWN_EXTENSIONS = frozenset((EXTENSION, AUTH, ANY, NAMED))


class Operations:
    """Reads the operations of one document; `step` is called after each."""

    def __init__(self, source: Source, models: Models, schemes: dict[str, Scheme], step: Callable[[], None]) -> None:
        self.source, self.models, self.schemes, self.step = source, models, schemes, step
        self._validator = named_validator(source, source.root, "", ())
        self._consumes = self._media_types(source.root, "consumes", ())
        self._produces = self._media_types(source.root, "produces", ())

    def read_path(self, item: Any, pointer: Pointer) -> list[MethodDraft]:
        given, at = self.source.resolve(item, pointer)
        if given is None:
            return []
        if not isinstance(given, dict):
            self.source.report.error(pointer, "A path must be an object")
            return []
        shared = read_parameters(self.source, self.models, given.get("parameters"), self._consumes, (*at, "parameters"))
        methods = [
            self._read(VERBS[name], operation, shared, (*at, name))
            for name, operation in given.items()
            if name in VERBS and isinstance(operation, dict)
        ]
        self._say(given, at, pointer, len(methods))
        return methods

    def _say(self, given: dict[str, Any], at: Pointer, pointer: Pointer, count: int) -> None:
        for name, value in given.items():
            if name in VERBS and not isinstance(value, dict):
                self.source.report.error((*at, name), "An operation must be an object")
            elif name not in VERBS and name not in _BESIDE:
                self.source.report.ignored((*at, name), f"'{name}' is nothing that API Gateway serves")
        said = f"Taken as a resource with {count} method{'' if count == 1 else 's'}"
        self.source.report.taken(pointer, said)

    def _read(self, verb: str, operation: dict[str, Any], shared: Parameters, pointer: Pointer) -> MethodDraft:
        source = self.source
        consumes = self._media_types(operation, "consumes", pointer) if "consumes" in operation else self._consumes
        produces = self._media_types(operation, "produces", pointer) if "produces" in operation else self._produces
        own = read_parameters(source, self.models, operation.get("parameters"), consumes, (*pointer, "parameters"))
        bodies = {**shared.models, **own.models}
        if "requestBody" in operation:
            bodies |= read_request_body(source, self.models, operation["requestBody"], (*pointer, "requestBody"))
        draft = MethodDraft(
            http_method=verb,
            operation_name=source.member(operation, "operationId", str, "", pointer)[:255],
            request_parameters={**shared.declared, **own.declared},
            request_models=bodies,
            request_validator=named_validator(source, operation, self._validator, pointer),
            responses=read_responses(source, self.models, operation, produces, pointer),
        )
        read_security(source, self.schemes, operation, draft, pointer)
        draft.integration = read_integration(source, operation, pointer)
        self._say_operation(operation, draft, pointer)
        self.step()
        return draft

    def _say_operation(self, operation: dict[str, Any], draft: MethodDraft, pointer: Pointer) -> None:
        for name in operation:
            if name.startswith("x-amazon-apigateway-") and name not in _KNOWN_EXTENSIONS:
                self.source.report.ignored((*pointer, name), f"'{name}' is not kept by this version", warn=True)
            elif name == "callbacks":
                self.source.report.ignored((*pointer, name), "Callbacks are nothing that API Gateway serves")
        if draft.integration is None and EXTENSION not in operation:
            said = f"Taken as method {draft.http_method} without an integration: draw one before you deploy"
        else:
            said = f"Taken as method {draft.http_method}"
        self.source.report.taken(pointer, said)

    def _media_types(self, holder: dict[str, Any], name: str, pointer: Pointer) -> list[str]:
        """Swagger 2's `consumes` and `produces`; JSON where they say nothing."""
        found = self.source.member(holder, name, list, [], pointer)
        return [str(each) for each in found] or [JSON]
