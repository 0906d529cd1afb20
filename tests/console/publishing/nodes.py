"""A dataplane node's side of the internal API."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from console.publishing.services import nodes
from dataplane import snapshot
from dataplane.loader.access import fits, merged
from tests.dataplane.node.console import TOKEN

STARTED_AT = 1_700_000_000.0


def report_for_an_hour(monkeypatch: pytest.MonkeyPatch, settings: Any, endpoint: str) -> None:
    """A node there counts as alive after its one report: a browser alone may take ten seconds to come to its page."""
    monkeypatch.setattr(nodes, "LIVE", dt.timedelta(hours=1))
    settings.NODE_TOKEN = TOKEN
    assert Node().report(endpoint=endpoint).status_code == 204


@dataclass
class Node:
    """It polls as a node does, and knows what it would serve."""

    id: str = "node-1"
    origin: str = ""
    generation: int = 0
    serves: dict[tuple[str, str], snapshot.StageEntry] = field(default_factory=dict)
    access: snapshot.Access | None = None
    client: Client = field(default_factory=Client)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/internal/{path}", query, headers=self._headers())

    def ask_for(self, digests: Sequence[str]) -> Any:
        body = snapshot.encode(snapshot.Wanted(digests=tuple(digests)))
        return self.client.post("/internal/documents", body, "application/json", headers=self._headers())

    def poll(self) -> snapshot.Manifest | None:
        """None when there is nothing new."""
        answer = self.get("manifest", origin=self.origin, since=self.generation)
        if answer.status_code == 304:
            assert answer.content == b""
            return None
        assert answer.status_code == 200, answer.content
        manifest = snapshot.decode(answer.content, snapshot.Manifest)
        self._take(manifest)
        return manifest

    def _take(self, manifest: snapshot.Manifest) -> None:
        if manifest.since == 0:
            self.serves.clear()
        for gone in manifest.removed:
            self.serves.pop((gone.api_id, gone.stage_name), None)
        self.serves.update({(entry.api_id, entry.stage_name): entry for entry in manifest.stages})
        assert manifest.access is not None
        self.access = merged(self.access, manifest.access, whole=manifest.since == 0)
        assert fits(self.access)
        self.origin, self.generation = manifest.origin, manifest.generation
        assert len(self.serves) == manifest.stage_count

    def report(self, *counts: snapshot.MinuteCount, started_at: float = STARTED_AT, **changed: Any) -> Any:
        report = snapshot.NodeReport(
            **{
                "schema_version": snapshot.SCHEMA_VERSION,
                "node_id": self.id,
                "version": "0.1.0",
                "origin": self.origin,
                "generation": self.generation,
                "workers": 2,
                "started_at": started_at,
                "counts": counts,
                **changed,
            }
        )
        return self.client.post(
            "/internal/report", snapshot.encode(report), "application/json", headers=self._headers()
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {settings.NODE_TOKEN}"}
