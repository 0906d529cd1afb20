import uuid

import pytest
from django.utils import timezone

from console.core.actor import Role
from console.telemetry.models import MinuteCount
from tests.console.people import PIECE, browser, text

pytestmark = pytest.mark.django_db

ADDRESS = "/apis/abcdefghij/stages/dev/traffic"


def test_an_hour_without_requests_says_so():
    assert "No requests in the last hour" in text(browser(Role.VIEWER).get(ADDRESS, headers=PIECE))


def count_now(**counts):
    MinuteCount.objects.create(
        id=uuid.uuid4(), minute=timezone.now().replace(second=0, microsecond=0), node_id="n", rest_api_id="abcdefghij",
        stage_name="dev", resource_path="/", http_method="GET", **counts,
    )  # fmt: skip


def test_what_the_cache_answered_shows_where_there_is_one():
    viewer = browser(Role.VIEWER)
    count_now(count=5)
    assert "from the cache" not in text(viewer.get(ADDRESS, headers=PIECE))
    count_now(count=4, cache_hits=3, cache_misses=1)
    assert "75%</b><span>from the cache" in text(viewer.get(ADDRESS, headers=PIECE))


def test_the_chart_has_every_minute_of_the_hour(monkeypatch):
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)  # else the minute may turn before it is asked for
    count_now(count=4, count_4xx=1, count_5xx=2, latency_ms_sum=10)
    context = browser(Role.VIEWER).get(ADDRESS, headers=PIECE).context
    assert len(context["chart"]["x"]) == 60
    requests, fours, fives = (series["values"] for series in context["chart"]["series"])
    assert (requests[-1], fours[-1], fives[-1], sum(requests)) == (4, 1, 2, 4)
    assert context["latency_ms"] == 2.5
