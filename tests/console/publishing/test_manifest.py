import json
import re

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.publishing.models import Generation
from console.stages.models import Document, Stage
from console.stages.services import create_stage, delete_stage, flush_stage_cache, rollback_stage, update_stage
from dataplane import snapshot
from tests.console.publishing.nodes import Node
from tests.console.stages.drawn import DEPLOYER, deploy, pets, redraw

pytestmark = pytest.mark.django_db


def test_a_node_without_anything_gets_everything() -> None:
    api, other = pets(), pets()
    first, second = deploy(api), deploy(other, "prod")
    node = Node()
    manifest = node.poll()
    assert manifest is not None and manifest.since == 0 and manifest.removed == ()
    assert manifest.generation == Generation.objects.get().number
    assert {key: entry.digest for key, entry in node.serves.items()} == {
        (api.pk, "dev"): first.document_id,
        (other.pk, "prod"): second.document_id,
    }


def test_a_node_that_has_all_is_told_so_in_one_query() -> None:
    deploy(pets())
    node = Node()
    node.poll()
    with CaptureQueriesContext(connection) as queries:
        assert node.poll() is None
    assert len(queries) == 1


def test_a_node_that_asks_before_there_is_anything_gets_an_empty_set() -> None:
    node = Node()
    manifest = node.poll()
    assert manifest is not None and manifest.stages == () and manifest.stage_count == 0
    assert node.poll() is None


def test_only_what_changed_since_is_sent() -> None:
    api, other = pets(), pets()
    deploy(api)
    deploy(other)
    node = Node()
    node.poll()
    deployed = deploy(api, status=201)
    manifest = node.poll()
    assert manifest is not None and manifest.since > 0
    assert [(entry.api_id, entry.digest) for entry in manifest.stages] == [(api.pk, deployed.document_id)]


@pytest.mark.parametrize(
    "change",
    [
        lambda api: flush_stage_cache(DEPLOYER, rest_api_id=api.pk, stage_name="dev"),
        lambda api: rollback_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev"),
        lambda api: update_stage(
            DEPLOYER,
            rest_api_id=api.pk,
            stage_name="dev",
            patch_operations=[{"op": "replace", "path": "/variables/host", "value": "b"}],
        ),
        lambda api: deploy(api, status=202),
        lambda api: deploy(api, canary_settings={"percentTraffic": 10.0}),
        lambda api: delete_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev"),
        lambda api: api.delete(),
    ],
    ids=["flush", "rollback", "stage variable", "deploy", "canary", "delete stage", "delete API"],
)
def test_each_kind_of_change_reaches_a_node(change) -> None:
    api = pets()
    deploy(api)
    deploy(api, status=201)
    node = Node()
    node.poll()
    before = node.serves.get((api.pk, "dev"))
    change(api)
    assert node.poll() is not None
    assert node.serves.get((api.pk, "dev")) != before


def test_drawing_reaches_no_node() -> None:
    api = pets()
    deploy(api)
    node = Node()
    node.poll()
    redraw(api, 500)
    assert node.poll() is None


def test_a_stage_that_is_deleted_is_removed_once() -> None:
    api = pets()
    deploy(api)
    deploy(api, "prod")
    node = Node()
    node.poll()
    delete_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    manifest = node.poll()
    assert manifest is not None
    assert manifest.removed == (snapshot.StageName(api_id=api.pk, stage_name="dev"),)
    assert list(node.serves) == [(api.pk, "prod")]
    assert node.poll() is None


def test_a_stage_that_came_back_is_an_entry_and_not_removed() -> None:
    api = pets()
    deployment = deploy(api)
    node = Node()
    node.poll()
    delete_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    create_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", deployment_id=deployment.pk)
    manifest = node.poll()
    assert manifest is not None and manifest.removed == ()
    assert [entry.stage_name for entry in manifest.stages] == ["dev"]


def test_a_write_that_changes_nothing_is_no_generation() -> None:
    api = pets()
    deploy(api)
    node = Node()
    node.poll()
    update_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", patch_operations=[])
    assert node.poll() is None


@pytest.mark.parametrize("since", [0, 3, 10_000])
def test_a_node_of_another_database_gets_everything(since: int) -> None:
    deploy(pets())
    node = Node(origin="5e0f9f0c-7b0e-4a38-9a4e-0d2f5d5d4b5a", generation=since)
    manifest = node.poll()
    assert manifest is not None and manifest.since == 0 and len(manifest.stages) == 1


def test_a_node_from_the_future_gets_everything() -> None:
    """The database was restored from a backup that kept its origin."""
    deploy(pets())
    node = Node()
    node.poll()
    node.generation += 5
    manifest = node.poll()
    assert manifest is not None and manifest.since == 0 and node.generation == manifest.generation


