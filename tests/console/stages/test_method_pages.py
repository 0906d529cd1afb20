import html
import re

import pytest
from django.utils.html import strip_tags

from console.core.actor import Role
from console.stages.models import Stage
from console.stages.services import settings_of, update_stage
from console.stages.services.method_settings import DEFAULTS
from tests.console.people import PIECE, browser, text
from tests.console.stages.drawn import DEPLOYER, deploy, method, mock, pets, resource

pytestmark = pytest.mark.django_db

# The form as it stands for GET /pets of a stage on which nothing is set.
SHOWN = {
    "caching_enabled": "on",
    "cache_ttl_in_seconds": "300",
    "require_authorization_for_cache_control": "on",
    "unauthorized_cache_control_header_strategy": "SUCCEED_WITH_RESPONSE_HEADER",
    "throttling_rate_limit": "",
    "throttling_burst_limit": "",
    "logging_level": "OFF",
}
GET_PETS = "?path=%2Fpets&verb=GET"


@pytest.fixture
def client():
    return browser(Role.DEPLOYER)


@pytest.fixture
def api():
    api = pets()
    deploy(api)
    return api


def address(api, rest=""):
    return f"/apis/{api.pk}/stages/dev/methods{rest}"


def save(client, api, query=GET_PETS, **changed):
    sent = {**SHOWN, **changed}
    return client.post(address(api, f"/settings{query}"), {k: v for k, v in sent.items() if v is not None})


def settings():
    return Stage.objects.get().method_settings


@pytest.mark.parametrize("role", [role for role in Role if role])
def test_every_role_sees_every_page(role, api):
    client = browser(role)
    for rest in ("", "/settings", f"/settings{GET_PETS}"):
        response = client.get(address(api, rest))
        assert response.status_code == 200
        assert (">Save<" in text(response)) == (rest != "" and role >= Role.DEPLOYER)


def test_the_grid_shows_what_is_inherited_and_what_is_own(client, api):
    mock(method(resource(api, "shops"), "POST"))
    deploy(api)
    save(client, api, throttling_rate_limit="0.25", throttling_burst_limit="5")
    said = " ".join(text(client.get(address(api))).split())
    assert said.count('<tr class="inherited">') == 1
    assert '<td class="numbers">0.25</td>' in said
    assert 'aria-label="Edit GET /pets"' in said
    assert 'aria-label="Override POST /shops"' in said


def test_one_value_is_overridden_and_the_others_stay_what_counted(client, api):
    response = save(client, api, throttling_rate_limit="2.5", throttling_burst_limit="5")
    assert response.status_code == 302
    assert settings() == {
        "~1pets/GET": {**DEFAULTS, "cachingEnabled": True, "throttlingRateLimit": 2.5, "throttlingBurstLimit": 5}
    }


def test_an_empty_limit_is_none(client, api):
    save(client, api, cache_ttl_in_seconds="60")
    own = settings()["~1pets/GET"]
    assert (own["throttlingRateLimit"], own["throttlingBurstLimit"]) == (-1, -1)


def test_what_is_set_for_all_is_set_in_the_same_form(client, api):
    save(client, api, query="", cache_data_encrypted="on", throttling_rate_limit="100", throttling_burst_limit="10")
    assert settings().keys() == {"*/*"}
    assert settings()["*/*"]["cacheDataEncrypted"] is True
    said = text(client.get(address(api, f"/settings{GET_PETS}")))
    assert 'name="throttling_rate_limit" value="100.0"' in said


def test_what_is_shown_is_saved_as_nothing(client, api):
    before = Stage.objects.get().generation
    response = client.post(address(api, f"/settings{GET_PETS}"), {**SHOWN, "throttling_rate_limit": ""}, follow=True)
    assert "Nothing was changed" in text(response)
    assert Stage.objects.get().generation == before


@pytest.mark.parametrize(
    ("field", "value"),
    [("cache_ttl_in_seconds", "3601"), ("throttling_burst_limit", "99999999999"), ("throttling_rate_limit", "x")],
)
def test_a_value_is_refused_at_its_field_and_stays_typed(client, api, field, value):
    response = save(client, api, **{field: value})
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in text(response)
    assert f'value="{value}"' in text(response)
    assert settings() == {}


def test_a_reset_gives_the_method_back_to_the_stage(client, api):
    save(client, api, cache_ttl_in_seconds="60")
    assert "Reset to stage default" in text(client.get(address(api, f"/settings{GET_PETS}")))
    response = client.post(address(api, f"/reset{GET_PETS}"), headers=PIECE)
    assert response["HX-Redirect"].endswith("/methods?watch=1")
    assert settings() == {}
    assert "Reset to stage default" not in text(client.get(address(api, f"/settings{GET_PETS}")))


def test_a_developer_may_neither_set_nor_reset(client, api):
    save(client, api, cache_ttl_in_seconds="60")
    developer = browser(Role.DEVELOPER)
    assert "is not authorized to perform: UpdateStage" in text(save(developer, api, cache_ttl_in_seconds="61"))
    assert developer.post(address(api, f"/reset{GET_PETS}")).status_code == 403
    assert settings()["~1pets/GET"]["cacheTtlInSeconds"] == 60


def test_a_method_that_is_not_served_has_no_settings(client, api):
    assert client.get(address(api, "/settings?path=%2Fnone&verb=GET")).status_code == 404


def test_a_method_is_shown_as_other_tools_set_it(client, api):
    said = text(client.get(address(api, f"/settings{GET_PETS}")))
    assert "/~1pets/GET/throttling/rateLimit" in said
    assert "aws_api_gateway_method_settings" in said
    assert "pets/GET" in said


@pytest.mark.parametrize(("path", "said"), [("/", "~1/GET"), ("/pets/{id}", "pets/{id}/GET")])
def test_what_is_shown_for_terraform_names_the_method_as_the_admin_api_takes_it(client, api, path, said):
    where = api.resources.get(path="/")
    if path != "/":
        where = resource(api, "{id}", api.resources.get(path="/pets"))
    mock(method(where))
    deploy(api)
    shown = html.unescape(text(client.get(address(api, f"/settings?path={path}&verb=GET"))))
    assert re.search(rf'method_path +=[^"]*"{re.escape(said)}"', strip_tags(shown))
    operation = {"op": "replace", "path": f"/{said}/metrics/enabled", "value": "true"}
    update_stage(DEPLOYER, rest_api_id=api.pk, stage_name="dev", patch_operations=[operation])
    assert settings_of(Stage.objects.get(), path, "GET").values["metricsEnabled"]


def test_a_stage_without_a_cache_says_so(client, api):
    said = "nothing is cached whatever stands here"
    assert said in text(client.get(address(api)))
    Stage.objects.update(cache_cluster_enabled=True, cache_cluster_size="0.5")
    assert said not in text(client.get(address(api)))


def test_the_grid_takes_the_same_queries_however_many_methods(client, api, django_assert_max_num_queries):
    for part in ("a", "b", "c", "d"):
        with django_assert_max_num_queries(10):
            client.get(address(api))
        mock(method(resource(api, part)))
        deploy(api)
