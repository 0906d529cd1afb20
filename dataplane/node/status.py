"""GET /status: the node in JSON."""

from typing import Any

from dataplane import snapshot
from dataplane.node.node import Node
from dataplane.settings import VERSION
from dataplane.snapshot import StageEntry


def status(node: Node) -> dict[str, Any]:
    fleet, loader = node.fleet, node.loader
    last = loader.refusals.last
    return {
        "nodeId": node.settings.node_id,
        "version": VERSION,
        "startedAt": node.started_at,
        "ready": fleet.ready,
        "gateway": f"http://{node.settings.host}:{node.settings.gateway_port}",
        "console": node.settings.console_url,
        "lastContactSeconds": node.contact.age,
        "origin": fleet.position.origin,
        "generation": fleet.position.generation,
        "stages": [_stage(entry) for _, entry in sorted(loader.current.copy().items())],
        "refusals": [snapshot.to_builtins(refusal) for refusal in loader.refusals.report()],
        "lastRefusal": None if last is None else snapshot.to_builtins(last),
        "valkey": node.sharing.valkey,
        "requests": node.totals.requests,
        "connections": fleet.connections,
        "workerRestarts": fleet.restarts,
        "memoryBytes": node.memory(),
        "workers": [
            {"number": number, "pid": process.pid, "serves": process.sequence > 0, "connections": process.connections}
            for number, process in sorted(fleet.processes.items())
        ],
    }


def _stage(entry: StageEntry) -> dict[str, Any]:
    shown = {
        "apiId": entry.api_id,
        "stageName": entry.stage_name,
        "deploymentId": entry.deployment_id,
        "digest": entry.digest,
        "generation": entry.generation,
    }
    return shown if entry.canary is None else {**shown, "canaryDigest": entry.canary.digest}
