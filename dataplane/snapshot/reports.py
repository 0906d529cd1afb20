"""What a node tells the console, about once a second."""

import msgspec

from dataplane.snapshot.admission import QuotaUse, UsageCount
from dataplane.snapshot.manifest import Refusal
from dataplane.snapshot.values import Base, Digest


class MinuteCount(Base, frozen=True):
    """Requests of one method in one minute (epoch seconds of its start)."""

    minute: int
    api_id: str
    stage_name: str
    resource_path: str
    http_method: str
    digest: Digest
    count: int = 0
    count_4xx: int = msgspec.field(name="count4xx", default=0)
    count_5xx: int = msgspec.field(name="count5xx", default=0)
    latency_ms_sum: float = 0.0
    integration_latency_ms_sum: float = 0.0
    cache_hits: int = 0
    cache_misses: int = 0


class ReportAnswer(Base, frozen=True):
    """Of what was reported, what all nodes together used."""

    schema_version: int
    quotas: tuple[QuotaUse, ...] = ()


class NodeReport(Base, frozen=True):
    """What a node says of itself, about once a second and at once after each swap."""

    schema_version: int
    node_id: str
    version: str
    origin: str
    generation: int  # served by every one of its workers
    workers: int
    started_at: float  # epoch seconds
    requests: int = 0  # since the start
    connections: int = 0
    memory_bytes: int = 0
    endpoint: str = ""  # "http://127.0.0.1:8081": where the console finds this node; empty: nowhere
    refusals: tuple[Refusal, ...] = ()
    counts: tuple[MinuteCount, ...] = ()
    usage_life: str = ""  # of the counts below; it ends where a node loses what it counted
    usage: tuple[UsageCount, ...] = ()
