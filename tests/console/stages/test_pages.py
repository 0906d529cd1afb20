import pytest

from console.core.actor import Role
from console.stages.forms import ACCESS_LOG_FORMATS
from console.stages.models import Stage
from console.stages.services import rules
from tests.console.people import PIECE, browser, text
from tests.console.stages.drawn import deploy, pets

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return browser(Role.DEPLOYER)


@pytest.fixture
def api():
    api = pets()
    deploy(api, description="The first")
    deploy(api, status=201, description="The second")
    return api


@pytest.mark.parametrize("role", [role for role in Role if role])
def test_every_role_sees_every_page(role, api):
    client = browser(role)
    for path in ("", "stages", "stages/dev", "stages/dev/settings", "stages/dev/delete"):
        assert client.get(f"/apis/{api.pk}/{path}").status_code == 200


def test_the_overview_says_where_the_api_answers(client, api):
    said = text(client.get(f"/apis/{api.pk}/"))
    assert f"http://{api.pk}.execute-api.localhost:8080/dev" in said
    assert f"http://127.0.0.1:8080/restapis/{api.pk}/dev/_user_request_" in said
    assert "The second" in said


def test_an_api_that_was_never_deployed_says_the_next_step(client):
    api = pets()
    assert "Deploy to a first stage" in text(client.get(f"/apis/{api.pk}/"))


def test_one_click_rolls_back_and_the_page_watches_the_nodes(client, api):
    first, second = api.deployments.order_by("created_date")
    assert f"Roll back to {first.pk}" in text(client.get(f"/apis/{api.pk}/stages/dev"))
    response = client.post(f"/apis/{api.pk}/stages/dev/rollback", headers=PIECE)
    assert Stage.objects.get().deployment_id == first.pk
    assert 'id="live"' in text(response)
    assert f"serves deployment {first.pk} again" in response["HX-Trigger"]
    assert f"Serve {second.pk} again" in text(response)


def test_any_earlier_deployment_is_served_again(client, api):
    first, second = api.deployments.order_by("created_date")
    client.post(f"/apis/{api.pk}/stages/dev/rollback", {"deployment_id": first.pk})
    client.post(f"/apis/{api.pk}/stages/dev/rollback", {"deployment_id": second.pk})
    assert Stage.objects.get().deployment_id == second.pk


def test_a_rollback_that_is_refused_is_a_toast(client, api):
    response = client.post(
        f"/apis/{api.pk}/stages/dev/rollback", {"deployment_id": Stage.objects.get().deployment_id}, headers=PIECE
    )
    assert response.status_code == 422
    assert "already serves" in response["HX-Trigger"]
    assert response["HX-Reswap"] == "none"


def test_one_click_flushes_and_the_counter_moves(client, api):
    response = client.post(f"/apis/{api.pk}/stages/dev/flush", headers=PIECE)
    assert Stage.objects.get().cache_generation == 1
    assert '<strong id="cache-generation" class="numbers">1</strong>' in text(response)


def test_a_developer_neither_sees_nor_may_use_the_levers(api):
    client = browser(Role.DEVELOPER)
    said = text(client.get(f"/apis/{api.pk}/stages/dev"))
    assert 'id="rollback"' not in said
    assert 'id="flush"' not in said
    assert client.post(f"/apis/{api.pk}/stages/dev/flush").status_code == 403
    assert Stage.objects.get().cache_generation == 0


def test_variables_are_patched_one_by_one(client, api):
    sent = {
        "description": "For tests",
        "variables.present": "1",
        "variables.key": ["host", ""],
        "variables.value": ["pets.example", ""],
    }
    assert client.post(f"/apis/{api.pk}/stages/dev/settings", sent, headers=PIECE).status_code == 200
    stage = Stage.objects.get()
    assert (stage.variables, stage.description) == ({"host": "pets.example"}, "For tests")


def test_a_bad_variable_is_refused_at_the_variables_and_stays_typed(client, api):
    sent = {"variables.present": "1", "variables.key": ["a host"], "variables.value": ["x"]}
    response = client.post(f"/apis/{api.pk}/stages/dev/settings", sent, headers=PIECE)
    assert response.status_code == 422
    assert 'id="id_variables_error"' in text(response)
    assert 'value="a host"' in text(response)


def test_the_cache_is_switched_on_and_off(client, api):
    def save(**sent):
        address = f"/apis/{api.pk}/stages/dev/settings"
        assert client.post(address, {"variables.present": "1", **sent}, headers=PIECE).status_code == 200
        stage = Stage.objects.get()
        return stage.cache_cluster_enabled, stage.cache_cluster_size

    assert save(cache_cluster_enabled="on") == (True, "0.5")
    assert save(cache_cluster_enabled="on", cache_cluster_size="6.1") == (True, "6.1")
    assert save(cache_cluster_size="") == (False, "6.1")


ARN = "arn:aws:logs:us-east-1:000000000000:log-group:pets"


def test_an_access_log_is_set_changed_and_taken_away(client, api):
    def save(**sent):
        address = f"/apis/{api.pk}/stages/dev/settings"
        assert client.post(address, {"variables.present": "1", **sent}, headers=PIECE).status_code == 200
        return Stage.objects.get().access_log_settings

    csv = ACCESS_LOG_FORMATS["CSV"]
    assert save(access_log_format=csv, access_log_destination=ARN) == {"format": csv, "destinationArn": ARN}
    assert save(access_log_format="$context.requestId", access_log_destination=ARN)["format"] == "$context.requestId"
    assert save(access_log_format=csv) == {"format": csv}
    assert save() is None


def test_a_bad_access_log_is_refused_at_its_field(client, api):
    for name, value in (("access_log_format", "$context.status"), ("access_log_destination", "pets")):
        sent = {"variables.present": "1", name: value}
        response = client.post(f"/apis/{api.pk}/stages/dev/settings", sent, headers=PIECE)
        assert response.status_code == 422
        assert f'id="id_{name}_error"' in text(response)


@pytest.mark.parametrize("form", ACCESS_LOG_FORMATS.values(), ids=ACCESS_LOG_FORMATS)
def test_the_formats_to_begin_with_are_taken(form):
    assert rules.access_log_format(form) == form


def test_saving_what_is_there_already_changes_nothing(client, api):
    before = Stage.objects.get().generation
    response = client.post(f"/apis/{api.pk}/stages/dev/settings", {"variables.present": "1"}, headers=PIECE)
    assert "Nothing was changed" in response["HX-Trigger"]
    assert Stage.objects.get().generation == before


def test_deleting_a_stage_names_the_addresses_that_go(client, api):
    assert f"/restapis/{api.pk}/dev/_user_request_" in text(client.get(f"/apis/{api.pk}/stages/dev/delete"))
    client.post(f"/apis/{api.pk}/stages/dev/delete")
    assert not Stage.objects.exists()


def test_the_stage_page_shows_rollback_and_flush_as_calls(client, api):
    said = text(client.get(f"/apis/{api.pk}/stages/dev"))
    assert "aws apigateway flush-stage-cache" in said
    assert "aws apigateway update-stage" in said
    assert "Terraform has no resource for it" in said


def test_a_stage_takes_the_same_queries_however_long_its_history(client, api, django_assert_max_num_queries):
    for _ in range(2):
        for _ in range(6):
            client.post(f"/apis/{api.pk}/stages/dev/flush")
        with django_assert_max_num_queries(12):
            client.get(f"/apis/{api.pk}/stages/dev")
