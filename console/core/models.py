"""What every row of every room has."""

import re
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from console.core.faults import BadRequest


class Row(models.Model):
    """A row that is checked before it is written: a verb calls `put()`, never `save()`."""

    class Meta:
        abstract = True

    def put(self, *, fields: list[str] | None = None) -> None:
        """Check everything that one row may be, then write it (only `fields`, when named).

        Whether a row that it points at is there, the database says; it costs a query each to ask before.
        Raises BadRequest, naming the first field at fault.
        """
        relations = {field.name for field in self._meta.concrete_fields if field.is_relation}
        try:
            self.full_clean(exclude=relations, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            raise bad_request(error) from error
        kwargs: dict[str, Any] = {"update_fields": fields} if fields is not None else {}
        self.save(**kwargs)


def bad_request(error: ValidationError) -> BadRequest:
    field, messages = next(iter(error.message_dict.items())) if hasattr(error, "error_dict") else ("", error.messages)
    name = "" if field == NON_FIELD_ERRORS else _member(field)
    return BadRequest(f"Invalid value for {name}: {messages[0]}" if name else messages[0], field=name)


def _member(field: str) -> str:
    """The field `path_part` is AWS's member `pathPart`."""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), field)