def test_a_node_of_the_database_that_this_one_is_a_restored_copy_of_gets_everything() -> None:
    """Its numbers may have been given a second time since: equal or higher, they say nothing."""
    deploy(pets())
    node = Node()
    node.poll()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION publishing_lineage() RETURNS text LANGUAGE sql AS $$ SELECT 'promoted' $$"
        )
    manifest = node.poll()
    assert manifest is not None and manifest.since == 0 and len(manifest.stages) == 1
    assert node.poll() is None


def test_the_lineage_is_that_of_cluster_timeline_and_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT publishing_lineage(), oid FROM pg_database WHERE datname = current_database()")
        lineage, oid = cursor.fetchone()
    assert re.fullmatch(rf"\d+-\d+-{oid}", lineage)


def test_truncated_stages_are_another_origin() -> None:
    deploy(pets())
    node = Node()
    node.poll()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is deferred would stand in the way
        cursor.execute("TRUNCATE stages_stage CASCADE")
    manifest = node.poll()
    assert manifest is not None and manifest.stages == () and node.serves == {}


def test_a_lost_generation_row_is_a_new_origin() -> None:
    deploy(pets())
    node = Node()
    node.poll()
    Generation.objects.all().delete()
    deploy(pets())
    manifest = node.poll()
    assert manifest is not None and manifest.since == 0 and manifest.stage_count == 2


def test_documents_are_the_exact_bytes() -> None:
    deployment = deploy(pets())
    answer = Node().get(f"documents/{deployment.document_id}")
    assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]
    assert snapshot.digest(answer.content) == deployment.document_id
    assert snapshot.decode_document(answer.content, deployment.document_id).resources


def test_an_unknown_document_is_404() -> None:
    answer = Node().get("documents/" + "0" * 64)
    assert answer.status_code == 404 and json.loads(answer.content)["message"]


def test_many_documents_come_in_one_answer_each_as_it_is() -> None:
    digests = sorted(deploy(pets(), status=200 + number).document_id for number in range(3))
    with CaptureQueriesContext(connection) as queries:
        answer = Node().ask_for([digests[2], "0" * 64, *digests])
    found = snapshot.unpack(answer.content)
    assert list(found) == digests, "what there is not is left out"
    assert all(snapshot.digest(body) == digest for digest, body in found.items())
    assert len(queries) == 2, "however many"


def test_no_more_bytes_come_than_the_console_holds_at_once_but_one_document_always() -> None:
    digests = sorted(deploy(pets(), status=200 + number).document_id for number in range(3))
    first, second, third = (len(Document.objects.get(pk=digest).body) for digest in digests)
    for most, count in ((1, 1), (first, 1), (first + second, 2), (first + second + third - 1, 2), (10**6, 3)):
        assert [digest for digest, _ in Document.objects.parcel(digests, most)] == digests[:count]


@pytest.mark.parametrize("digests", [["0" * 64] * (snapshot.DOCUMENTS_AT_ONCE + 1), ["\0"]])
def test_too_many_documents_and_what_names_none_are_refused(digests: list[str]) -> None:
    assert Node().ask_for(digests).status_code == 400


def test_a_request_for_documents_that_names_none_is_refused() -> None:
    node = Node()
    sent = node.client.post("/internal/documents", b"{}", "application/json", headers=node._headers())
    assert sent.status_code == 400 and "digests" in json.loads(sent.content)["message"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer é"}])
@pytest.mark.parametrize("path", ["manifest", "documents/" + "0" * 64, "documents", "report"])
def test_only_a_node_is_answered(path: str, headers: dict[str, str]) -> None:
    send = Client().post if path in ("documents", "report") else Client().get
    assert send(f"/internal/{path}", headers=headers).status_code == 401


@pytest.mark.parametrize("since", ["-1", "x", "١", "9" * 5000])
def test_a_generation_that_is_no_number_is_refused(since: str) -> None:
    assert Node().get("manifest", since=since).status_code == 400


def test_a_poll_starts_no_session() -> None:
    deploy(pets())
    answer = Node().get("manifest")
    assert not answer.cookies and Stage.objects.count() == 1


def test_a_database_that_is_away_is_503_and_one_line_of_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    def away(*position: object) -> bool:
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr("console.publishing.services.unchanged", away)
    headers = {"Authorization": f"Bearer {settings.NODE_TOKEN}"}
    reply = client.get("/internal/manifest", headers=headers)
    assert (reply.status_code, reply.json()) == (
        503,
        {"message": "The database cannot be reached now. Try again later."},
    )
    assert [record.exc_info for record in caplog.records if record.name == "console.publishing.internal"] == [None]
