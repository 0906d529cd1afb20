import pytest
from django.conf import LazySettings

from console.accounts.models import AuditEntry
from console.apis.models import DocumentationVersion
from console.core.faults import AccessDenied, BadRequest, Conflict, LimitExceeded, NotFound
from console.stages.models import Deployment, Stage
from console.stages.services import (
    create_stage,
    delete_stage,
    flush_stage_authorizers_cache,
    flush_stage_cache,
    get_stage,
    get_stages,
    history,
)
from tests.console.stages.drawn import DEPLOYER, DEVELOPER, deploy, pets

pytestmark = pytest.mark.django_db


def test_a_stage_serves_a_deployment_with_what_was_given() -> None:
    api = pets()
    deployment = deploy(api, None)
    DocumentationVersion(rest_api=api, version="v1").put()
    stage = create_stage(
        DEPLOYER,
        rest_api_id=api.pk,
        stage_name="prod",
        deployment_id=deployment.pk,
        description="the real one",
        cache_cluster_enabled=True,
        cache_cluster_size="1.6",
        variables={"host": "a.example:80/x?y=1"},
        documentation_version="v1",
        canary_settings={"percentTraffic": 5.0},
        tracing_enabled=True,
        tags={"team": "pets"},
    )
    found = get_stage(DEPLOYER, rest_api_id=api.pk, stage_name="prod")
    assert found == stage and found.deployment == deployment and found.generation > 0
    assert found.canary_settings == {
        "deploymentId": deployment.pk,
        "percentTraffic": 5.0,
        "stageVariableOverrides": {},
        "useStageCache": False,
    }
    assert (found.cache_cluster_size, found.tags, found.tracing_enabled) == ("1.6", {"team": "pets"}, True)
    assert [(event.kind, event.actor_name) for event in history(api.pk, "prod")] == [("CREATED", "dora")]


def test_a_cache_cluster_without_a_size_has_the_smallest() -> None:
    api = pets()
    deployment = deploy(api, None)
    stage = create_stage(
        DEPLOYER, rest_api_id=api.pk, stage_name="dev", deployment_id=deployment.pk, cache_cluster_enabled=True
    )
    assert stage.cache_cluster_size == "0.5"


def test_a_name_is_taken_once_per_api() -> None:
    api, other = pets(), pets()
    deployment = deploy(api)
    with pytest.raises(Conflict, match="Stage already exists"):
        create_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", deployment_id=deployment.pk)
    deploy(other)
    assert Stage.objects.filter(stage_name="dev").count() == 2


@pytest.mark.parametrize("name", ["", "a b", "a.b", "a/b", "é", "x" * 129])
def test_a_name_that_a_url_would_not_hold_is_refused(name: str) -> None:
    api = pets()
    deployment = deploy(api, None)
    with pytest.raises(BadRequest, match="Stage name only allows"):
        create_stage(DEPLOYER, rest_api_id=api.pk, stage_name=name, deployment_id=deployment.pk)


@pytest.mark.parametrize(
    "given",
    [
        {"variables": {"a-b": "x"}},
        {"variables": {"x" * 65: "x"}},
        {"variables": {"a": ""}},
        {"variables": {"a": "b c"}},
        {"variables": {"a": "x" * 513}},
        {"cache_cluster_size": "2"},
        {"canary_settings": {"percentTraffic": 100.5}},
        {"canary_settings": {"percentTraffic": -1}},
        {"canary_settings": {"percentTraffic": 1, "stageVariableOverrides": {"a": "{"}}},
        {"canary_settings": {"percentTraffic": 1, "deploymentId": "nosuch"}},
        {"deployment_id": "nosuch"},
    ],
)
def test_what_a_stage_may_not_be_is_refused_and_leaves_nothing(given: dict[str, object]) -> None:
    api = pets()
    deployment = deploy(api, None)
    with pytest.raises(BadRequest):
        create_stage(DEPLOYER, **{"rest_api_id": api.pk, "stage_name": "dev", "deployment_id": deployment.pk, **given})
    assert not Stage.objects.exists() and not history(api.pk, "dev").exists()


