import pytest

from console.apis.models import Integration, Method, RestApi
from console.core.actor import Role
from tests.console.people import PIECE, browser, text
from tests.console.stages.drawn import method, mock, pets, resource, rest_api

pytestmark = pytest.mark.django_db

DOCUMENT = """\
swagger: "2.0"
info: {title: Shop, version: "1"}
paths:
  /items:
    get:
      responses: {"200": {description: OK}}
      x-amazon-apigateway-integration: {type: mock}
  /items/{id}:
    get:
      parameters: [{name: id, in: path, required: true, type: string}]
      responses: {"200": {description: OK}}
"""


@pytest.fixture
def client():
    return browser(Role.DEVELOPER)


@pytest.fixture
def api():
    return pets()


@pytest.fixture
def at(api):
    """The address of GET /pets."""
    return f"/apis/{api.pk}/resources/{api.resources.get(path='/pets').pk}/methods/GET"


@pytest.mark.parametrize("role", [role for role in Role if role])
def test_every_role_sees_every_page(role, api, at):
    client = browser(role)
    root = api.resources.get(path="/").pk
    paths = [
        "/apis/",
        "/apis/new",
        "/apis/import",
        f"/apis/{api.pk}/import",
        f"/apis/{api.pk}/settings",
        f"/apis/{api.pk}/delete",
        f"/apis/{api.pk}/resources",
        f"/apis/{api.pk}/resources/{root}",
        f"/apis/{api.pk}/resources/{root}/new",
        f"/apis/{api.pk}/resources/{root}/methods/new",
        at,
        f"{at}/delete",
        *(
            f"{at}/{box}"
            for box in (
                "method-request",
                "integration-request",
                "integration",
                "integration-response",
                "integration-response/200",
                "integration-response/new",
                "method-response",
                "method-response/200",
                "method-response/new",
            )
        ),
    ]
    for path in paths:
        for headers in ({}, PIECE):
            response = client.get(path, headers=headers)
            assert response.status_code == 200, path
            assert ("<!doctype html>" in text(response)) is not bool(headers) or "/resources" not in path


def test_a_viewer_is_offered_nothing_to_change_and_refused_when_trying(api, at):
    client = browser(Role.VIEWER)
    assert "Create API" not in text(client.get("/apis/"))
    assert "Save</button>" not in text(client.get(f"{at}/integration"))
    sent = {"type": "MOCK", "timeout_in_millis": "1000"}
    refused = client.post(f"{at}/integration", sent, headers=PIECE)
    assert refused.status_code == 422
    assert "is not authorized to perform: UpdateIntegration" in text(refused)


def test_an_api_is_created_and_opens_where_it_is_drawn(client):
    response = client.post("/apis/new", {"name": "Shop", "description": "Sells"})
    api = RestApi.objects.get()
    assert (api.name, api.description) == ("Shop", "Sells")
    assert response["Location"] == f"/apis/{api.pk}/resources"
    assert "An empty drawing" in text(client.get(response["Location"]))


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(client):
    response = client.post("/apis/new", {"name": "", "description": "Sells <things>"}, headers=PIECE)
    assert response.status_code == 422
    assert 'id="id_name_error"' in text(response)
    assert "Sells &lt;things&gt;" in text(response)


def test_apis_are_found_by_name_id_and_description(client, api):
    rest_api("shop", description="sells pets")
    found = text(client.get("/apis/?q=pets", headers=PIECE))
    assert "shop" in found
    assert api.pk in found
    assert "No API matches" in text(client.get("/apis/?q=pets+nothing", headers=PIECE))


def test_the_list_takes_the_same_queries_however_many_apis(client, api, django_assert_num_queries):
    for _ in range(2):
        for _ in range(5):
            pets()
        with django_assert_num_queries(7):  # session, user, count, apis, stages, methods, deployments
            client.get("/apis/")


def test_the_tree_takes_the_same_queries_however_many_resources(client, api, django_assert_num_queries):
    for part in "abcdefgh":
        where = resource(api, part)
        mock(method(where))
        mock(method(where, "POST"))
        if part in "dh":
            with django_assert_num_queries(8):
                client.get(f"/apis/{api.pk}/resources")


