"""What boto3 is told of a drawing. Source: behaviours 122 to 125 and 128; botocore's `apigateway` model."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from console.core.actor import Role
from tests.console.stages.boto import client as boto_client

pytestmark = pytest.mark.django_db(transaction=True)

PETSTORE = (Path(__file__).parent / "documents" / "petstore.yaml").read_bytes()


@pytest.fixture
def client(live_server: Any) -> Any:
    return boto_client(live_server.url, Role.DEVELOPER)


@pytest.fixture
def at(client: Any) -> dict[str, str]:
    api = client.create_rest_api(name="pets")
    pets = client.create_resource(restApiId=api["id"], parentId=api["rootResourceId"], pathPart="{id}")
    return {"restApiId": api["id"], "resourceId": pets["id"], "httpMethod": "GET"}


def said(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def refused(call: Any, **kwargs: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as error:
        call(**kwargs)
    answer = error.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def test_a_policy_is_said_as_a_text_within_a_json_text(client):
    """As answers of AWS's show it; Terraform's provider takes one layer off before it compares."""
    policy = '{"Version": "2012-10-17", "Statement": []}'
    made = client.create_rest_api(name="pets", policy=policy)
    assert json.loads(f'"{made["policy"]}"') == policy


def test_an_empty_member_of_a_location_is_none(client, at):
    location = {"type": "METHOD", "path": "/{id}", "method": "GET", "name": "", "statusCode": ""}
    made = client.create_documentation_part(restApiId=at["restApiId"], location=location, properties='{"a": "b"}')
    assert made["location"] == {"type": "METHOD", "path": "/{id}", "method": "GET"}


def test_an_api_as_it_is_made_and_as_it_is_read(client):
    made = client.create_rest_api(name="pets", description="all", endpointConfiguration={"types": ["REGIONAL"]})
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    made = said(made)
    assert "tags" not in made
    read = said(client.get_rest_api(restApiId=made["id"]))
    assert read == {**made, "tags": {}}
    assert made.keys() == {
        "id", "name", "description", "createdDate", "apiKeySource", "endpointConfiguration",
        "disableExecuteApiEndpoint", "rootResourceId",
    }  # fmt: skip
    assert made["endpointConfiguration"] == {"types": ["REGIONAL"], "ipAddressType": "ipv4"}
    tagged = client.create_rest_api(name="tagged", tags={"team": "a"})
    assert tagged["tags"] == {"team": "a"}
    assert client.delete_rest_api(restApiId=made["id"])["ResponseMetadata"]["HTTPStatusCode"] == 202


def test_an_unknown_api_is_told_with_the_account(client, settings):
    assert refused(client.get_rest_api, restApiId="abc123") == (
        404,
        "NotFoundException",
        f"Invalid API identifier specified {settings.ACCOUNT_ID}:abc123",
    )


def test_pages_of_apis_are_walked_by_boto(client):
    made = {client.create_rest_api(name=f"api {number}")["id"] for number in range(5)}
    pages = list(client.get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["items"]) for page in pages] == [2, 2, 1]
    assert {api["id"] for page in pages for api in page["items"]} == made


def test_a_mock_integration_says_its_defaults_and_leaves_out_what_is_empty(client, at):
    client.put_method(**at, authorizationType="NONE")
    made = client.put_integration(**at, type="MOCK")
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert said(made) == {
        "type": "MOCK",
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "cacheNamespace": at["resourceId"],
        "cacheKeyParameters": [],
    }


def test_an_http_integration_says_how_it_connects(client, at):
    client.put_method(**at, authorizationType="NONE", requestParameters={"method.request.path.id": True})
    made = client.put_integration(
        **at,
        type="HTTP",
        integrationHttpMethod="POST",
        uri="http://backend.example/{id}",
        requestParameters={"integration.request.path.id": "method.request.path.id"},
    )
    assert (made["httpMethod"], made["connectionType"]) == ("POST", "INTERNET")
    assert said(client.get_integration(**at)) == said(made)


def test_a_method_holds_its_responses_and_its_integration(client, at):
    made = client.put_method(**at, authorizationType="NONE")
    assert said(made) == {"httpMethod": "GET", "authorizationType": "NONE", "apiKeyRequired": False}
    client.put_method_response(**at, statusCode="200", responseModels={"application/json": "Empty"})
    client.put_integration(**at, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    client.put_integration_response(**at, statusCode="200", selectionPattern="")
    whole = client.get_method(**at)
    assert whole["methodResponses"] == {"200": {"statusCode": "200", "responseModels": {"application/json": "Empty"}}}
    assert whole["methodIntegration"]["integrationResponses"] == {"200": {"statusCode": "200"}}


def test_resources_name_their_verbs_and_say_methods_in_full_when_asked(client, at):
    client.put_method(**at, authorizationType="NONE")
    root, child = client.get_resources(restApiId=at["restApiId"])["items"]
    assert root == {"id": root["id"], "path": "/"}
    assert child == {
        "id": at["resourceId"], "parentId": root["id"], "pathPart": "{id}", "path": "/{id}",
        "resourceMethods": {"GET": {}},
    }  # fmt: skip
    _, child = client.get_resources(restApiId=at["restApiId"], embed=["methods"])["items"]
    assert child["resourceMethods"]["GET"]["authorizationType"] == "NONE"
    one = client.get_resource(restApiId=at["restApiId"], resourceId=at["resourceId"], embed=["methods"])
    assert one["resourceMethods"] == child["resourceMethods"]


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ("delete_integration_response", 204),
        ("delete_integration", 204),
        ("delete_method_response", 204),
        ("delete_method", 204),
        ("update_method_response", 201),
        ("put_method_response", 201),
    ],
)
def test_statuses_are_awss(client, at, operation, status):
    client.put_method(**at, authorizationType="NONE")
    client.put_integration(**at, type="MOCK")
    client.put_integration_response(**at, statusCode="200")
    client.put_method_response(**at, statusCode="200")
    more = {"statusCode": "500" if operation.startswith("put") else "200"} if "response" in operation else {}
    answer = getattr(client, operation)(**at, **more)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status


def test_what_claudia_and_terraform_patch(client, at):
    api = at["restApiId"]
    client.update_rest_api(restApiId=api, patchOperations=[{"op": "add", "path": "/binaryMediaTypes/image~1webp"}])
    patch = [{"op": "replace", "path": "/endpointConfiguration/types/0", "value": "REGIONAL"}]
    changed = client.update_rest_api(restApiId=api, patchOperations=patch)
    assert changed["binaryMediaTypes"] == ["image/webp"]
    assert changed["endpointConfiguration"]["types"] == ["REGIONAL"]
    client.put_method(**at, authorizationType="NONE")
    patch = [{"op": "add", "path": "/requestParameters/method.request.header.X", "value": "true"}]
    assert client.update_method(**at, patchOperations=patch)["requestParameters"] == {"method.request.header.X": True}


@pytest.mark.parametrize(
    ("patch", "code", "text"),
    [
        (
            [{"op": "replace", "path": "/binaryMediaTypes", "value": "x"}],
            "BadRequestException",
            "Invalid patch path '/binaryMediaTypes' specified for op 'replace'.",
        ),
        (
            [{"op": "remove", "path": "/name"}],
            "BadRequestException",
            "Invalid patch operation specified. Must be one of: [replace]",
        ),
        (
            [{"op": "put", "path": "/name"}],
            "ValidationException",
            "1 validation error detected: Value 'put' at 'updateRestApiInput.patchOperations.1.member.op' failed to "
            "satisfy constraint: Member must satisfy enum value set: ",
        ),
    ],
)
def test_a_patch_is_refused_in_awss_words(client, at, patch, code, text):
    status, said_code, message = refused(client.update_rest_api, restApiId=at["restApiId"], patchOperations=patch)
    assert (status, said_code) == (400, code)
    assert message.startswith(text)


def test_a_type_that_aws_does_not_know_is_a_violation_of_the_model(client, at):
    client.put_method(**at, authorizationType="NONE")
    status, code, message = refused(client.put_integration, **at, type="LAMBDA")
    assert (status, code) == (400, "ValidationException")
    assert "Value 'LAMBDA' at 'putIntegrationInput.type' failed to satisfy constraint" in message


def test_a_document_is_imported_put_and_warned_of(client):
    made = client.import_rest_api(body=PETSTORE, parameters={"basepath": "prepend"})
    assert (made["name"], "warnings" in made) == ("PetStore", False)
    paths = [item["path"] for item in client.get_resources(restApiId=made["id"])["items"]]
    assert paths == ["/", "/v1", "/v1/store", "/v1/store/pets", "/v1/store/pets/{petId}"]
    lossy = PETSTORE.replace(b"- api_key: []", b"- nobody: []")
    put = client.put_rest_api(restApiId=made["id"], mode="overwrite", body=lossy)
    assert put["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert "Security scheme 'nobody' not found. Ignoring." in put["warnings"][0]
    status, code, message = refused(client.import_rest_api, body=lossy, failOnWarnings=True)
    assert (status, code) == (400, "BadRequestException")
    assert "Security scheme 'nobody' not found" in message
    assert len(client.get_rest_apis()["items"]) == 1


def test_models_are_made_read_and_deleted(client, at):
    api = at["restApiId"]
    client.create_model(restApiId=api, name="Pet", contentType="application/json", schema='{"type": "object"}')
    assert client.get_model(restApiId=api, modelName="Pet", flatten=True)["schema"] == '{"type": "object"}'
    assert [model["name"] for model in client.get_models(restApiId=api)["items"]] == ["Empty", "Error", "Pet"]
    assert client.delete_model(restApiId=api, modelName="Pet")["ResponseMetadata"]["HTTPStatusCode"] == 202
