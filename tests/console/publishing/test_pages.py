import datetime as dt
import json
import uuid

import pytest
from django.utils import timezone

from console.core.actor import Role
from console.publishing.models import Node
from console.stages.models import Deployment, Stage
from console.telemetry.models import MinuteCount
from tests.console.access.plans import key, plan
from tests.console.people import PIECE, browser, text
from tests.console.stages.drawn import deploy, method, mock, pets, resource, rest_api

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return browser(Role.DEPLOYER)


@pytest.fixture
def api():
    return pets()


def node(name: str, generation: int, **report: object) -> Node:
    return Node.objects.create(id=name, generation=generation, seen_date=timezone.now(), report=report)


@pytest.mark.parametrize("role", [role for role in Role if role])
def test_every_role_sees_every_page(role, api):
    client = browser(role)
    made = deploy(api)
    node("node-1", 1, version="0.1.0")
    paths = ["/", "/palette", "/palette?q=pet", "/nodes", "/nodes/strip"]
    below = ["deploy", "deployments", f"deployments/{made.pk}", f"deployments/{made.pk}/document"]
    for path in [*paths, *(f"/apis/{api.pk}/{one}" for one in [*below, "stages/dev/convergence"])]:
        assert client.get(path).status_code == 200, path


def test_a_new_house_says_the_next_step(client):
    assert "Import OpenAPI" in text(browser(Role.DEVELOPER).get("/"))
    assert "Nothing is live yet" in text(client.get("/"))


def test_home_counts_the_last_hour_of_each_stage(client, api):
    deploy(api)
    now = timezone.now().replace(second=0, microsecond=0)
    for minutes, count in ((1, 150), (30, 50), (90, 9999)):
        MinuteCount.objects.create(
            id=uuid.uuid4(), minute=now - dt.timedelta(minutes=minutes), node_id="n", rest_api_id=api.pk,
            stage_name="dev", resource_path="/pets", http_method="GET", count=count, count_5xx=count // 50,
        )  # fmt: skip
    (tile,) = client.get("/").context["tiles"]
    assert (tile.traffic.count, tile.traffic.errors, tile.traffic.percent_5xx) == (200, 4, 2.0)
    assert sum(tile.traffic.minutes) == 200


def test_home_tells_which_nodes_serve_a_stage_and_why_one_does_not(client, api):
    deploy(api)
    stage = Stage.objects.get()
    refusal = {"apiId": api.pk, "stageName": "dev", "generation": stage.generation, "reason": "it is corrupt"}
    node("node-1", stage.generation)
    node("node-2", stage.generation - 1)
    node("node-3", stage.generation, refusals=[refusal])
    (tile,) = client.get("/").context["tiles"]
    assert (tile.serving, tile.nodes) == (1, 3)
    assert "it is corrupt" in text(client.get("/", headers=PIECE))


def test_home_takes_the_same_queries_however_many_stages(client, api, django_assert_num_queries):
    for number in range(6):
        deploy(api, f"stage{number}")
        if number in (2, 5):
            with django_assert_num_queries(7):  # session, user, nodes, stages, counts, deployments, drafts
                client.get("/")


def test_what_is_drawn_and_not_deployed_is_listed(client, api):
    deploy(api)
    drawn = rest_api("Undeployed")
    assert [row.pk for row in client.get("/").context["drafts"]] == [drawn.pk]


def test_deploying_makes_a_stage_with_its_message(client, api):
    sent = {"stage": "+", "stage_name": "dev", "description": "Go"}
    response = client.post(f"/apis/{api.pk}/deploy", sent, headers=PIECE)
    assert response["HX-Redirect"] == f"/apis/{api.pk}/stages/dev?watch=1"
    made = Deployment.objects.get()
    assert (made.description, made.created_by) == ("Go", "deployer")
    assert Stage.objects.get().deployment == made


def test_a_bad_stage_name_is_refused_at_its_field(client, api):
    sent = {"stage": "+", "stage_name": "not a name", "description": "Go"}
    response = client.post(f"/apis/{api.pk}/deploy", sent, headers=PIECE)
    assert response.status_code == 422
    assert 'id="deploy_stage_name_error"' in text(response)
    assert ">\nGo</textarea>" in text(response)
    assert not Deployment.objects.exists()


def test_a_developer_may_look_at_what_would_change_and_not_deploy(api):
    client = browser(Role.DEVELOPER)
    response = client.post(f"/apis/{api.pk}/deploy", {"stage": "+", "stage_name": "dev"}, headers=PIECE)
    assert response.status_code == 422
    assert "is not authorized to perform: CreateDeployment" in text(response)