def test_deleting_an_api_says_what_goes_with_it(client, api):
    asked = text(client.get(f"/apis/{api.pk}/delete"))
    assert "with its 2 resources" in asked
    assert "no caller will notice" in asked
    client.post(f"/apis/{api.pk}/delete")
    assert not RestApi.objects.exists()


def test_settings_are_patched(client, api):
    sent = {
        "name": "Zoo",
        "description": "",
        "binary_media_types": "image/png\nimage/gif\n",
        "minimum_compression_size": "0",
    }
    client.post(f"/apis/{api.pk}/settings", sent)
    api.refresh_from_db()
    assert (api.name, api.binary_media_types, api.minimum_compression_size) == ("Zoo", ["image/png", "image/gif"], 0)
    client.post(f"/apis/{api.pk}/settings", sent | {"binary_media_types": "image/gif", "minimum_compression_size": ""})
    api.refresh_from_db()
    assert (api.binary_media_types, api.minimum_compression_size) == (["image/gif"], None)


def test_a_resource_is_drawn_renamed_and_deleted(client, api):
    root = api.resources.get(path="/")
    client.post(f"/apis/{api.pk}/resources/{root.pk}/new", {"path_part": "shops"})
    shops = api.resources.get(path="/shops")
    client.post(f"/apis/{api.pk}/resources/{shops.pk}/new", {"path_part": "{shopId}"})
    client.post(f"/apis/{api.pk}/resources/{shops.pk}/rename", {"path_part": "stores"})
    assert api.resources.filter(path="/stores/{shopId}").exists()
    assert "/stores/{shopId}" in text(client.get(f"/apis/{api.pk}/resources/{shops.pk}/delete"))
    client.post(f"/apis/{api.pk}/resources/{shops.pk}/delete")
    assert not api.resources.filter(path__startswith="/stores").exists()


def test_awss_refusal_of_a_path_part_stands_at_its_field(client, api):
    root = api.resources.get(path="/")
    response = client.post(f"/apis/{api.pk}/resources/{root.pk}/new", {"path_part": "a/b"}, headers=PIECE)
    assert response.status_code == 422
    assert 'id="id_path_part_error"' in text(response)
    assert 'value="a/b"' in text(response)


def test_a_new_method_passes_on_the_path_parameters_that_its_uri_names(client, api):
    row = resource(api, "{petId}", api.resources.get(path="/pets"))
    sent = {
        "http_method": "GET",
        "type": "HTTP_PROXY",
        "integration_http_method": "GET",
        "uri": "http://pets.example/{petId}",
        "timeout_in_millis": "3000",
    }
    client.post(f"/apis/{api.pk}/resources/{row.pk}/methods/new", sent)
    drawn = Method.objects.get(resource=row)
    assert drawn.request_parameters == {"method.request.path.petId": True}
    assert drawn.integration.request_parameters == {"integration.request.path.petId": "method.request.path.petId"}
    assert drawn.integration.timeout_in_millis == 3000


def test_a_new_mock_answers_200_at_once(client, api):
    row = resource(api, "status")
    sent = {"http_method": "GET", "type": "MOCK", "timeout_in_millis": "29000"}
    client.post(f"/apis/{api.pk}/resources/{row.pk}/methods/new", sent)
    drawn = Method.objects.get(resource=row)
    assert [one.status_code for one in drawn.responses.all()] == ["200"]
    assert [one.status_code for one in drawn.integration.responses.all()] == ["200"]


FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:pets:live"
ROLE = "arn:aws:iam::123456789012:role/gateway"


def test_a_function_is_named_by_its_arn_and_invoked_with_post(client, api):
    row = resource(api, "pets2")
    sent = {
        "http_method": "ANY",
        "type": "AWS_PROXY",
        "integration_http_method": "GET",
        "uri": FUNCTION,
        "credentials": ROLE,
        "timeout_in_millis": "29000",
    }
    client.post(f"/apis/{api.pk}/resources/{row.pk}/methods/new", sent)
    drawn = Method.objects.get(resource=row).integration
    uri = f"arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
    assert (drawn.type, drawn.http_method, drawn.uri, drawn.credentials) == ("AWS_PROXY", "POST", uri, ROLE)
    page = text(client.get(f"/apis/{api.pk}/resources/{row.pk}/methods/ANY/integration"))
    assert uri in page and ROLE in page
    code = text(client.get(f"/apis/{api.pk}/resources/{row.pk}/methods/ANY"))
    assert f"--credentials {ROLE}" in code


