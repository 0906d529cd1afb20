"""AWS's quotas, which are settings here."""

from typing import TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Model, QuerySet

from console.core.faults import LimitExceeded

M = TypeVar("M", bound=Model)


def refuse_more(limit: str, rows: "QuerySet[M]", what: str, where: str = "this account") -> None:
    """Called before one more of `rows` is written: until its transaction ends, nobody else counts for this limit.

    Raises LimitExceeded, in the words in which AWS speaks of resources.
    """
    hold(limit)
    if rows.count() >= settings.LIMITS[limit]:
        raise reached(limit, what, where)


def hold(limit: str) -> None:
    """Until the transaction ends. For who counts again and again: before what others take only after it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"stagedoor.limits.{limit}"])


def reached(limit: str, what: str, where: str) -> LimitExceeded:
    return LimitExceeded(
        f"Maximum number of {what} for {where} has been reached. Whoever runs Stagedoor can raise it: "
        f"{limit} in STAGEDOOR_LIMITS, {settings.LIMITS[limit]} now."
    )
