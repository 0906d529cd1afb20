"""GET /metrics: Prometheus' text format, version 0.0.4."""

from collections.abc import Iterable, Iterator
from typing import Final

from dataplane.node.node import Node
from dataplane.telemetry.counters import HITS, INTEGRATION_LATENCY, LATENCY, MISSES, Row
from dataplane.telemetry.shipper import MethodName

_CLASSES: Final = ("none", "1xx", "2xx", "3xx", "4xx", "5xx")  # "none": the client left before its answer
_LABELS: Final = ("api", "stage", "resource", "method")


def metrics(node: Node) -> str:
    return "\n".join((*_requests(node), *_latencies(node), *_caches(node), *_access_logs(node), *_node(node), ""))


def _requests(node: Node) -> Iterator[str]:
    yield from _head("stagedoor_requests_total", "counter", "Requests by method and class of status.")
    for name, row in node.totals.methods.items():
        labels = _labels(name)
        for status_class, count in zip(_CLASSES, row, strict=False):
            if count:
                yield f'stagedoor_requests_total{{{labels},status="{status_class}"}} {int(count)}'
    yield from _head("stagedoor_unrouted_requests_total", "counter", "Requests for no stage that is served.")
    for status_class, count in zip(_CLASSES, node.totals.unrouted, strict=True):
        if count:
            yield f'stagedoor_unrouted_requests_total{{status="{status_class}"}} {count}'


def _latencies(node: Node) -> Iterator[str]:
    families = (
        ("stagedoor_latency_seconds", LATENCY, "From a request's head to the end of its answer."),
        ("stagedoor_integration_latency_seconds", INTEGRATION_LATENCY, "What of it was waiting for the integration."),
    )
    for family, place, text in families:
        yield from _head(family, "summary", text)
        for name, row in node.totals.methods.items():
            yield f"{family}_sum{{{_labels(name)}}} {row[place]:.6f}"
            yield f"{family}_count{{{_labels(name)}}} {_count(row)}"


def _caches(node: Node) -> Iterator[str]:
    families = (
        ("stagedoor_cache_hits_total", HITS, "Requests that a stage's cache answered."),
        ("stagedoor_cache_misses_total", MISSES, "Requests of cached methods that went to the integration."),
    )
    for family, place, text in families:
        yield from _head(family, "counter", text)
        for name, row in node.totals.methods.items():
            if row[HITS] or row[MISSES]:
                yield f"{family}{{{_labels(name)}}} {int(row[place])}"


def _access_logs(node: Node) -> Iterator[str]:
    for family, text, count in (
        ("written", "Lines of access logs that are in their files.", node.totals.lines_written),
        ("dropped", "Lines of access logs that the disk did not take.", node.totals.lines_dropped),
    ):
        name = f"stagedoor_access_log_lines_{family}_total"
        yield from (*_head(name, "counter", text), f"{name} {count}")


def _node(node: Node) -> Iterator[str]:
    fleet, loader = node.fleet, node.loader
    yield from _gauge("stagedoor_ready", "Whether a set is served.", int(fleet.ready))
    yield from _gauge("stagedoor_generation", "The generation that all workers serve.", fleet.position.generation)
    yield from _gauge("stagedoor_stages", "Stages that are served.", fleet.stages)
    yield from _gauge("stagedoor_refusals", "Stages whose last change was refused.", len(loader.refusals))
    keys = 0 if loader.access is None else len(loader.access.keys)
    yield from _gauge("stagedoor_api_keys", "API keys that are known.", keys)
    yield from _gauge("stagedoor_sharing_nodes", "Nodes that share limits, itself included.", node.sharing.hub.nodes)
    yield from _gauge("stagedoor_sharing", "Whether Valkey answers.", int(node.sharing.valkey == "connected"))
    yield from _gauge("stagedoor_connections", "Open client connections.", fleet.connections)
    yield from _gauge("stagedoor_held_bytes", "Bodies and answers that wait in workers' memory.", fleet.held_bytes)
    yield from _head("stagedoor_bodies_given_up_total", "counter", "Bodies and answers given up: too much was held.")
    yield f"stagedoor_bodies_given_up_total {node.totals.given_up}"
    yield from _gauge("stagedoor_workers", "Workers that serve.", fleet.serving)
    if node.contact.age is not None:
        age = f"{node.contact.age:.3f}"
        yield from _gauge("stagedoor_last_contact_age_seconds", "Since the console last answered.", age)
    yield from _head("stagedoor_worker_restarts_total", "counter", "Workers that died and were replaced.")
    yield f"stagedoor_worker_restarts_total {fleet.restarts}"
    yield from _head("stagedoor_memory_bytes", "gauge", "Resident memory.")
    for process, size in node.memory().items():
        yield f'stagedoor_memory_bytes{{process="{process}"}} {size}'


def _gauge(name: str, text: str, value: object) -> Iterable[str]:
    return (*_head(name, "gauge", text), f"{name} {value}")


def _head(name: str, kind: str, text: str) -> tuple[str, str]:
    return f"# HELP {name} {text}", f"# TYPE {name} {kind}"


def _labels(name: MethodName) -> str:
    return ",".join(f'{label}="{_escaped(value)}"' for label, value in zip(_LABELS, name, strict=True))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _count(row: Row) -> int:
    return int(sum(row[:LATENCY]))
