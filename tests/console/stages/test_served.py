"""Which settings count for a method. Sources: developer guide, "Enabling API caching to enhance responsiveness", "How
throttling limit settings are applied"; that nodes do what is shown is held by
tests/contract/test_method_settings.py."""

from typing import Any

import pytest

from console.core.faults import BadRequest, NotFound
from console.stages.models import Stage
from console.stages.services import method_settings, served_methods, settings_of, settings_of_all, update_stage
from console.stages.services.method_settings import DEFAULTS, members
from dataplane.snapshot.method_settings import UNSET, VERBS
from tests.console.stages.drawn import DEPLOYER, deploy, method, mock, pets, resource

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    api = pets()
    shops = resource(api, "shops")
    mock(method(shops, "ANY"))
    mock(method(shops, "POST"))
    deploy(api)
    return Stage.objects.get()


def patch(stage: Stage, *operations: dict[str, Any]) -> Stage:
    update_stage(DEPLOYER, rest_api_id=stage.rest_api_id, stage_name="dev", patch_operations=list(operations))
    return Stage.objects.select_related("deployment").get(pk=stage.pk)


def replace(path: str, value: str) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def names(stage: Stage) -> list[tuple[str, str]]:
    return [(row.resource_path, row.http_method) for row in served_methods(stage)]


def test_methods_are_those_of_the_document_and_not_of_the_drawing(stage: Stage) -> None:
    mock(method(resource(stage.rest_api, "drawn")))
    assert names(stage) == [("/pets", "GET"), *(("/shops", verb) for verb in VERBS)]


def test_those_of_the_canary_are_there_too(stage: Stage) -> None:
    mock(method(resource(stage.rest_api, "new")))
    deploy(stage.rest_api, canary_settings={"percentTraffic": 10.0})
    assert ("/new", "GET") in names(Stage.objects.get())


def test_a_method_that_only_settings_name_is_there_to_be_reset(stage: Stage) -> None:
    stage = patch(stage, replace("/~1gone~1{id}/GET/throttling/rateLimit", "1"))
    gone = settings_of(stage, "/gone/{id}", "GET")
    assert (gone.own, gone.served) == (True, False)
    assert names(patch(stage, {"op": "remove", "path": "/~1gone~1{id}/GET"})) == names(stage)[1:]


def test_without_any_setting_nodes_cache_get_and_throttle_nothing(stage: Stage) -> None:
    assert settings_of_all(stage).values == members(UNSET)
    rows = served_methods(stage)
    assert {row.http_method for row in rows if row.values["cachingEnabled"]} == {"GET"}
    assert {row.values["throttlingRateLimit"] for row in rows} == {-1}


def test_what_is_set_for_all_counts_for_methods_without_a_block(stage: Stage) -> None:
    stage = patch(stage, replace("/*/*/throttling/rateLimit", "20"), replace("/*/*/caching/enabled", "true"))
    rows = served_methods(stage)
    assert {row.values["throttlingRateLimit"] for row in rows} == {20}
    assert {row.http_method for row in rows if row.values["cachingEnabled"]} == {"GET"}
    assert not any(row.own for row in rows)


def test_a_block_of_its_own_is_whole_however_its_key_is_spelled(stage: Stage) -> None:
    stage = patch(stage, replace("/*/*/throttling/rateLimit", "20"), replace("/pets/GET/caching/ttlInSeconds", "60"))
    own = settings_of(stage, "/pets", "GET")
    assert own.own
    assert own.values == {**DEFAULTS, "cacheTtlInSeconds": 60}
    assert names(stage)[0] == ("/pets", "GET")


def test_a_method_that_is_nowhere_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        settings_of(stage, "/pets", "PUT")
    with pytest.raises(NotFound):
        settings_of(stage, "/pets", "BREW")


def operations(stage: Stage, **wanted: Any) -> list[dict[str, str]]:
    counting = settings_of(stage, "/pets", "GET").values
    return method_settings.operations(stage.method_settings, "/pets", "GET", counting, {**counting, **wanted})


def test_the_first_override_says_all_so_that_nothing_else_changes(stage: Stage) -> None:
    stage = patch(stage, replace("/*/*/throttling/rateLimit", "20"))
    before = settings_of(stage, "/pets", "GET").values
    said = operations(stage, cacheTtlInSeconds=60)
    assert len(said) == len(DEFAULTS)
    assert {"op": "replace", "path": "/~1pets/GET/throttling/rateLimit", "value": "20"} in said
    after = settings_of(patch(stage, *said), "/pets", "GET")
    assert (after.own, after.values) == (True, {**before, "cacheTtlInSeconds": 60})


def test_later_ones_say_what_changes(stage: Stage) -> None:
    stage = patch(stage, *operations(stage, cacheTtlInSeconds=60))
    assert operations(stage, cachingEnabled=False, throttlingRateLimit=0.5) == [
        replace("/~1pets/GET/throttling/rateLimit", "0.5"),
        replace("/~1pets/GET/caching/enabled", "false"),
    ]


def test_what_counts_already_takes_no_operation(stage: Stage) -> None:
    assert operations(stage) == []


def test_a_value_that_is_none_is_refused_at_its_path(stage: Stage) -> None:
    with pytest.raises(BadRequest) as refused:
        patch(stage, *operations(stage, cacheTtlInSeconds=4000))
    assert refused.value.field == "/~1pets/GET/caching/ttlInSeconds"


def test_however_many_methods_there_are_it_is_one_query(stage: Stage, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        served_methods(stage)
