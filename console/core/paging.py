"""AWS's `position` and `limit`: a page of an ordered list and where the next one begins."""

import base64
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from console.core.faults import BadRequest

DEFAULT_LIMIT = 25
MAX_LIMIT = 500

M = TypeVar("M", bound=Model)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: list[T]
    position: str | None = None


def page(rows: "QuerySet[M]", *, order: str, position: str | None, limit: int | None) -> Page[M]:
    """The rows after `position`, ordered by the unique field `order` (one index-backed query).

    Raises BadRequest for a position that no page gave, or a limit below 1; more than 500 is 500, as AWS does.
    """
    size = DEFAULT_LIMIT if limit is None else limit
    if size < 1:
        raise BadRequest("Invalid limit specified", field="limit")
    size = min(size, MAX_LIMIT)
    if position:
        rows = _after(rows, order, _read(position))
    found = list(rows.order_by(order)[: size + 1])
    more = len(found) > size
    items = found[:size]
    return Page(items, _write(getattr(items[-1], order)) if more else None)


def _after(rows: "QuerySet[M]", order: str, value: str) -> "QuerySet[M]":
    try:
        return rows.filter(**{f"{order}__gt": value})
    except (ValueError, ValidationError):  # no value of this field
        raise _invalid() from None


def _invalid() -> BadRequest:
    return BadRequest("Invalid position parameter", field="position")


def _write(value: Any) -> str:
    return base64.urlsafe_b64encode(str(value).encode()).decode()


def _read(position: str) -> str:
    try:
        value = base64.urlsafe_b64decode(position.encode()).decode()
    except ValueError:
        raise _invalid() from None
    if "\0" in value or _write(value) != position:  # the decoder passes over what is no base64
        raise _invalid()
    return value