@pytest.mark.parametrize("count", [99, 100, 101])
def test_a_stage_has_a_hundred_variables_at_most(count: int) -> None:
    """Developer guide, "Quotas": Stage variables per stage, 100."""
    api = pets()
    deployment = deploy(api, None)
    given = {"variables": {f"v{number}": "x" for number in range(count)}}

    def make() -> Stage:
        return create_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", deployment_id=deployment.pk, **given)

    if count <= 100:
        assert len(make().variables) == count
        return
    with pytest.raises(LimitExceeded, match="Maximum number of stage variables for this stage has been reached"):
        make()


def test_an_api_has_ten_stages_unless_it_is_set_otherwise(settings: LazySettings) -> None:
    """Developer guide, "Quotas": Stages per API, 10. A stage that a deployment makes is one too."""
    api, other = pets(), pets()
    deployment = deploy(api, None)
    for number in range(5):
        create_stage(DEPLOYER, rest_api_id=api.pk, stage_name=f"made{number}", deployment_id=deployment.pk)
        deploy(api, f"deployed{number}", status=201 + number)
    for one_more in (
        lambda: create_stage(DEPLOYER, rest_api_id=api.pk, stage_name="x", deployment_id=deployment.pk),
        lambda: deploy(api, "x", status=299),
    ):
        before = Deployment.objects.count()
        with pytest.raises(LimitExceeded, match="Maximum number of Stages for this API has been reached"):
            one_more()
        assert (Stage.objects.count(), Deployment.objects.count()) == (10, before)
    deploy(api, "made0", status=230)  # one that is there
    deploy(other, "x")
    settings.LIMITS = {**settings.LIMITS, "stages_per_rest_api": 11}
    deploy(api, "x", status=299)


def test_stages_are_listed_by_name_and_by_deployment() -> None:
    api = pets()
    first = deploy(api, "prod")
    deploy(api, "dev", status=201)
    assert [stage.stage_name for stage in get_stages(DEPLOYER, rest_api_id=api.pk)] == ["dev", "prod"]
    found = get_stages(DEPLOYER, rest_api_id=api.pk, deployment_id=first.pk)
    assert [stage.stage_name for stage in found] == ["prod"]


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="Invalid stage identifier specified"):
        get_stage(DEPLOYER, rest_api_id=pets().pk, stage_name="dev")
    with pytest.raises(NotFound, match="Invalid API identifier specified"):
        get_stage(DEPLOYER, rest_api_id="nosuch", stage_name="dev")


def test_a_deleted_stage_leaves_its_history() -> None:
    api = pets()
    deployment = deploy(api)
    delete_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    newest = history(api.pk, "dev")[0]
    assert (newest.kind, newest.previous_deployment_id) == ("DELETED", deployment.pk)
    assert AuditEntry.objects.filter(operation="DeleteStage").count() == 1
    with pytest.raises(NotFound):
        delete_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev")


@pytest.mark.parametrize(
    ("flush", "counter"),
    [(flush_stage_cache, "cache_generation"), (flush_stage_authorizers_cache, "authorizers_cache_generation")],
)
def test_a_flush_moves_its_counter_and_the_generation(flush, counter: str) -> None:
    api = pets()
    deploy(api)
    before = Stage.objects.get()
    flush(DEPLOYER, rest_api_id=api.pk, stage_name="dev")
    after = Stage.objects.get()
    assert getattr(after, counter) == getattr(before, counter) + 1
    event = history(api.pk, "dev")[0]
    assert (event.kind, event.generation) == ("CACHE_FLUSHED", after.generation)
    assert after.generation > before.generation


def test_who_draws_may_not_flush() -> None:
    api = pets()
    deploy(api)
    with pytest.raises(AccessDenied):
        flush_stage_cache(DEVELOPER, rest_api_id=api.pk, stage_name="dev")


def test_a_stage_publishes_documentation_that_is_there() -> None:
    api = pets()
    deployment = deploy(api, None)
    with pytest.raises(BadRequest, match="Invalid documentation version specified"):
        create_stage(
            DEPLOYER,
            rest_api_id=api.pk,
            stage_name="prod",
            deployment_id=deployment.pk,
            documentation_version="v1",
        )
