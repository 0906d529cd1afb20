"""An operation's reader: the request in, the verb's keyword arguments out. Prepared once per operation."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from console.core.faults import SerializationFault, ValidationFault, violation
from console.core.wire import model
from console.core.wire.values import Read, reader

Arguments: TypeAlias = dict[str, Any]


class Query(Protocol):
    """The part of Django's QueryDict that is needed."""

    def getlist(self, key: str) -> list[str]: ...
    def keys(self) -> Any: ...
    def __contains__(self, key: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client sent, as far as parameters go."""

    labels: Mapping[str, str]
    query: Query
    headers: Mapping[str, str]
    body: bytes


# take(sent, json body) -> the value as JSON would say it, or None where it is absent
Take: TypeAlias = Callable[[Sent, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    member: str
    argument: str
    required: bool
    take: Take
    read: Read


class Parser:
    """Raises SerializationFault for what is no such JSON, ValidationFault for what breaks the model's constraints."""

    def __init__(self, operation: OperationModel) -> None:
        shape = operation.input_shape
        self.where = f"{operation.name[0].lower()}{operation.name[1:]}Input"
        self.payload = model.payload_member(shape)
        self.parameters = _parameters(shape, self.payload, model.address(operation)) if shape is not None else []
        self.has_body = self.payload is None and _reads_body(shape)

    def __call__(self, sent: Sent) -> Arguments:
        body = parse_body(sent.body) if self.has_body else {}
        found: list[str] = []
        arguments: Arguments = {}
        for parameter in self.parameters:
            value = parameter.take(sent, body)
            where = f"{self.where}.{parameter.member}"
            if value is not None:
                arguments[parameter.argument] = parameter.read(value, where, found)
            elif parameter.required:
                found.append(violation(None, where, "Member must not be null"))
        if found:
            raise ValidationFault.of(found)
        return arguments


def parse_body(body: bytes) -> Mapping[str, Any]:
    if not body.strip():
        return {}
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise SerializationFault("The request body is not valid JSON.") from None
    if isinstance(value, list):
        raise SerializationFault("Start of list found where not expected")
    if not isinstance(value, dict):
        raise SerializationFault("Unexpected field type")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _reads_body(shape: StructureShape | None) -> bool:
    return shape is not None and any(model.location(member) == "body" for member in shape.members.values())


def _parameters(shape: StructureShape, payload: str | None, address: model.Address) -> list[Parameter]:
    named = {
        model.wire_name(name, member)
        for name, member in shape.members.items()
        if model.location(member) == "querystring" and not isinstance(member, MapShape)
    } | {key for key, _ in address.query}
    return [
        Parameter(
            member=name,
            argument=model.argument(name),
            required=name in shape.required_members,
            take=_take_payload if name == payload else _take(name, member, frozenset(named)),
            read=_as_is if name == payload else reader(member),
        )
        for name, member in shape.members.items()
    ]


def _take(name: str, shape: Shape, named_queries: frozenset[str]) -> Take:
    key, where = model.wire_name(name, shape), model.location(shape)
    if where == "uri":
        return lambda sent, body: sent.labels.get(key)
    if where == "header":
        return lambda sent, body: sent.headers.get(key)
    if where == "querystring":
        if isinstance(shape, MapShape):
            return lambda sent, body: _rest_of_query(sent.query, named_queries)
        return _take_query(key, shape)
    return lambda sent, body: body.get(key)


def _take_query(key: str, shape: Shape) -> Take:
    if isinstance(shape, ListShape):
        return lambda sent, body: sent.query.getlist(key) or None
    convert = _FROM_TEXT.get(shape.type_name, str)
    return lambda sent, body: convert(sent.query.getlist(key)[-1]) if key in sent.query else None


def _rest_of_query(query: Query, named: frozenset[str]) -> dict[str, str] | None:
    """Every query parameter that no other member names; those of a presigned URL are not the operation's."""
    rest = {
        key: query.getlist(key)[-1]
        for key in query.keys()  # noqa: SIM118 - a QueryDict's iteration is its keys, the protocol's is not said
        if key not in named and not key.lower().startswith("x-amz-")
    }
    return rest or None


def _take_payload(sent: Sent, body: Mapping[str, Any]) -> bytes | None:
    return sent.body or None


def _as_is(value: Any, where: str, found: list[str]) -> Any:
    return value


def _boolean(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text.lower(), text)


def _integer(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text  # the reader refuses it in AWS's words


_FROM_TEXT: dict[str, Callable[[str], Any]] = {"boolean": _boolean, "integer": _integer, "long": _integer}
