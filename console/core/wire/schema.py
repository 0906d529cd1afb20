"""The OpenAPI document of what is served, from botocore's shapes: operation ids are AWS's names."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from console.core.wire import model
from console.core.wire.operation import Operation

Document: TypeAlias = dict[str, Any]

_SCALARS: Mapping[str, Document] = {
    "string": {"type": "string"},
    "integer": {"type": "integer", "format": "int32"},
    "long": {"type": "integer", "format": "int64"},
    "double": {"type": "number", "format": "double"},
    "boolean": {"type": "boolean"},
    "timestamp": {"type": "number", "description": "Seconds since 1970-01-01T00:00:00Z."},
    "blob": {"type": "string", "format": "binary"},
}
_PLACES = {"uri": "path", "querystring": "query", "header": "header"}
# Of whatever type its Content-Type says: a document that is JSON is no string.
_FILE: Document = {"description": "A file."}
_ERROR: Document = {
    "type": "object",
    "properties": {"message": {"type": "string", "nullable": True}},
    "description": "A refusal; the header x-amzn-ErrorType names it.",
}


class WireSchema(AutoSchema):
    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Document | None:
        self.registry = registry
        view: Any = self.view
        served = [offer.operation for offer in view.offers if offer.operation is not None]
        mine = [operation for operation in served if operation.address.method == method]
        if not mine:
            return None
        # OpenAPI knows one operation of a method at a path; one that a query singles out is another body of it.
        main = min(mine, key=lambda operation: len(operation.address.query))
        return _Describer(registry, view.offers[-1].address.labels).operation(
            main, [one for one in mine if one is not main]
        )


class _Describer:
    """`labels` are the path's names for what an operation may call otherwise."""

    def __init__(self, registry: ComponentRegistry, labels: list[str]) -> None:
        self.registry = registry
        self.labels = labels

    def operation(self, main: Operation, others: list[Operation]) -> Document:
        shape = main.model.input_shape
        found: Document = {
            "operationId": main.name,
            "description": main.model.documentation,
            "tags": [main.address.path.split("/")[1]],
            "parameters": [*self._parameters(shape, main), *self._singling_out(others)],
            "security": [{"sigv4": []}, {"bearer": []}, {"session": []}],
            "responses": {str(model.status(main.model)): self._response(main), "default": self._error()},
        }
        content = {kind: body for one in [main, *others] for kind, body in self._body(one)}
        if content:
            found["requestBody"] = {"content": content}
        if others:
            found["description"] += "".join(f"<p>{_as_other(one)}</p>" for one in others)
        return found

    def _parameters(self, shape: StructureShape, operation: Operation) -> Iterable[Document]:
        names = dict(zip(operation.address.labels, self.labels, strict=True))
        for name, member in shape.members.items():
            place = _PLACES.get(model.location(member))
            # a map is whatever query parameters no other member names
            if place is None or isinstance(member, MapShape) or model.wire_name(name, member) == "Accept":
                continue
            key = model.wire_name(name, member)
            yield {
                "name": names.get(key, key),
                "in": place,
                "required": place == "path" or name in shape.required_members,
                "schema": self.schema(member),
                "description": member.documentation,
            }

    def _singling_out(self, others: list[Operation]) -> Iterable[Document]:
        for key, value in (pair for operation in others for pair in operation.address.query):
            yield {"name": key, "in": "query", "schema": {"type": "string", "enum": [value]}}

    def _body(self, operation: Operation) -> Iterable[tuple[str, Document]]:
        shape = operation.model.input_shape
        if model.payload_member(shape):
            yield "application/octet-stream", {"schema": _SCALARS["blob"]}
        elif _body_members(shape):
            yield "application/json", {"schema": self._component(shape.name, shape)}

    def _response(self, operation: Operation) -> Document:
        shape = operation.model.output_shape
        if shape is None:
            return {"description": "Done."}
        if model.payload_member(shape):
            return {"description": shape.name, "content": {"*/*": {"schema": _FILE}}}
        return {"description": shape.name, "content": {"application/json": {"schema": self.schema(shape)}}}

    def _error(self) -> Document:
        component = _resolved("Error", _ERROR)
        self.registry.register_on_missing(component)
        return {"description": "A refusal.", "content": {"application/json": {"schema": component.ref}}}

    def schema(self, shape: Shape) -> Document:
        if isinstance(shape, StructureShape):
            return self._component(shape.name, shape)
        if isinstance(shape, ListShape):
            return {"type": "array", "items": self.schema(shape.member)}
        if isinstance(shape, MapShape):
            return {"type": "object", "additionalProperties": self.schema(shape.value)}
        if isinstance(shape, StringShape):
            return {**_SCALARS["string"], **{k: shape.metadata[k] for k in ("enum", "pattern") if k in shape.metadata}}
        return dict(_SCALARS[shape.type_name])

    def _component(self, name: str, shape: StructureShape) -> Document:
        schema: Document = {"type": "object"}
        component = _resolved(name, schema)
        if component not in self.registry:
            self.registry.register(component)  # before its members: a shape may hold itself
            self._fill(schema, shape)
        return dict(component.ref)

    def _fill(self, schema: Document, shape: StructureShape) -> None:
        if shape.documentation:
            schema["description"] = shape.documentation
        members = _body_members(shape)
        schema["properties"] = {model.wire_name(name, member): self.schema(member) for name, member in members.items()}
        required = [model.wire_name(name, members[name]) for name in shape.required_members if name in members]
        if required:
            schema["required"] = required


def _resolved(name: str, schema: Document) -> ResolvedComponent:
    return ResolvedComponent(name, ResolvedComponent.SCHEMA, schema, name)  # type: ignore[no-untyped-call]


def _body_members(shape: StructureShape) -> dict[str, Shape]:
    return {name: member for name, member in shape.members.items() if model.location(member) == "body"}


def _as_other(operation: Operation) -> str:
    query = "&".join(f"{key}={value}" for key, value in operation.address.query)
    return f"With the query {query} and a document as body, this is {operation.name}."