def test_a_service_of_aws_answers_200_at_once_and_its_role_can_be_taken_away(client, api):
    row = resource(api, "orders")
    sent = {
        "http_method": "POST",
        "type": "AWS",
        "integration_http_method": "POST",
        "uri": "arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders",
        "credentials": ROLE,
        "timeout_in_millis": "29000",
    }
    client.post(f"/apis/{api.pk}/resources/{row.pk}/methods/new", sent)
    drawn = Method.objects.get(resource=row)
    assert [one.status_code for one in drawn.integration.responses.all()] == ["200"]
    at = f"/apis/{api.pk}/resources/{row.pk}/methods/POST/integration"
    assert client.post(at, {**sent, "credentials": ""}, headers=PIECE).status_code == 200
    assert Integration.objects.get(method=drawn).credentials == ""
    refused = client.post(at, {**sent, "credentials": "somebody"}, headers=PIECE)
    assert refused.status_code == 422
    assert 'id="id_credentials_error"' in text(refused)


def test_a_refused_method_leaves_nothing_half_drawn(client, api):
    row = resource(api, "status")
    sent = {
        "http_method": "GET",
        "type": "HTTP",
        "integration_http_method": "GET",
        "uri": "gopher://x",
        "timeout_in_millis": "29000",
    }
    response = client.post(f"/apis/{api.pk}/resources/{row.pk}/methods/new", sent, headers=PIECE)
    assert response.status_code == 422
    assert 'id="id_uri_error"' in text(response)
    assert "gopher://x" in text(response)
    assert not Method.objects.filter(resource=row).exists()


def test_changing_an_integration_keeps_its_responses_and_its_mappings(client, api, at):
    sent = {
        "type": "HTTP",
        "integration_http_method": "POST",
        "uri": "http://pets.example/",
        "timeout_in_millis": "1234",
    }
    response = client.post(f"{at}/integration", sent, headers=PIECE)
    assert response.status_code == 200
    assert "Saved in the drawing" in response["HX-Trigger"]
    row = Integration.objects.get()
    assert (row.type, row.http_method, row.uri, row.timeout_in_millis) == ("HTTP", "POST", "http://pets.example/", 1234)
    assert row.responses.count() == 1
    assert row.request_templates == {"application/json": '{"statusCode": 200}'}


def test_templates_and_parameters_are_added_changed_and_removed(client, api, at):
    sent = {
        "request_parameters.present": "1",
        "request_templates.present": "1",
        "request_templates.key": ["text/plain", ""],
        "request_templates.value": ["$input.body", ""],
        "request_parameters.key": ["integration.request.header.X"],
        "request_parameters.value": ["'x'"],
        "passthrough_behavior": "NEVER",
        "content_handling": "",
    }
    assert client.post(f"{at}/integration-request", sent, headers=PIECE).status_code == 200
    row = Integration.objects.get()
    assert row.request_templates == {"text/plain": "$input.body"}
    assert row.request_parameters == {"integration.request.header.X": "'x'"}
    assert row.passthrough_behavior == "NEVER"


def test_a_name_that_is_there_twice_is_refused_and_both_stay_typed(client, at):
    sent = {
        "request_templates.present": "1",
        "request_templates.key": ["text/plain", "text/plain"],
        "request_templates.value": ["one", "two"],
        "passthrough_behavior": "NEVER",
    }
    response = client.post(f"{at}/integration-request", sent, headers=PIECE)
    assert response.status_code == 422
    assert "is there twice" in text(response)
    assert ">one</textarea>" in text(response)
    assert ">two</textarea>" in text(response)


def test_the_method_request_is_patched(client, api, at):
    sent = {
        "authorization": "AWS_IAM",
        "api_key_required": "on",
        "operation_name": "listPets",
        "request_parameters.present": "1",
        "request_parameters.key": ["method.request.querystring.status"],
        "request_parameters.value": ["true"],
        "request_models.present": "1",
    }
    assert client.post(f"{at}/method-request", sent, headers=PIECE).status_code == 200
    row = Method.objects.get()
    assert (row.authorization_type, row.api_key_required, row.operation_name) == ("AWS_IAM", True, "listPets")
    assert row.request_parameters == {"method.request.querystring.status": True}


