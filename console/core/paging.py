"""AWS's `position` and `limit`: a page of an ordered list and where the next one begins."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

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
        rows = rows.filter(**{f"{order}__gt": _read(position)})
    found = list(rows.order_by(order)[: size + 1])
    more = len(found) > size
    items = found[:size]
    return Page(items, _write(getattr(items[-1], order)) if more else None)


def _write(value: Any) -> str:
    return base64.urlsafe_b64encode(str(value).encode()).decode()


def _read(position: str) -> str:
    try:
        return base64.urlsafe_b64decode(position.encode()).decode()
    except (binascii.Error, UnicodeError, ValueError):
        raise BadRequest("Invalid position parameter", field="position") from None
