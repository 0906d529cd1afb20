import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import include, path
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import validate

from console import urls
from console.accounts.services import NewAccessKey, create_token
from console.core.actor import SYSTEM, Role
from tests.console.core.wire import served
from tests.console.people import browser


def generate(patterns: list[Any]) -> dict[str, Any]:
    document = SchemaGenerator(patterns=patterns).get_schema(request=None, public=True)
    assert not GENERATOR_STATS
    return json.loads(json.dumps(document))


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return generate(served.urlpatterns)


@pytest.mark.parametrize("patterns", [served.urlpatterns, [path("", include(urls.api))]])
def test_the_document_is_openapi_and_made_without_a_warning(patterns: list[Any]):
    validate(generate(patterns))


def test_operation_ids_are_aws_s_names(document: dict[str, Any]):
    found = {one["operationId"] for methods in document["paths"].values() for one in methods.values()}
    # ImportRestApi is another body of CreateRestApi's address
    assert found == {operation.name for operation in served.operations} - {"ImportRestApi"}


def test_what_is_not_served_is_not_described(document: dict[str, Any]):
    assert "/api/account" not in document["paths"]
    assert set(document["paths"]["/api/restapis/{restapi_id}"]) == {"get", "delete"}


def test_a_query_that_singles_out_an_operation_is_said(document: dict[str, Any]):
    create = document["paths"]["/api/restapis"]["post"]
    assert set(create["requestBody"]["content"]) == {"application/json", "application/octet-stream"}
    assert {"name": "mode", "in": "query", "schema": {"type": "string", "enum": ["import"]}} in create["parameters"]
    assert "ImportRestApi" in create["description"]


def test_an_answer_is_described_as_it_travels(document: dict[str, Any]):
    answer = document["paths"]["/api/restapis"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/RestApis"}
    schemas = document["components"]["schemas"]
    assert schemas["RestApis"]["properties"]["item"]["items"] == {"$ref": "#/components/schemas/RestApi"}
    assert schemas["RestApi"]["properties"]["createdDate"]["type"] == "number"


def test_a_body_holds_only_what_travels_in_it(document: dict[str, Any]):
    body = document["components"]["schemas"]["PutIntegrationRequest"]
    assert "httpMethod" in body["properties"]
    assert "restApiId" not in body["properties"]
    assert body["required"] == ["type"]


def test_two_names_of_one_label_are_one_in_the_document(document: dict[str, Any]):
    methods = document["paths"]["/api/restapis/{restapi_id}/resources/{resource_id}"]
    for method in methods.values():
        names = [one["name"] for one in method["parameters"] if one["in"] == "path"]
        assert names == ["restapi_id", "resource_id"]


def test_the_page_that_shows_it_loads_nothing_from_elsewhere(db: None):
    client = browser(Role.NONE)
    page = client.get("/api/docs/").content.decode()
    assert "swagger-ui" in page
    assert "https://" not in page
    assert "<script>" not in page  # the policy lets no inline script run
    script = client.get("/api/docs/?script=").content.decode()
    assert "/api/schema/" in script


def shown(client: Client, **headers: str) -> Any:
    return client.get("/api/schema/", headers={"Accept": "application/json", **headers})


def test_the_document_is_for_those_who_say_who_they_are(key: NewAccessKey):
    refused = shown(Client())
    assert (refused.status_code, refused["x-amzn-ErrorType"]) == (403, "MissingAuthenticationTokenException")
    assert Client().get("/api/docs/")["Location"] == "/sign-in?next=%2Fapi%2Fdocs%2F"
    token = create_token(SYSTEM, username="ada", name="reader", days=1)
    for answer in (shown(browser(Role.NONE)), shown(Client(), Authorization=f"Bearer {token.text}")):
        assert answer.json()["openapi"].startswith("3.")


def test_the_document_may_be_for_everybody(db: None, settings: LazySettings):
    settings.PUBLIC_SCHEMA = True
    assert shown(Client()).json()["openapi"].startswith("3.")
    assert "swagger-ui" in Client().get("/api/docs/").content.decode()


def test_the_ways_to_say_who_one_is_are_described(document: dict[str, Any]):
    schemes = document["components"]["securitySchemes"]
    assert schemes["bearer"]["scheme"] == "bearer"
    for item in document["paths"].values():
        for one in item.values():
            assert {name for way in one["security"] for name in way} == set(schemes)
