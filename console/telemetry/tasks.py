"""Retention: what is old enough is forgotten."""

import datetime as dt

from celery import shared_task
from django.conf import settings

from console.telemetry import services

IMPORT_JOBS_KEPT = dt.timedelta(days=7)


@shared_task(name="telemetry.prune")
def prune() -> dict[str, int]:
    """How many rows of each kind went."""
    return {
        "counts": services.prune_counts(older_than=dt.timedelta(days=settings.TELEMETRY_DAYS)),
        "import_jobs": services.prune_import_jobs(older_than=IMPORT_JOBS_KEPT),
    }