def test_the_dialog_tells_what_changes_on_the_stage(client, api):
    deploy(api)
    mock(method(resource(api, "shops"), "POST"))
    said = text(client.get(f"/apis/{api.pk}/deploy?stage=dev&piece=pending", headers=PIECE))
    assert "POST /shops" in said
    assert "GET /pets" not in said


def test_the_dialog_says_that_nothing_would_change(client, api):
    deploy(api)
    assert "nothing would change" in text(client.get(f"/apis/{api.pk}/deploy?stage=dev"))


def test_the_dialog_says_what_keeps_the_api_from_being_deployed(client, api):
    method(resource(api, "shops"), "POST")
    said = text(client.get(f"/apis/{api.pk}/deploy"))
    assert "No integration defined for method: POST /shops" in said
    assert " disabled>" in said


def test_the_dialog_names_stage_variables_that_nobody_set(client, api):
    mock(method(resource(api, "shops"))).__class__.objects.filter(method__resource__path="/shops").update(
        type="HTTP", http_method="GET", uri="http://${stageVariables.host}/"
    )
    assert "no stage variable <strong>host</strong>" in text(client.get(f"/apis/{api.pk}/deploy"))
    deploy(api, variables={"host": "shops.example"})
    assert "no stage variable" not in text(client.get(f"/apis/{api.pk}/deploy?stage=dev"))


def test_deployments_tell_who_when_what_and_where(client, api):
    first = deploy(api, description="The first")
    deploy(api, status=201, description="The second")
    said = text(client.get(f"/apis/{api.pk}/deployments"))
    for word in ("The first", "The second", "dora", first.document_id[:12], "dev"):
        assert word in said


def test_deployments_take_the_same_queries_however_many(client, api, django_assert_num_queries):
    for number in range(6):
        deploy(api, status=200 + number)
        if number in (2, 5):
            with django_assert_num_queries(9):
                client.get(f"/apis/{api.pk}/deployments")


def test_a_deployment_tells_what_it_changed(client, api):
    deploy(api)
    second = deploy(api, status=404)
    said = text(client.get(f"/apis/{api.pk}/deployments/{second.pk}"))
    assert "GET /pets" in said
    assert "statusCode&quot;: 404" in said


def test_the_document_is_the_bytes_that_its_digest_names(client, api):
    made = deploy(api)
    response = client.get(f"/apis/{api.pk}/deployments/{made.pk}/document")
    assert response.content == bytes(made.document.body)
    assert json.loads(response.content)["apiId"] == api.pk
    assert "attachment" in response["Content-Disposition"]


def test_the_live_bar_asks_until_every_node_serves(client, api):
    deploy(api)
    generation = Stage.objects.get().generation
    node("node-1", generation)
    late = node("node-2", generation - 1)
    address = f"/apis/{api.pk}/stages/dev/convergence"
    waiting = text(client.get(address, headers=PIECE))
    assert "1/2 nodes" in waiting
    assert "every 250ms" in waiting
    late.generation = generation
    late.save()
    done = text(client.get(address, headers=PIECE))
    assert "2/2 nodes" in done
    assert "hx-trigger" not in done


def test_without_nodes_the_live_bar_says_what_to_do(client, api):
    deploy(api)
    assert "No node is alive" in text(client.get(f"/apis/{api.pk}/stages/dev/convergence", headers=PIECE))


def test_the_palette_finds_apis_stages_resources_and_pages(client, api):
    deploy(api)
    titles = [title for title, _ in client.get("/palette?q=pets").context["groups"]]
    assert titles == ["APIs", "Stages", "Resources"]
    assert "Audit record" in text(client.get("/palette?q=audit"))
    assert "Nothing is called that" in text(client.get("/palette?q=zzzz"))


def test_the_palette_finds_keys_and_plans_for_those_who_may_see_them(client):
    made, gold = key("a mobile app"), plan("gold for the mobile app")
    groups = dict(client.get("/palette?q=mobile").context["groups"])
    assert [found.url for found in groups["API keys"]] == [f"/api-keys/{made.pk}"]
    assert [found.url for found in groups["Usage plans"]] == [f"/usage-plans/{gold.pk}"]
    assert client.get("/palette").context["groups"][0][0] != "API keys"
    assert browser(Role.NONE).get("/palette?q=mobile").context["groups"] == []


def test_scripts_come_from_this_server_alone(client):
    policy = client.get("/")["Content-Security-Policy"]
    assert "script-src 'self';" in policy
