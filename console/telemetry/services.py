"""What nodes counted: taken in, asked for, and forgotten in time."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.utils import timezone

from console.apis.models import ImportJob
from console.telemetry.models import TOTALS, Minute, MinuteCount

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Count:
    """What one node counted in one minute since it started: running totals, not increments."""

    minute: dt.datetime
    rest_api_id: str
    stage_name: str
    resource_path: str
    http_method: str
    digest: str
    count: int
    count_4xx: int
    count_5xx: int
    latency_ms_sum: float
    integration_latency_ms_sum: float
    cache_hits: int = 0
    cache_misses: int = 0


def count_minutes(node_id: str, node_started: dt.datetime, counts: Iterable[Count]) -> None:
    """One statement, however many; each count replaces the one that the same start of the same node sent before."""
    rows = {row.id: row for row in (_row(node_id, node_started, count) for count in counts)}
    MinuteCount.objects.bulk_create(
        [rows[key] for key in sorted(rows)],  # in one order, so that two reports never wait for each other
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=TOTALS,
    )


def _row(node_id: str, node_started: dt.datetime, count: Count) -> MinuteCount:
    return MinuteCount(id=_name(node_id, node_started, count), node_id=node_id, **asdict(count))


def _name(node_id: str, node_started: dt.datetime, count: Count) -> uuid.UUID:
    counted = (
        node_id,
        node_started.isoformat(),
        count.minute.isoformat(),
        count.rest_api_id,
        count.stage_name,
        count.resource_path,
        count.http_method,
        count.digest,
    )
    return uuid.UUID(bytes=hashlib.sha256("\n".join(counted).encode()).digest()[:16])


def stage_minutes(rest_api_id: str, stage_name: str, *, minutes: int = 60) -> list[Minute]:
    """One entry for each of the last minutes, oldest first and the present one last, those without requests too."""
    first = _first_of(minutes)
    counted = {
        row.minute: row for row in MinuteCount.objects.of_stage(rest_api_id, stage_name).since(first).per_minute()
    }
    steps = (first + dt.timedelta(minutes=step) for step in range(minutes))
    return [counted.get(minute, Minute(minute)) for minute in steps]


def digest_counts(rest_api_id: str, stage_name: str, *, minutes: int = 60) -> dict[str, Minute]:
    """What each document answered in the last minutes, by its digest: how the arms of a canary do."""
    return dict(MinuteCount.objects.of_stage(rest_api_id, stage_name).per_digest(_first_of(minutes)))


def _first_of(minutes: int) -> dt.datetime:
    """The last minutes begin here; the present one is among them."""
    return timezone.now().replace(second=0, microsecond=0) - dt.timedelta(minutes=minutes - 1)


def prune_counts(*, older_than: dt.timedelta) -> int:
    """In batches, so that no report waits long behind a deletion."""
    before = timezone.now() - older_than
    return sum(iter(lambda: _prune_batch(before), 0))


def _prune_batch(before: dt.datetime) -> int:
    batch = MinuteCount.objects.filter(minute__lt=before).values("pk")[:_BATCH]
    return MinuteCount.objects.filter(pk__in=batch).delete()[0]


def prune_import_jobs(*, older_than: dt.timedelta) -> int:
    return ImportJob.objects.filter(finished_date__lt=timezone.now() - older_than).delete()[0]
