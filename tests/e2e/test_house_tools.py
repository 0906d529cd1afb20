"""What developers do in the house beside calling: test a draft, export what is served, have a client generated."""

import io
import json
import zipfile

import pytest

from tests.house import House

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def demo(house: House):
    client = house.client()
    return client, client.get_rest_apis()["items"][0]["id"]


def test_a_draft_is_tested_on_the_node_that_serves(demo):
    client, api = demo
    resources = {item["path"]: item["id"] for item in client.get_resources(restApiId=api, limit=100)["items"]}
    answer = client.test_invoke_method(
        restApiId=api,
        resourceId=resources["/pets/{petId}"],
        httpMethod="GET",
        pathWithQueryString="/pets/1",
        stageVariables=client.get_stage(restApiId=api, stageName="dev").get("variables", {}),
    )
    assert answer["status"] == 200, answer["log"]
    assert json.loads(answer["body"])["id"] == 1
    assert "Successfully completed execution" in answer["log"]


def test_what_is_served_is_exported_and_drawn_again(demo):
    client, api = demo
    answer = client.get_export(
        restApiId=api, stageName="dev", exportType="oas30", parameters={"extensions": "apigateway"}
    )
    again = client.import_rest_api(body=answer["body"].read(), failOnWarnings=True)["id"]
    try:
        paths = [
            {item["path"] for item in client.get_resources(restApiId=one, limit=100)["items"]} for one in (api, again)
        ]
        assert paths[0] == paths[1]
    finally:
        client.delete_rest_api(restApiId=again)


def test_the_houses_worker_generates_a_client(demo):
    client, api = demo
    answer = client.get_sdk(restApiId=api, stageName="dev", sdkType="typescript")
    with zipfile.ZipFile(io.BytesIO(answer["body"].read())) as archive:
        assert "typescript-sdk/src/runtime.ts" in archive.namelist()
        assert f"/restapis/{api}/dev/_user_request_" in archive.read("typescript-sdk/src/runtime.ts").decode()
