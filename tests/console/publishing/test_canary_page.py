import datetime as dt
import uuid

import pytest
from django.utils import timezone

from console.core.actor import Role
from console.stages.models import Deployment, Stage
from console.telemetry.models import MinuteCount
from tests.console.people import PIECE, browser, text
from tests.console.stages.drawn import deploy, method, pets, redraw, resource

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return browser(Role.DEPLOYER)


@pytest.fixture
def api():
    api = pets()
    deploy(api, description="The first", variables={"host": "a"})
    return api


def address(api, rest=""):
    return f"/apis/{api.pk}/stages/dev/canary{rest}"


def save(client, api, **changed):
    sent = {"deployment_id": "+", "percent_traffic": "10", "stage_variable_overrides.present": "1", **changed}
    return client.post(address(api), sent)


def canary(api, **settings):
    redraw(api, 201)
    return deploy(api, description="The new one", canary_settings={"percentTraffic": 10.0, **settings})


def settings():
    return Stage.objects.get().canary_settings


@pytest.mark.parametrize("role", [role for role in Role if role])
def test_every_role_sees_the_page_with_and_without_a_canary(role, api):
    client = browser(role)
    may = role >= Role.DEPLOYER
    assert ("Create the canary" in text(client.get(address(api)))) == may
    canary(api)
    assert (address(api, "/promote") in text(client.get(address(api)))) == may
    for rest in ("/promote", "/remove"):
        assert client.get(address(api, rest)).status_code == 200


def test_the_drawing_becomes_a_canary_and_the_stage_stays(client, api):
    first = Stage.objects.get().deployment_id
    redraw(api, 202)
    response = save(
        client,
        api,
        description="Try it",
        **{"stage_variable_overrides.key": ["host"], "stage_variable_overrides.value": ["b"]},
        use_stage_cache="on",
    )
    assert response.status_code == 302
    made = Deployment.objects.get(description="Try it")
    assert Stage.objects.get().deployment_id == first
    assert settings() == {
        "deploymentId": made.pk,
        "percentTraffic": 10.0,
        "stageVariableOverrides": {"host": "b"},
        "useStageCache": True,
    }


def test_an_earlier_deployment_becomes_a_canary_without_a_new_one(client, api):
    first = Stage.objects.get().deployment_id
    deploy(api, status=201)
    save(client, api, deployment_id=first, percent_traffic="2.5")
    assert Deployment.objects.count() == 2
    assert (settings()["deploymentId"], settings()["percentTraffic"]) == (first, 2.5)


def test_a_change_patches_what_differs(client, api):
    made = canary(api, stageVariableOverrides={"host": "b"})
    save(client, api, deployment_id=made.pk, percent_traffic="50")
    assert settings()["percentTraffic"] == 50
    assert settings()["stageVariableOverrides"] == {}
    before = Stage.objects.get().generation
    save(client, api, deployment_id=made.pk, percent_traffic="50")
    assert Stage.objects.get().generation == before


@pytest.mark.parametrize(
    ("field", "sent"),
    [
        ("percent_traffic", {"percent_traffic": "101"}),
        ("deployment_id", {"deployment_id": "none"}),
        (
            "stage_variable_overrides",
            {"stage_variable_overrides.key": ["a b"], "stage_variable_overrides.value": ["x"]},
        ),
    ],
)
def test_a_value_is_refused_at_its_field(client, api, field, sent):
    response = save(client, api, **sent)
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in text(response)
    assert settings() is None


def test_a_drawing_that_cannot_be_deployed_says_why(client, api):
    method(resource(api, "unfinished"))
    response = save(client, api)
    assert response.status_code == 422
    assert "No integration defined for method" in text(response)


def counted(api, deployment, count, **more):
    MinuteCount.objects.create(
        id=uuid.uuid4(), minute=timezone.now() - dt.timedelta(minutes=5), node_id="n", rest_api_id=api.pk,
        stage_name="dev", resource_path="/pets", http_method="GET", digest=deployment.document_id, count=count, **more,
    )  # fmt: skip


