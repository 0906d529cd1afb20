"""The node's own client against the real console, and its compiler on what the console froze."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from console.publishing.models import Node
from console.stages.services import flush_stage_cache, rollback_stage
from console.telemetry.models import MinuteCount
from dataplane import snapshot
from dataplane.compiler import compile_stage
from dataplane.loader.console import Console, ConsoleRefused
from tests.console.stages.drawn import DEPLOYER, deploy, pets

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def console(live_server: Any) -> Iterator[Console]:
    client = Console(live_server.url, settings.NODE_TOKEN)
    yield client
    client.close()


def manifest(console: Console, known: snapshot.Manifest | None = None) -> snapshot.Manifest | None:
    body = console.manifest(known.origin if known else "", known.generation if known else 0)
    return snapshot.decode(body, snapshot.Manifest) if body is not None else None


def test_a_node_follows_deploy_flush_and_rollback(console: Console) -> None:
    api = pets()
    first, second = deploy(api), deploy(api, status=201)
    found = manifest(console)
    assert found is not None and [entry.digest for entry in found.stages] == [second.document_id]
    assert manifest(console, found) is None
    flush_stage_cache(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    flushed = manifest(console, found)
    assert flushed is not None and flushed.stages[0].cache_generation == 1
    rollback_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    back = manifest(console, flushed)
    assert back is not None and back.stages[0].digest == first.document_id


def test_what_was_frozen_is_compiled_and_served(console: Console) -> None:
    api = pets()
    deploy(api)
    deploy(api, status=201, canary_settings={"percentTraffic": 10.0})
    found = manifest(console)
    assert found is not None
    entry = found.stages[0]
    assert entry.canary is not None
    base, canary = (
        snapshot.decode_document(console.document(digest) or b"", digest)
        for digest in (entry.digest, entry.canary.digest)
    )
    stage = compile_stage(entry, base, canary)
    assert (stage.api_id, stage.stage_name, stage.canary_percent) == (api.pk, "dev", 10.0)
    named = (entry.digest, entry.canary.digest)
    assert console.parcel(named) == {digest: console.document(digest) for digest in named}
    assert stage.canary is not None and stage.canary.digest != stage.digest


def test_a_report_arrives(console: Console) -> None:
    deploy(pets())
    found = manifest(console)
    assert found is not None
    count = snapshot.MinuteCount(
        minute=60, api_id="a", stage_name="dev", resource_path="/", http_method="GET", digest="", count=3, count_4xx=1
    )
    console.report(
        snapshot.encode(
            snapshot.NodeReport(
                schema_version=snapshot.SCHEMA_VERSION,
                node_id="n",
                version="1",
                origin=found.origin,
                generation=found.generation,
                workers=1,
                started_at=1.5,
                counts=(count,),
            )
        )
    )
    assert Node.objects.get().generation == found.generation
    row = MinuteCount.objects.get()
    assert (row.count, row.count_4xx) == (3, 1)


def test_a_wrong_token_is_refused(live_server: Any) -> None:
    client = Console(live_server.url, "wrong")
    with pytest.raises(ConsoleRefused):
        client.manifest("", 0)
    client.close()
