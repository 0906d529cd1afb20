"""Handlers for patch rules: each changes one field, one entry of a map or one item of a list of a row in memory."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from django.db.models import Model

from console.core.faults import BadRequest, NotFound
from console.core.patch import Handler, PatchOperation

REPLACE = ("replace",)
REPLACE_REMOVE = ("replace", "remove")
ENTRY = ("add", "remove", "replace")
ITEM = ("add", "remove")

Patches: TypeAlias = Sequence[Mapping[str, Any]] | None  # as they are on the wire
Read: TypeAlias = Callable[[PatchOperation], Any]


def text(op: PatchOperation) -> str:
    return op.value or ""


def boolean(op: PatchOperation) -> bool:
    """AWS takes `true` and `false` in any case."""
    value = {"true": True, "false": False}.get((op.value or "").lower())
    if value is None:
        raise BadRequest(f"Invalid boolean value '{op.value}' specified for path {op.path}", field=op.path)
    return value


def integer(op: PatchOperation) -> int:
    try:
        return int(op.value or "")
    except ValueError:
        raise BadRequest(f"Invalid integer value '{op.value}' specified for path {op.path}", field=op.path) from None


def integer_or_none(op: PatchOperation) -> int | None:
    return integer(op) if op.value else None


def put(row: Model, field: str, read: Read = text, *, empty: Any = "") -> Handler:
    """Sets a field; `remove` sets it to `empty`."""

    def handle(op: PatchOperation) -> None:
        setattr(row, field, empty if op.op == "remove" else read(op))

    return handle


def entry(mapping: dict[str, Any], read: Read = text) -> Handler:
    def handle(op: PatchOperation, name: str) -> None:
        if op.op != "remove":
            mapping[name] = read(op)
        elif mapping.pop(name, None) is None:
            raise NotFound("Invalid parameter name specified", field=op.path)

    return handle


def named_item(items: list[str]) -> Handler:
    """The item is the path's last segment; `replace` puts the value in its place."""

    def handle(op: PatchOperation, name: str) -> None:
        if op.op == "add":
            _add(items, name)
            return
        _remove(items, name, op)
        if op.op == "replace":
            _add(items, op.value or name)

    return handle


def valued_item(items: list[str]) -> Handler:
    """The item is the operation's value."""

    def handle(op: PatchOperation) -> None:
        if op.op == "add":
            _add(items, op.value or "")
        else:
            _remove(items, op.value or "", op)

    return handle


def _add(items: list[str], item: str) -> None:
    if item not in items:
        items.append(item)


def _remove(items: list[str], item: str, op: PatchOperation) -> None:
    if item not in items:
        raise NotFound("Invalid parameter name specified", field=op.path)
    items.remove(item)