def test_responses_are_added_changed_and_deleted(client, api, at):
    new = {"status_code": "404", "selection_pattern": "4\\d{2}", "content_handling": ""}
    assert client.post(f"{at}/integration-response/new", new, headers=PIECE).status_code == 200
    changed = new | {"selection_pattern": "404"}
    assert client.post(f"{at}/integration-response/404", changed, headers=PIECE).status_code == 200
    integration = Integration.objects.get()
    assert integration.responses.get(status_code="404").selection_pattern == "404"
    assert client.post(f"{at}/integration-response/404/delete", headers=PIECE).status_code == 200
    assert [row.status_code for row in integration.responses.all()] == ["200"]


def test_a_second_default_response_is_refused_at_its_field(client, at):
    response = client.post(f"{at}/integration-response/new", {"status_code": "500"}, headers=PIECE)
    assert response.status_code == 422
    assert 'id="id_selection_pattern_error"' in text(response)


def test_declared_headers_are_flags(client, api, at):
    sent = {
        "status_code": "201",
        "response_parameters.key": ["method.response.header.Location"],
        "response_parameters.value": ["true"],
    }
    assert client.post(f"{at}/method-response/new", sent, headers=PIECE).status_code == 200
    declared = Method.objects.get().responses.get(status_code="201")
    assert declared.response_parameters == {"method.response.header.Location": True}


def test_what_is_not_there_is_a_page_that_says_so(client, api):
    response = client.get("/apis/abcdefghij/resources")
    assert response.status_code == 404
    assert "Invalid API identifier specified" in text(response)
    assert client.get(f"/apis/{api.pk}/resources/zzzzzz").status_code == 404


def test_a_preview_draws_nothing_and_tells_every_line(client):
    said = text(client.post("/apis/import/preview", {"body": DOCUMENT}, headers=PIECE))
    assert "2 paths, 2 methods" in said
    assert "no integration" in said
    assert not RestApi.objects.exists()


def test_a_preview_of_what_is_no_document_names_the_line(client):
    said = text(client.post("/apis/import/preview", {"body": "swagger: '2.0'\npaths: [\n"}, headers=PIECE))
    assert 'data-line="' in said
    assert "cannot be taken" in said


def test_an_import_draws_the_document_and_says_what_became_of_it(client):
    response = client.post("/apis/import", {"body": DOCUMENT, "basepath": "ignore"})
    api = RestApi.objects.get()
    assert response["Location"] == f"/apis/{api.pk}/resources"
    assert "Shop: " in text(client.get(response["Location"]))
    assert Method.objects.count() == 2


def test_a_file_is_taken_without_scripts_too(client, tmp_path):
    path = tmp_path / "shop.yaml"
    path.write_text(DOCUMENT)
    with path.open("rb") as file:
        client.post("/apis/import", {"body": "", "file": file})
    assert RestApi.objects.get().name == "Shop"


def test_a_refused_document_stays_in_the_editor_with_its_line_marked(client):
    broken = "swagger: '2.0'\npaths: [\n"
    response = client.post("/apis/import", {"body": broken})
    assert response.status_code == 422
    assert "paths: [" in text(response)
    assert "data-marks=" in text(response)


def test_a_document_overwrites_what_is_drawn(client, api):
    client.post(f"/apis/{api.pk}/import", {"body": DOCUMENT, "mode": "overwrite"})
    assert sorted(api.resources.values_list("path", flat=True)) == ["/", "/items", "/items/{id}"]


def test_a_large_document_is_a_workers_and_its_page_tells_how_far_it_is(client):
    large = DOCUMENT + "# " + "x" * 300_000
    response = client.post("/apis/import", {"body": large})
    assert response["Location"].startswith("/apis/import/jobs/")
    assert "Waiting for a worker" in text(client.get(response["Location"]))


def test_pages_say_the_same_as_calls(client, api, at):
    said = text(client.get(at))
    assert "aws apigateway put-integration" in said
    assert f"--rest-api-id {api.pk}" in said
    assert "aws_api_gateway_integration" in said
