"""Counts as a node would have sent them."""

import datetime as dt

from django.utils import timezone

from console.telemetry.services import Count, count_minutes

STARTED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def minutes_ago(minutes: int) -> dt.datetime:
    return timezone.now().replace(second=0, microsecond=0) - dt.timedelta(minutes=minutes)


def count(minute: dt.datetime, n: int = 1, *, node_id: str = "node-1", **changed: object) -> None:
    given = {
        "minute": minute,
        "rest_api_id": "abc",
        "stage_name": "dev",
        "resource_path": "/pets",
        "http_method": "GET",
        "digest": "0" * 64,
        "count": n,
        "count_4xx": 1,
        "count_5xx": 0,
        "latency_ms_sum": 10.0 * n,
        "integration_latency_ms_sum": 5.0 * n,
    }
    count_minutes(node_id, STARTED, [Count(**{**given, **changed})])
