"""Source: developer guide, "Enable CORS on a resource using the API Gateway console" and "CORS for REST APIs"."""

import pytest

from console.accounts.models import AuditEntry
from console.apis import services
from console.apis.models import Method, MethodResponse
from console.core.faults import AccessDenied, BadRequest, Conflict, NotFound
from console.stages.models import Document
from dataplane import snapshot
from tests.console.people import PIECE, browser, text
from tests.console.stages.drawn import DEVELOPER, deploy, method, mock, pets, resource
from tests.dataplane.execution import House, Message, in_house

pytestmark = pytest.mark.django_db

ORIGIN = "method.response.header.Access-Control-Allow-Origin"
PREFLIGHT = {"Origin": "https://shop.example.com", "Access-Control-Request-Method": "GET"}


@pytest.fixture
def api():
    return pets()


@pytest.fixture
def where(api):
    return {"rest_api_id": api.pk, "resource_id": api.resources.get(path="/pets").pk}


def whole(api, http_method, path="/pets"):
    return Method.objects.whole().get(resource__rest_api=api, resource__path=path, http_method=http_method)


def served(api, *requests: tuple[str, str, dict[str, str]]) -> list[Message]:
    """What a node answers on what was deployed."""
    digest = deploy(api).document_id
    document = snapshot.decode_document(bytes(Document.objects.get(pk=digest).body), digest)
    found: list[Message] = []

    async def scenario(house: House) -> None:
        house.deploy(*document.resources)
        for http_method, target, headers in requests:
            found.append(await house.call(http_method, target, headers))

    in_house(scenario)
    return found


def test_options_is_a_mock_that_says_what_browsers_ask(api, where):
    drawn = services.enable_cors(DEVELOPER, **where)
    assert (drawn.http_method, drawn.authorization_type, drawn.api_key_required) == ("OPTIONS", "NONE", False)
    assert drawn.integration.type == "MOCK"
    assert drawn.integration.request_templates == {"application/json": '{"statusCode": 200}'}
    assert [(each.status_code, each.response_parameters) for each in drawn.integration.responses.all()] == [
        (
            "200",
            {
                "method.response.header.Access-Control-Allow-Headers": "'Content-Type,X-Amz-Date,Authorization,"
                "X-Api-Key,X-Amz-Security-Token'",
                "method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS'",
                ORIGIN: "'*'",
            },
        )
    ]


def test_the_preflight_and_the_answer_are_served_once_deployed(api, where):
    before = served(api, ("OPTIONS", "/dev/pets", PREFLIGHT))[0]
    assert before.status == 403
    services.enable_cors(DEVELOPER, **where, allow_origin="https://shop.example.com")
    preflight, answer = served(api, ("OPTIONS", "/dev/pets", PREFLIGHT), ("GET", "/dev/pets", {}))
    assert (preflight.status, preflight.body) == (200, b"")
    assert preflight.header("Access-Control-Allow-Origin") == "https://shop.example.com"
    assert preflight.header("Access-Control-Allow-Methods") == "GET,OPTIONS"
    assert preflight.header("Access-Control-Allow-Headers") == services.ALLOW_HEADERS
    assert (answer.status, answer.header("Access-Control-Allow-Origin")) == (200, "https://shop.example.com")
    assert answer.header("Access-Control-Allow-Methods") is None


def test_other_methods_name_the_origin_in_their_200_alone(api, where):
    get = whole(api, "GET")
    MethodResponse(method=get, status_code="404").put()
    services.enable_cors(DEVELOPER, **where)
    get = whole(api, "GET")
    assert {each.status_code: each.response_parameters for each in get.responses.all()} == {
        "200": {ORIGIN: False},
        "404": {},
    }
    assert [each.response_parameters for each in get.integration.responses.all()] == [{ORIGIN: "'*'"}]


def test_a_proxy_is_left_to_its_backend(api, where):
    post = method(api.resources.get(path="/pets"), "POST")
    mock(post)
    post.integration.type = "HTTP_PROXY"
    post.integration.uri, post.integration.http_method = "http://backend.example.com", "POST"
    post.integration.put()
    services.enable_cors(DEVELOPER, **where)
    post = whole(api, "POST")
    assert [each.response_parameters for each in post.responses.all()] == [{}]
    assert services.answering_themselves(post.resource) == ["POST"]


