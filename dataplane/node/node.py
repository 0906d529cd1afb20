"""What a node knows of itself: the agent changes it, the endpoint and the reports read it."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import psutil

from dataplane.loader.loader import Loader
from dataplane.node.contact import Contact
from dataplane.node.fleet import Fleet
from dataplane.node.sharing import Sharing
from dataplane.settings import VERSION, Settings
from dataplane.snapshot import SCHEMA_VERSION, MinuteCount, NodeReport, UsageCount
from dataplane.telemetry.shipper import Totals


@dataclass(slots=True)
class Node:
    settings: Settings
    loader: Loader
    fleet: Fleet
    contact: Contact
    sharing: Sharing
    totals: Totals = field(default_factory=Totals)
    started_at: float = field(default_factory=time.time)

    def memory(self) -> dict[str, int]:
        """Bytes of resident memory, by process."""
        own = int(psutil.Process(os.getpid()).memory_info().rss)
        processes = sorted(self.fleet.processes.items())
        return {"agent": own} | {f"worker {number}": process.memory for number, process in processes}

    def report(self, counts: Iterable[MinuteCount], usage: Iterable[UsageCount] = ()) -> NodeReport:
        position = self.fleet.position
        return NodeReport(
            schema_version=SCHEMA_VERSION,
            node_id=self.settings.node_id,
            version=VERSION,
            origin=position.origin,
            generation=position.generation,
            workers=self.fleet.serving,
            started_at=self.started_at,
            requests=self.totals.requests,
            connections=self.fleet.connections,
            memory_bytes=sum(self.memory().values()),
            endpoint=self.settings.node_url,
            refusals=self.loader.refusals.report(),
            counts=tuple(counts),
            usage_life=self.sharing.hub.ledger.life,
            usage=tuple(usage),
        )
