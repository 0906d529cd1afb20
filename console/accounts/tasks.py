"""The audit record's upkeep: sealed, verified, and, where it is set, forgotten in time."""

import datetime as dt
import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from console.accounts import services

log = logging.getLogger(__name__)


@shared_task(name="accounts.seal_audit")
def seal_audit() -> str:
    """The head that is sealed now, which the log has too: a copy of it that is not in the database."""
    verdict = services.seal_audit()
    if verdict.problem:
        log.error("the audit record is not sealed: %s", verdict.problem)
    elif verdict.entries:
        log.info("the audit record is sealed at %s", verdict.head)
    return str(verdict.head)


@shared_task(name="accounts.verify_audit")
def verify_audit() -> str:
    verdict = services.verify_audit()
    if verdict.problem:
        log.error("the audit record does not hold: %s", verdict.problem)
    return verdict.problem


@shared_task(name="accounts.prune_audit")
def prune_audit() -> int:
    """By whole days, so that the record says it once a day at most."""
    if not settings.AUDIT_DAYS:
        return 0
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return services.prune_audit(before=today - dt.timedelta(days=settings.AUDIT_DAYS))
