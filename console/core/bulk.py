"""Many changes in one transaction, which nodes are to take as one."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def one_generation() -> Iterator[None]:
    """Inside a transaction: whatever is changed in it takes one generation, rather than one each. What takes place in a
    savepoint that is rolled back takes none."""
    _say("shared")
    yield
    _say("")


def _say(generation: str) -> None:
    """For this transaction only; read by `publishing_bump()`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('stagedoor.generation', %s, true)", [generation])