def test_both_arms_stand_side_by_side_with_their_counts(client, api):
    made = canary(api)
    counted(api, Stage.objects.get().deployment, 90, latency_ms_sum=180)
    counted(api, made, 10, count_5xx=3)
    stage, other = client.get(address(api)).context["arms"]
    assert (stage.percent, stage.counted.count, stage.counted.latency_ms) == (90, 90, 2)
    assert (other.percent, other.counted.count, other.counted.count_5xx) == (10, 10, 3)
    said = text(client.get(address(api, "?piece=arms"), headers=PIECE))
    assert "The first" in said
    assert "The new one" in said
    assert "<form" not in said


def test_arms_of_one_document_say_that_their_counts_are_one(client, api):
    said = "the numbers are of both arms together"
    made = deploy(api, canary_settings={"percentTraffic": 10.0, "stageVariableOverrides": {"host": "b"}})
    assert said in text(client.get(address(api)))
    redraw(api, 203)
    save(client, api)
    assert settings()["deploymentId"] != made.pk
    assert said not in text(client.get(address(api)))


def test_variables_have_a_column_for_the_canary(client, api):
    canary(api, stageVariableOverrides={"new": "c"})
    found = {one.name: (one.stage, one.canary, one.overridden) for one in client.get(address(api)).context["variables"]}
    assert found == {"host": ("a", "a", False), "new": (None, "c", True)}


def test_promoting_asks_once_and_says_what_it_does(client, api):
    first = Stage.objects.get().deployment_id
    made = canary(api, stageVariableOverrides={"host": "b"})
    asked = " ".join(text(client.get(address(api, "/promote"))).split())
    assert f'The stage no longer serves <span class="mono">{first}</span>' in asked
    assert "/canarySettings/stageVariableOverrides" in asked  # as other tools would do it
    client.post(address(api, "/promote"), {"deployment_id": made.pk})
    stage = Stage.objects.get()
    assert (stage.deployment_id, stage.variables, stage.canary_settings) == (made.pk, {"host": "b"}, None)


def test_aborting_asks_once_and_leaves_the_deployment(client, api):
    made = canary(api)
    assert "the deployment itself stays" in text(client.get(address(api, "/remove")))
    client.post(address(api, "/remove"), {"deployment_id": made.pk})
    assert settings() is None
    assert Deployment.objects.listed().filter(pk=made.pk).exists()


def test_a_canary_that_was_changed_meanwhile_is_not_promoted_unseen(client, api):
    made = canary(api)
    redraw(api, 203)
    save(client, api)
    response = client.post(address(api, "/promote"), {"deployment_id": made.pk}, headers=PIECE)
    assert response.status_code == 422
    assert "by now" in response["HX-Trigger"]
    assert settings() is not None


def test_without_a_canary_there_is_nothing_to_end(client, api):
    assert client.get(address(api, "/promote")).status_code == 400


def test_a_developer_neither_makes_nor_ends_one(api):
    developer = browser(Role.DEVELOPER)
    assert "is not authorized" in text(save(developer, api))
    made = canary(api)
    for rest in ("/promote", "/remove"):
        assert developer.post(address(api, rest), {"deployment_id": made.pk}).status_code == 403
    assert settings()["deploymentId"] == made.pk


def test_the_page_shows_the_canary_as_other_tools_set_it(client, api):
    canary(api)
    said = text(client.get(address(api)))
    assert "/canarySettings/percentTraffic" in said
    assert "canary_settings {" in said


def test_the_page_takes_the_same_queries_however_many_deployments(client, api, django_assert_max_num_queries):
    canary(api)
    for _ in range(3):
        with django_assert_max_num_queries(12):
            client.get(address(api))
        for _ in range(4):
            deploy(api, None)


def test_the_stages_overview_names_the_canary(client, api):
    made = canary(api)
    assert made.pk in text(client.get(f"/apis/{api.pk}/stages/dev"))
