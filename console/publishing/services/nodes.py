"""What nodes report, and whether all of them serve a change."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Min, QuerySet
from django.utils import timezone

from console.access.services import Use, count_usage, prune_reports
from console.publishing.models import AccessTombstone, Generation, Node, NodeAcknowledgement, Tombstone
from console.stages.models import StageEvent
from console.telemetry.services import Count, count_minutes
from dataplane import snapshot

LIVE = dt.timedelta(seconds=10)  # a node reports about once a second
KEPT = dt.timedelta(days=7)
COUNTED = dt.timedelta(days=60)  # longer than a node keeps counts that no console has taken
_COUNTS = ("counts", "usage")  # of a report: kept as rows of their own


@transaction.atomic
def take_report(report: snapshot.NodeReport) -> snapshot.ReportAnswer:
    """A report that comes twice changes nothing. The node's row is held to the end: its reports come in turn."""
    now = timezone.now()
    started = _moment(report.started_at)
    here = Generation.objects.position()
    ours = here is not None and report.origin == here[1]
    generation = report.generation if ours else 0  # another database's number means nothing here
    state = {name: value for name, value in snapshot.to_builtins(report).items() if name not in _COUNTS}
    node = Node(id=report.node_id, report=state, generation=generation, started_date=started, seen_date=now)
    Node.objects.bulk_create(
        [node],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["report", "generation", "started_date", "seen_date"],
    )
    if generation:
        taken = NodeAcknowledgement(node=node, generation=generation, at=now)
        NodeAcknowledgement.objects.bulk_create([taken], ignore_conflicts=True)  # the first one is the one that counts
    count_minutes(report.node_id, started, [_count(count) for count in report.counts])
    recorded = count_usage(f"{report.node_id}/{report.usage_life}", map(_use, report.usage)) if report.usage else []
    return snapshot.ReportAnswer(
        schema_version=snapshot.SCHEMA_VERSION,
        quotas=tuple(
            snapshot.QuotaUse(plan_id=one.usage_plan_id, key_id=one.api_key_id, period=one.period, used=one.used)
            for one in recorded
        ),
    )


def _use(count: snapshot.UsageCount) -> Use:
    return Use(count.plan_id, count.key_id, dt.date.fromisoformat(count.day), count.used)


def _moment(epoch_seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(epoch_seconds, dt.UTC)


def _count(count: snapshot.MinuteCount) -> Count:
    return Count(
        minute=_moment(count.minute),
        rest_api_id=count.api_id,
        stage_name=count.stage_name,
        resource_path=count.resource_path,
        http_method=count.http_method,
        digest=count.digest,
        count=count.count,
        count_4xx=count.count_4xx,
        count_5xx=count.count_5xx,
        latency_ms_sum=count.latency_ms_sum,
        integration_latency_ms_sum=count.integration_latency_ms_sum,
        cache_hits=count.cache_hits,
        cache_misses=count.cache_misses,
    )


def live_nodes() -> "QuerySet[Node]":
    return Node.objects.filter(seen_date__gte=timezone.now() - LIVE).order_by("id")


@dataclass(frozen=True, slots=True)
class Convergence:
    nodes: int  # that are alive
    serving: int  # of these, the ones that serve the change
    seconds: float | None  # from the change to the last node's taking it; None until all serve, or when none was there

    @property
    def complete(self) -> bool:
        return self.serving == self.nodes


def convergence(generation: int, *, changed: dt.datetime | None = None) -> Convergence:
    """`changed` is when the change was made; without it, history is asked."""
    nodes = list(live_nodes())
    serving = [node for node in nodes if node.generation >= generation]
    seconds = None
    if len(serving) == len(nodes):
        seconds = _seconds(serving, generation, changed or _changed(generation))
    return Convergence(len(nodes), len(serving), seconds)


def _changed(generation: int) -> dt.datetime | None:
    return StageEvent.objects.filter(generation=generation).values_list("at", flat=True).first()


def _seconds(nodes: list[Node], generation: int, changed: dt.datetime | None) -> float | None:
    """A node that started after the change did not have to wait for it, so it says nothing of the time it took."""
    if changed is None:
        return None
    there = [node.pk for node in nodes if node.started_date is not None and node.started_date <= changed]
    taken = NodeAcknowledgement.objects.filter(node__in=there, generation__gte=generation)
    firsts = [row["first"] for row in taken.values("node").annotate(first=Min("at"))]
    return max(0.0, (max(firsts) - changed).total_seconds()) if firsts else None


def prune(*, older_than: dt.timedelta = KEPT) -> dict[str, int]:
    """Forget nodes that are gone, acknowledgements that a later one follows, and old tombstones (a node that missed one
    counts more stages than the manifest says there are, and asks for all of them)."""
    before = timezone.now() - older_than
    followed = NodeAcknowledgement.objects.filter(at__lt=before, generation__lt=F("node__generation"))
    return {
        "acknowledgements": followed.delete()[0],
        "nodes": Node.objects.filter(seen_date__lt=before).delete()[1].get(Node._meta.label, 0),
        "usage_reports": prune_reports(older_than=COUNTED),
        "tombstones": sum(kind.objects.filter(at__lt=before).delete()[0] for kind in (Tombstone, AccessTombstone)),
    }
