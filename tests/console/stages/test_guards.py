"""The database itself refuses to change history: each test speaks plain SQL."""

import pytest
from django.db import IntegrityError, connection, transaction

from console.apis.services import delete_rest_api
from console.stages.models import Deployment, Document, StageEvent
from console.stages.services import delete_stage
from tests.console.stages.drawn import DEPLOYER, DEVELOPER, deploy, pets

pytestmark = pytest.mark.django_db


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE stages_document SET body = 'x'",
        "UPDATE stages_document SET schema_version = 2",
        "DELETE FROM stages_document",
        "DELETE FROM stages_deployment",
        "UPDATE stages_deployment SET document_id = repeat('0', 64)",
        "UPDATE stages_deployment SET rest_api_id = 'other'",
        "UPDATE stages_deployment SET created_by = 'someone else'",
        "UPDATE stages_deployment SET created_date = now()",
        "UPDATE stages_deployment SET disable_execute_api_endpoint = true",
        "UPDATE stages_stageevent SET actor_name = 'someone else'",
        "DELETE FROM stages_stageevent",
    ],
)
def test_history_cannot_be_changed(sql: str) -> None:
    deploy(pets())
    with pytest.raises(IntegrityError, match="refused"):
        execute(sql)


@pytest.mark.parametrize("table", ["stages_document", "stages_deployment", "stages_stageevent"])
def test_history_cannot_be_truncated(table: str) -> None:
    deploy(pets())
    connection.check_constraints()  # a table with checks still to come is not truncated by anybody
    execute("SET LOCAL stagedoor.truncate = 'off'")  # which the settings of tests switch on
    with pytest.raises(IntegrityError, match=r"TRUNCATE on .* refused"):
        execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("change", ["description = 'better'", "deleted_date = now()"])
def test_a_deployments_description_and_listing_can_change(change: str) -> None:
    deploy(pets())
    execute(f"UPDATE stages_deployment SET {change}")


@pytest.mark.parametrize("change", ["stage_name = 'prod'", "rest_api_id = 'other'"])
def test_a_stage_keeps_its_name_and_its_api(change: str) -> None:
    deploy(pets())
    with pytest.raises(IntegrityError, match="keeps its API and its name"):
        execute(f"UPDATE stages_stage SET {change}")


def test_a_deleted_api_leaves_its_deployments_and_its_history() -> None:
    api = pets()
    deployment = deploy(api)
    delete_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    api_id = api.pk
    api.delete()
    connection.check_constraints()
    assert Deployment.objects.of(api_id).get() == deployment
    assert Document.objects.filter(pk=deployment.document_id).exists()
    assert [event.kind for event in StageEvent.objects.of(api_id, "dev")] == ["DELETED", "CREATED"]


def test_a_stage_that_vanishes_with_its_api_leaves_its_history() -> None:
    api = pets()
    first = deploy(api, "dev")
    deploy(api, "prod", status=201)
    api_id = api.pk
    delete_rest_api(DEVELOPER, rest_api_id=api_id)
    event, created = StageEvent.objects.of(api_id, "dev")
    assert (event.kind, event.actor_name, event.generation) == ("DELETED", DEVELOPER.name, 0)
    assert (event.deployment_id, event.previous_deployment_id, event.digest) == (first.pk, first.pk, first.document_id)
    assert event.at >= created.at
    assert [event.kind for event in StageEvent.objects.of(api_id, "prod")] == ["DELETED", "CREATED"]


def test_a_stage_that_comes_again_and_vanishes_again_is_told_each_time() -> None:
    api = pets()
    deploy(api)
    delete_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    deploy(api)
    api_id = api.pk
    delete_rest_api(DEVELOPER, rest_api_id=api_id)
    events = list(StageEvent.objects.of(api_id, "dev"))
    assert [event.kind for event in events] == ["DELETED", "CREATED", "DELETED", "CREATED"]
    assert [event.actor_name for event in events[::2]] == [DEVELOPER.name, DEPLOYER.name]


def test_what_plain_sql_deletes_is_told_too() -> None:
    api = pets()
    deploy(api)
    execute("DELETE FROM stages_stage")
    event = StageEvent.objects.of(api.pk, "dev")[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert (event.kind, event.actor_name) == ("DELETED", cursor.fetchone()[0])
