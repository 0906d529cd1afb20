"""Two at once, on two real connections."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from console.access.services import rotate_api_key
from console.apis.models import RestApi
from console.apis.services.drafts import hold_rest_api
from console.core.faults import BadRequest, Conflict, NotFound
from console.publishing.models import Generation
from console.publishing.services import manifest
from console.stages.models import Deployment, Document, Stage
from console.stages.services import (
    create_stage,
    delete_deployment,
    delete_stage,
    flush_stage_cache,
    history,
    rollback_stage,
    update_stage,
)
from tests.console.access.plans import join, key, plan
from tests.console.stages.drawn import DEPLOYER, deploy, method, mock, pets, redraw, resource

pytestmark = pytest.mark.django_db(transaction=True)


class Elsewhere(threading.Thread):
    """Does something on a connection of its own; `result()` waits, and raises what it raised."""

    def __init__(self, do: Callable[[], Any]) -> None:
        super().__init__()
        self._do = do
        self._result: Any = None
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._result = self._do()
        except BaseException as error:
            self._error = error
        finally:
            connection.close()

    def result(self) -> Any:
        self.join(20)
        assert not self.is_alive()
        if self._error is not None:
            raise self._error
        return self._result


@contextmanager
def held() -> Iterator[tuple[threading.Event, threading.Event]]:
    """`ready` says that the other side is inside its transaction; `go` lets it commit."""
    ready, go = threading.Event(), threading.Event()
    try:
        yield ready, go
    finally:
        go.set()


def wait_for_lock() -> None:
    """Until somebody waits for a lock in this database."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(sql)
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waits")


def test_a_deployment_waits_for_a_drawing_under_way_and_has_all_of_it() -> None:
    api = pets()
    with held() as (ready, go):

        def draw() -> None:
            with transaction.atomic():
                hold_rest_api(api.pk)  # as every drawing verb does
                mock(method(resource(api, "toys")))
                ready.set()
                go.wait(10)

        drawing = Elsewhere(draw)
        assert ready.wait(10)
        deploying = Elsewhere(lambda: deploy(api))
        wait_for_lock()
        go.set()
        drawing.result()
        assert b'"/toys"' in bytes(Document.objects.get(pk=deploying.result().document_id).body)


def test_what_is_drawn_after_a_deployment_began_is_not_in_it() -> None:
    api = pets()
    with held() as (ready, go):

        def freeze() -> Deployment:
            with transaction.atomic():
                deployment = deploy(api)
                ready.set()
                go.wait(10)
                return deployment

        deploying = Elsewhere(freeze)
        assert ready.wait(10)
        drawing = Elsewhere(lambda: redraw_and_touch(api))
        wait_for_lock()
        go.set()
        drawing.result()
        frozen = bytes(Document.objects.get(pk=deploying.result().document_id).body)
        later = bytes(Document.objects.get(pk=deploy(api).document_id).body)
        redrawn = rb"{\"statusCode\": 201}"  # no id is this: one may have a 201 within it
        assert redrawn in later and redrawn not in frozen


def redraw_and_touch(api: RestApi) -> None:
    with transaction.atomic():
        hold_rest_api(api.pk)
        redraw(api, 201)


def test_deployments_at_once_are_all_made_and_one_document_is_kept() -> None:
    api = pets()
    at_once = [Elsewhere(lambda: deploy(api)) for _ in range(6)]
    ids = {deploying.result().pk for deploying in at_once}
    assert len(ids) == 6 and Document.objects.count() == 1
    events = list(history(api.pk, "dev"))
    assert [event.kind for event in events] == ["DEPLOYED"] * 5 + ["CREATED"]
    # Each took the stage over from the one before it: no event is lost or told twice.
    assert [event.previous_deployment_id for event in events[:-1]] == [event.deployment_id for event in events[1:]]
    assert Stage.objects.get().deployment_id == events[0].deployment_id


def test_no_flush_is_lost() -> None:
    api = pets()
    deploy(api)
    flushes = [Elsewhere(lambda: flush_stage_cache(DEPLOYER, rest_api_id=api.pk, stage_name="dev")) for _ in range(8)]
    for flush in flushes:
        flush.result()
    assert Stage.objects.get().cache_generation == 8
    generations = [event.generation for event in history(api.pk, "dev")]
    assert generations == sorted(set(generations), reverse=True)


