import datetime as dt

import pytest
from django.utils import timezone

from console.publishing.models import Node as NodeRow
from console.publishing.models import NodeAcknowledgement, Tombstone
from console.publishing.services import convergence, live_nodes, prune
from console.publishing.tasks import prune as prune_task
from console.stages.services import delete_stage, flush_stage_cache, history
from console.telemetry.models import MinuteCount
from dataplane import snapshot
from tests.console.publishing.nodes import STARTED_AT, Node
from tests.console.stages.drawn import DEPLOYER, deploy, pets

pytestmark = pytest.mark.django_db

MINUTE = 1_700_000_040


def count(n: int, **changed: object) -> snapshot.MinuteCount:
    given = {
        "minute": MINUTE,
        "api_id": "abc",
        "stage_name": "dev",
        "resource_path": "/pets",
        "http_method": "GET",
        "digest": "0" * 64,
        "count": n,
        "count_4xx": 1,
        "count_5xx": 2,
        "latency_ms_sum": 3.5,
        "integration_latency_ms_sum": 2.5,
        "cache_hits": 3,
        "cache_misses": 4,
    }
    return snapshot.MinuteCount(**{**given, **changed})


def test_a_report_is_kept_and_the_next_one_replaces_it() -> None:
    deploy(pets())
    node = Node()
    node.poll()
    refusal = snapshot.Refusal(api_id="abc", stage_name="dev", generation=1, digest="0" * 64, reason="corrupt")
    assert node.report(requests=10).status_code == 204
    assert node.report(requests=20, refusals=(refusal,)).status_code == 204
    row = NodeRow.objects.get()
    assert row.generation == node.generation and row.started_date == dt.datetime.fromtimestamp(STARTED_AT, dt.UTC)
    assert row.report["requests"] == 20 and row.report["refusals"][0]["reason"] == "corrupt"
    assert list(live_nodes()) == [row]


def test_a_generation_of_another_database_acknowledges_nothing() -> None:
    deploy(pets())
    Node(origin="5e0f9f0c-7b0e-4a38-9a4e-0d2f5d5d4b5a", generation=99).report()
    Node(id="node-2", origin="", generation=0).report()
    assert {row.generation for row in NodeRow.objects.all()} == {0}
    assert not NodeAcknowledgement.objects.exists()


def test_only_the_first_acknowledgement_of_a_generation_counts() -> None:
    deploy(pets())
    node = Node()
    node.poll()
    node.report()
    first = NodeAcknowledgement.objects.get().at
    node.report()
    assert NodeAcknowledgement.objects.get().at == first


def test_totals_that_come_twice_are_counted_once() -> None:
    node = Node()
    for total in (3, 5, 5):
        assert node.report(count(total)).status_code == 204
    row = MinuteCount.objects.get()
    assert (row.count, row.count_4xx, row.count_5xx, row.latency_ms_sum) == (5, 1, 2, 3.5)
    assert row.minute == dt.datetime.fromtimestamp(MINUTE, dt.UTC)


def test_a_node_that_started_again_counts_from_zero_beside_what_it_counted() -> None:
    node = Node()
    node.report(count(5))
    node.report(count(2), started_at=STARTED_AT + 30)
    Node(id="node-2").report(count(4))
    assert sorted(MinuteCount.objects.values_list("count", flat=True)) == [2, 4, 5]


def test_what_differs_in_anything_is_counted_apart_in_one_statement(django_assert_num_queries) -> None:
    node = Node()
    node.report(count(1))
    different = [
        count(1),
        count(1, minute=MINUTE + 60),
        count(1, api_id="other"),
        count(1, stage_name="prod"),
        count(1, resource_path="/"),
        count(1, http_method="POST"),
        count(1, digest="1" * 64),
    ]
    with django_assert_num_queries(5):  # savepoint, origin, node, counts, release
        node.report(*different)
    assert MinuteCount.objects.count() == 7


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'{"schemaVersion": 99}'])
def test_what_is_no_report_is_refused(body: bytes) -> None:
    node = Node()
    answer = node.client.post("/internal/report", body, "application/json", headers=node._headers())
    assert answer.status_code == 400 and answer.json()["message"]


def test_a_change_has_converged_when_every_live_node_serves_it() -> None:
    api = pets()
    deploy(api)
    nodes = [Node(id="node-1"), Node(id="node-2")]
    for node in nodes:
        node.poll()
        node.report()
    flushed = flush_stage_cache(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    seen = []
    for node in nodes:
        found = convergence(flushed.generation)
        seen.append((found.serving, found.nodes, found.complete, found.seconds))
        node.poll()
        node.report()
    assert seen == [(0, 2, False, None), (1, 2, False, None)]
    found = convergence(flushed.generation)
    assert (found.serving, found.nodes, found.complete) == (2, 2, True)
    last = NodeAcknowledgement.objects.filter(generation=flushed.generation).latest("at").at
    assert found.seconds == (last - history(api.pk, "dev")[0].at).total_seconds()


def test_a_later_generation_serves_the_change_too() -> None:
    api = pets()
    deploy(api)
    first = flush_stage_cache(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    flush_stage_cache(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    node = Node()
    node.poll()
    node.report()
    assert convergence(first.generation).complete and convergence(first.generation).seconds is not None


def test_a_node_that_started_after_a_change_says_nothing_of_the_time_it_took() -> None:
    api = pets()
    deploy(api)
    flushed = flush_stage_cache(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    node = Node()
    node.poll()
    node.report(started_at=timezone.now().timestamp() + 1)
    found = convergence(flushed.generation)
    assert found.complete and found.seconds is None


def test_a_node_that_is_silent_is_not_waited_for() -> None:
    api = pets()
    deploy(api)
    Node(id="gone").report()
    NodeRow.objects.update(seen_date=timezone.now() - dt.timedelta(seconds=30))
    flushed = flush_stage_cache(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    assert convergence(flushed.generation).nodes == 0


def test_old_nodes_acknowledgements_and_tombstones_are_forgotten() -> None:
    api = pets()
    deploy(api)
    node, gone = Node(), Node(id="gone")
    for one in (node, gone):
        one.poll()
        one.report()
    delete_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    node.poll()
    node.report()
    long_ago = timezone.now() - dt.timedelta(days=8)
    NodeAcknowledgement.objects.update(at=long_ago)
    Tombstone.objects.update(at=long_ago)
    NodeRow.objects.filter(pk="gone").update(seen_date=long_ago)
    assert prune_task.apply().get() == {"acknowledgements": 1, "nodes": 1, "tombstones": 1, "usage_reports": 0}
    assert [row.pk for row in NodeRow.objects.all()] == ["node-1"]
    # What a node serves now stays acknowledged: its next report would else look like a late one.
    assert NodeAcknowledgement.objects.get().generation == node.generation
    assert prune() == {"acknowledgements": 0, "nodes": 0, "tombstones": 0, "usage_reports": 0}


@pytest.mark.parametrize("broken", [{"started_at": 1e300}, {"node_id": "n" * 65}, {"endpoint": "http://\0"}])
def test_a_report_that_cannot_be_kept_is_refused_with_its_reason(broken) -> None:
    answer = Node().report(**broken)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert not NodeRow.objects.exists()
