import datetime as dt
import itertools

import pytest

from console.telemetry.models import Minute
from console.telemetry.services import digest_counts, stage_minutes
from tests.console.telemetry.counted import count, minutes_ago

pytestmark = pytest.mark.django_db


def test_the_last_hour_has_sixty_minutes_whatever_happened_in_them() -> None:
    found = stage_minutes("abc", "dev")
    assert len(found) == 60 and {row.count for row in found} == {0}
    assert {later.minute - row.minute for row, later in itertools.pairwise(found)} == {dt.timedelta(minutes=1)}
    assert found[-1].minute in (minutes_ago(0), minutes_ago(1))  # the minute may turn while this runs


def test_nodes_methods_and_digests_of_a_stage_are_added_up() -> None:
    minute = minutes_ago(5)
    count(minute, 3)
    count(minute, 4, node_id="node-2")
    count(minute, 5, http_method="POST")
    count(minute, 6, digest="1" * 64)
    count(minute, 100, stage_name="prod")
    count(minute, 100, rest_api_id="other")
    found = next(row for row in stage_minutes("abc", "dev") if row.minute == minute)
    assert found == Minute(minute, 18, 4, 0, 180.0, 90.0)
    assert found.latency_ms == 10.0


def test_what_is_older_is_not_asked_for() -> None:
    count(minutes_ago(20), 3)
    assert sum(row.count for row in stage_minutes("abc", "dev", minutes=10)) == 0


def test_the_hour_is_one_query(django_assert_num_queries) -> None:
    count(minutes_ago(1), 3)
    with django_assert_num_queries(1):
        stage_minutes("abc", "dev")


def test_each_document_has_its_own_counts(django_assert_num_queries) -> None:
    count(minutes_ago(5), 3)
    count(minutes_ago(4), 4, node_id="node-2")
    count(minutes_ago(4), 6, digest="1" * 64, count_5xx=2)
    count(minutes_ago(90), 100)
    count(minutes_ago(5), 100, stage_name="prod")
    with django_assert_num_queries(1):
        found = digest_counts("abc", "dev")
    assert {digest: (row.count, row.count_5xx) for digest, row in found.items()} == {"0" * 64: (7, 0), "1" * 64: (6, 2)}
