"""What happened: counts per minute that nodes ship; retention removes the old ones."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.db.models import Sum

# What is counted; the members of Minute after its own.
TOTALS = (
    "count",
    "count_4xx",
    "count_5xx",
    "latency_ms_sum",
    "integration_latency_ms_sum",
    "cache_hits",
    "cache_misses",
)


@dataclass(frozen=True, slots=True)
class Minute:
    """All nodes and methods of a stage together, in a minute or since it."""

    minute: dt.datetime
    count: int = 0
    count_4xx: int = 0
    count_5xx: int = 0
    latency_ms_sum: float = 0.0
    integration_latency_ms_sum: float = 0.0
    cache_hits: int = 0
    cache_misses: int = 0

    @property
    def latency_ms(self) -> float:
        return self.latency_ms_sum / self.count if self.count else 0.0


class MinuteCountQuerySet(models.QuerySet["MinuteCount"]):
    def of_stage(self, rest_api_id: str, stage_name: str) -> Self:
        return self.filter(rest_api_id=rest_api_id, stage_name=stage_name)

    def since(self, minute: dt.datetime) -> Self:
        return self.filter(minute__gte=minute)

    def per_minute(self) -> Iterator[Minute]:
        for row in self._sums("minute"):
            yield Minute(*row)

    def per_digest(self, minute: dt.datetime) -> Iterator[tuple[str, Minute]]:
        """The documents that answered, each with all that it answered since the minute."""
        for digest, *sums in self.since(minute)._sums("digest"):
            yield digest, Minute(minute, *sums)

    def _sums(self, name: str) -> Iterator[tuple[Any, ...]]:
        sums = {f"sum_{total}": Sum(total) for total in TOTALS}
        yield from self.values(name).annotate(**sums).order_by(name).values_list(name, *sums)


class MinuteCount(models.Model):
    """Requests of one method of one stage in one minute, on one node since one of its starts.

    A node ships running totals, and `id` is a digest of what is counted: a report that comes twice changes nothing.
    """

    id = models.UUIDField(primary_key=True)
    minute = models.DateTimeField(db_index=True)
    node_id = models.CharField(max_length=64)
    rest_api_id = models.CharField(max_length=10)
    stage_name = models.CharField(max_length=128)
    resource_path = models.CharField(max_length=4096)
    http_method = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, blank=True)
    count = models.PositiveBigIntegerField(default=0)
    count_4xx = models.PositiveBigIntegerField(default=0)
    count_5xx = models.PositiveBigIntegerField(default=0)
    latency_ms_sum = models.FloatField(default=0)
    integration_latency_ms_sum = models.FloatField(default=0)
    cache_hits = models.PositiveBigIntegerField(default=0)
    cache_misses = models.PositiveBigIntegerField(default=0)

    objects = MinuteCountQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["rest_api_id", "stage_name", "minute"])]