def test_any_stands_for_each_method(api):
    below = resource(api, "all")
    mock(method(below, "ANY"))
    drawn = services.enable_cors(DEVELOPER, rest_api_id=api.pk, resource_id=below.pk)
    said = drawn.integration.responses.get().response_parameters
    assert said["method.response.header.Access-Control-Allow-Methods"] == "'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'"


def test_a_second_time_takes_the_place_of_the_first(api, where):
    services.enable_cors(DEVELOPER, **where)
    services.enable_cors(DEVELOPER, **where, allow_origin="https://a.example.com")
    for http_method in ("OPTIONS", "GET"):
        said = whole(api, http_method).integration.responses.get().response_parameters
        assert said[ORIGIN] == "'https://a.example.com'"


def test_options_that_goes_to_a_backend_is_not_overwritten(api, where):
    options = method(api.resources.get(path="/pets"), "OPTIONS")
    mock(options)
    options.integration.type, options.integration.uri = "HTTP", "http://backend.example.com"
    options.integration.http_method = "OPTIONS"
    options.integration.put()
    with pytest.raises(Conflict):
        services.enable_cors(DEVELOPER, **where)
    assert whole(api, "OPTIONS").integration.type == "HTTP"
    assert whole(api, "GET").responses.get().response_parameters == {}


@pytest.mark.parametrize("name", ["allow_origin", "allow_methods", "allow_headers"])
@pytest.mark.parametrize("value", ["it's", "a\r\nSet-Cookie: b", "ü"])
def test_a_value_that_no_header_can_hold_is_refused_and_nothing_is_drawn(api, where, name, value):
    with pytest.raises(BadRequest):
        services.enable_cors(DEVELOPER, **where, **{name: value})
    assert not Method.objects.filter(http_method="OPTIONS").exists()


def test_it_is_written_down_who_did_it(api, where):
    services.enable_cors(DEVELOPER, **where)
    entry = AuditEntry.objects.get(operation="EnableCors")
    assert (entry.actor_name, entry.changes["Origin"], entry.changes["path"]) == ("dev", "*", "/pets")


def test_a_viewer_may_not(viewer, where):
    with pytest.raises(AccessDenied, match="EnableCors"):
        services.enable_cors(viewer, **where)


def test_a_resource_that_is_not_there_is_not_found(where):
    with pytest.raises(NotFound):
        services.enable_cors(DEVELOPER, **{**where, "resource_id": "nope"})


class TestTheDialog:
    @pytest.fixture
    def at(self, where):
        return "/apis/{rest_api_id}/resources/{resource_id}".format(**where)

    @pytest.fixture
    def client(self, developer):
        return browser(developer.role)

    def test_it_is_offered_where_there_are_methods(self, client, api, at):
        assert f'href="{at}/cors"' in text(client.get(at))
        root = api.resources.get(path="/").pk
        assert "/cors" not in text(client.get(f"/apis/{api.pk}/resources/{root}"))

    def test_it_proposes_what_is_drawn_and_one_click_draws_it(self, client, api, at):
        shown = text(client.get(f"{at}/cors", headers=PIECE))
        assert 'value="GET,OPTIONS"' in shown
        sent = {"allow_origin": "*", "allow_methods": "GET,OPTIONS", "allow_headers": "Content-Type"}
        client.post(f"{at}/cors", sent, headers=PIECE)
        said = whole(api, "OPTIONS").integration.responses.get().response_parameters
        assert said["method.response.header.Access-Control-Allow-Headers"] == "'Content-Type'"
        assert "in place of the one that is there" in text(client.get(f"{at}/cors", headers=PIECE))

    def test_what_is_refused_is_said_at_its_field(self, client, at):
        sent = {"allow_origin": "it's", "allow_methods": "GET", "allow_headers": "Content-Type"}
        refused = client.post(f"{at}/cors", sent, headers=PIECE)
        assert refused.status_code == 422
        assert 'id="id_allow_origin_error"' in text(refused)

    def test_it_names_the_proxies_that_answer_themselves(self, client, api, at):
        get = whole(api, "GET").integration
        get.type, get.uri, get.http_method = "HTTP_PROXY", "http://backend.example.com", "GET"
        get.put()
        assert "is a proxy" in text(client.get(f"{at}/cors", headers=PIECE))