def test_a_flush_is_noted_with_what_the_stage_served_then_or_finds_no_stage() -> None:
    api = pets()
    deploy(api)

    def overtaken(change: Callable[[], Any]) -> Any:
        with held() as (ready, go):

            def first() -> Any:
                with transaction.atomic():
                    changed = change()
                    ready.set()
                    go.wait(10)
                    return changed

            changing = Elsewhere(first)
            assert ready.wait(10)
            flushing = Elsewhere(lambda: flush_stage_cache(DEPLOYER, rest_api_id=api.pk, stage_name="dev"))
            wait_for_lock()
            go.set()
            changed = changing.result()
            flushing.result()
            return changed

    deployment = overtaken(lambda: deploy(api, status=201))
    assert [(event.kind, event.deployment_id) for event in history(api.pk, "dev")][:2] == [
        ("CACHE_FLUSHED", deployment.pk),
        ("DEPLOYED", deployment.pk),
    ]
    with pytest.raises(NotFound, match="Invalid stage identifier specified"):
        overtaken(lambda: delete_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev"))


@pytest.mark.parametrize(
    "change",
    [
        lambda api: update_stage(
            DEPLOYER,
            rest_api_id=api.pk,
            stage_name="dev",
            patch_operations=[{"op": "replace", "path": "/description", "value": "mine"}],
        ),
        lambda api: rollback_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev"),
        lambda api: delete_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev"),
        lambda api: deploy(api, status=202),
    ],
    ids=["update", "rollback", "delete", "deploy"],
)
def test_whoever_waits_for_a_stage_that_is_being_moved_finds_it(change: Callable[[RestApi], Any]) -> None:
    api = pets()
    first = deploy(api)
    deploy(api, status=201)
    with held() as (ready, go):

        def move() -> None:
            with transaction.atomic():
                patch = [{"op": "replace", "path": "/deploymentId", "value": first.pk}]
                update_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", patch_operations=patch)
                ready.set()
                go.wait(10)

        moving = Elsewhere(move)
        assert ready.wait(10)
        changing = Elsewhere(lambda: change(api))
        wait_for_lock()
        go.set()
        moving.result()
        changing.result()


def test_generations_are_in_the_order_of_commits() -> None:
    """The second change waits for the first one's commit, so no poll can see the second and miss the first."""
    slow, fast = pets(), pets()
    deploy(slow)
    deploy(fast)
    seen = manifest("", 0)
    with held() as (ready, go):

        def change_slowly() -> None:
            with transaction.atomic():
                flush_stage_cache(DEPLOYER, rest_api_id=slow.pk, stage_name="dev")
                ready.set()
                go.wait(10)

        first = Elsewhere(change_slowly)
        assert ready.wait(10)
        second = Elsewhere(lambda: flush_stage_cache(DEPLOYER, rest_api_id=fast.pk, stage_name="dev"))
        wait_for_lock()
        assert manifest(seen.origin, seen.generation).stages == ()  # nothing is committed, so nothing is told
        go.set()
        first.result()
        second.result()
    delta = manifest(seen.origin, seen.generation)
    assert [entry.api_id for entry in delta.stages] == [slow.pk, fast.pk]
    assert [entry.generation for entry in delta.stages] == [seen.generation + 1, seen.generation + 2]


def test_a_change_that_is_undone_leaves_no_gap_that_a_node_would_wait_for() -> None:
    api = pets()
    deploy(api)
    before = Generation.objects.get().number
    with pytest.raises(RuntimeError), transaction.atomic():
        flush_stage_cache(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
        raise RuntimeError
    assert Generation.objects.get().number == before


def test_a_node_that_polls_during_changes_misses_none() -> None:
    apis = [pets() for _ in range(3)]
    for api in apis:
        deploy(api)
    known = {entry.api_id: entry for entry in manifest("", 0).stages}
    position = manifest("", 0)
    changes = [
        Elsewhere(
            lambda api=api: [flush_stage_cache(DEPLOYER, rest_api_id=api.pk, stage_name="dev") for _ in range(10)]
        )
        for api in apis
    ]
    while any(change.is_alive() for change in changes):
        position = manifest(position.origin, position.generation)
        known.update({entry.api_id: entry for entry in position.stages})
    for change in changes:
        change.result()
    known.update({entry.api_id: entry for entry in manifest(position.origin, position.generation).stages})
    assert {entry.cache_generation for entry in known.values()} == {10}


def test_a_manifest_is_of_one_moment() -> None:
    """Its stages and their number are read in several queries, and a stage may leave between them."""
    api = pets()
    deployment = deploy(api)

    def come_and_go() -> None:
        for number in range(15):
            create_stage(DEPLOYER, rest_api_id=api.pk, stage_name=f"s{number}", deployment_id=deployment.pk)
            Stage.objects.filter(stage_name=f"s{number}").delete()

    changing = Elsewhere(come_and_go)
    while changing.is_alive():
        found = manifest("", 0)
        assert len(found.stages) == found.stage_count
    changing.result()


def test_a_deployment_is_not_deleted_while_a_stage_is_moved_to_it() -> None:
    api = pets()
    deployment = deploy(api, None)
    with held() as (ready, go):

        def move() -> None:
            with transaction.atomic():
                create_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", deployment_id=deployment.pk)
                ready.set()
                go.wait(10)

        moving = Elsewhere(move)
        assert ready.wait(10)
        deleting = Elsewhere(lambda: delete_deployment(DEPLOYER, rest_api_id=api.pk, deployment_id=deployment.pk))
        wait_for_lock()
        go.set()
        moving.result()
        with pytest.raises(BadRequest, match="Active stages"):
            deleting.result()


def test_publishing_goes_on_after_all_rows_are_truncated() -> None:
    """A test's tear-down empties every table, the generation's too."""
    deploy(pets())
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE publishing_generation")
    deploy(pets())
    assert manifest("", 0).stage_count == 2


def test_a_key_that_joins_a_plan_while_it_is_rotated_is_not_rotated_without_it() -> None:
    old, gold = key(), plan()
    with held() as (ready, go):

        def enter() -> None:
            with transaction.atomic():
                join(gold, old)
                ready.set()
                go.wait(10)

        joining = Elsewhere(enter)
        assert ready.wait(10)
        rotating = Elsewhere(lambda: rotate_api_key(DEPLOYER, api_key=old.pk))
        wait_for_lock()
        go.set()
        joining.result()
        with pytest.raises(Conflict, match="concurrent modification"):
            rotating.result()
    assert rotate_api_key(DEPLOYER, api_key=old.pk).plan_keys.get().usage_plan == gold
