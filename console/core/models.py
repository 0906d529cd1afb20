"""What every row of every room has."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from console.core.faults import BadRequest


class Row(models.Model):
    """A row that is checked before it is written: a verb calls `put()`, never `save()`."""

    class Meta:
        abstract = True

    def put(self, *, fields: list[str] | None = None) -> None:
        """Check everything that one row may be, then write it (only `fields`, when named).

        Raises BadRequest, naming the first field at fault.
        """
        try:
            self.full_clean(validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            raise bad_request(error) from error
        kwargs: dict[str, Any] = {"update_fields": fields} if fields is not None else {}
        self.save(**kwargs)


def bad_request(error: ValidationError) -> BadRequest:
    field, messages = next(iter(error.message_dict.items())) if hasattr(error, "error_dict") else ("", error.messages)
    name = "" if field == "__all__" else field
    return BadRequest(f"Invalid value for {name}: {messages[0]}" if name else messages[0], field=name)
