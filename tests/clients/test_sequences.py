"""The orders in which tools call the API, by boto3, each with the backend that can be deployed in its function's place.

Sources: chalice/awsclient.py and chalice/deploy/executor.py; claudia src/commands/create.js and src/util/
patch-binary-types.js; aws-sam-cli samcli/lib/sync/flows/rest_api_sync_flow.py; community.aws plugins/modules/
api_gateway.py.
"""

import json
from typing import Any

import pytest

from console.core.actor import Role
from tests.parity.server import Server, key_of

pytestmark = pytest.mark.django_db(transaction=True)

BACKEND = "http://127.0.0.1:9/function"
INTEGRATION = {"type": "http_proxy", "httpMethod": "POST", "uri": BACKEND, "passthroughBehavior": "when_no_match"}


@pytest.fixture
def client(live_server: Any) -> Any:
    return Server(live_server.url).boto(key_of(Role.DEPLOYER))


def swagger(*paths: str) -> bytes:
    responses = {"200": {"description": "200 response", "schema": {"$ref": "#/definitions/Empty"}}}
    method = {
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "responses": responses,
        "x-amazon-apigateway-integration": {**INTEGRATION, "responses": {"default": {"statusCode": "200"}}},
    }
    document = {
        "swagger": "2.0",
        "info": {"version": "1.0", "title": "app"},
        "schemes": ["https"],
        "paths": {path: {"get": method} for path in paths},
        "definitions": {"Empty": {"type": "object", "title": "Empty Schema"}},
        "x-amazon-apigateway-binary-media-types": ["application/octet-stream", "image/png"],
    }
    return json.dumps(document, indent=2).encode()


def paths(client: Any, api: str) -> set[str]:
    found = client.get_paginator("get_resources").paginate(restApiId=api, embed=["methods"])
    return {item["path"] for page in found for item in page["items"] if item.get("resourceMethods")}


def test_chalice_imports_deploys_overwrites_and_deletes(client: Any):
    parameters = {"endpointConfigurationTypes": "EDGE"}
    api = client.import_rest_api(body=swagger("/", "/pets"), parameters=parameters)["id"]
    compression = [{"op": "replace", "path": "/minimumCompressionSize", "value": "100"}]
    client.update_rest_api(restApiId=api, patchOperations=compression)
    client.create_deployment(restApiId=api, stageName="api", tracingEnabled=False)
    assert [one["id"] for one in client.get_rest_apis()["items"] if one["name"] == "app"] == [api]
    found = client.get_rest_api(restApiId=api)
    assert (found["endpointConfiguration"]["types"], found["minimumCompressionSize"]) == (["EDGE"], 100)
    client.put_rest_api(restApiId=api, mode="overwrite", body=swagger("/", "/cats"))
    client.create_deployment(restApiId=api, stageName="api", tracingEnabled=False)
    assert paths(client, api) == {"/", "/cats"}
    client.delete_rest_api(restApiId=api)
    assert client.get_rest_apis()["items"] == []


def test_claudia_draws_route_by_route(client: Any):
    api = client.create_rest_api(name="claudia")["id"]
    client.put_rest_api(restApiId=api, mode="overwrite", body=b'{"swagger": "2.0", "info": {"title": "claudia"}}')
    [root] = client.get_resources(restApiId=api, limit=499)["items"]
    assert root["path"] == "/"
    resource = client.create_resource(restApiId=api, parentId=root["id"], pathPart="{proxy+}")["id"]
    for one, verb in ((root["id"], "ANY"), (resource, "ANY"), (resource, "OPTIONS")):
        route(client, {"restApiId": api, "resourceId": one, "httpMethod": verb})
    binary = [{"op": "add", "path": "/binaryMediaTypes/image~1webp"}, {"op": "add", "path": "/binaryMediaTypes/*~1*"}]
    client.update_rest_api(restApiId=api, patchOperations=binary)
    client.create_deployment(restApiId=api, stageName="latest", variables={"lambdaVersion": "latest"})
    assert client.get_stage(restApiId=api, stageName="latest")["variables"] == {"lambdaVersion": "latest"}
    assert client.get_rest_api(restApiId=api)["binaryMediaTypes"] == ["image/webp", "*/*"]
    assert paths(client, api) == {"/", "/{proxy+}"}


def route(client: Any, at: dict[str, str]) -> None:
    client.put_method(**at, authorizationType="NONE", apiKeyRequired=False)
    if at["httpMethod"] != "OPTIONS":
        client.put_integration(**at, type="HTTP_PROXY", integrationHttpMethod="POST", uri=BACKEND)
        return
    templates = {"application/json": '{"statusCode": 200}'}
    client.put_integration(**at, type="MOCK", requestTemplates=templates)
    header = "method.response.header.Access-Control-Allow-Origin"
    client.put_method_response(**at, statusCode="200", responseParameters={header: False})
    mapped = {header: "'*'"}
    client.put_integration_response(**at, statusCode="200", selectionPattern="", responseParameters=mapped)


def test_sam_sync_overwrites_and_moves_the_stage(client: Any):
    api = client.create_rest_api(name="sam")["id"]
    client.put_rest_api(restApiId=api, mode="overwrite", body=swagger("/hello"))
    first = client.create_deployment(restApiId=api, stageName="Stage")["id"]
    client.create_stage(restApiId=api, stageName="Prod", deploymentId=first)
    client.put_rest_api(restApiId=api, mode="overwrite", body=swagger("/hello", "/bye"))
    second = client.create_deployment(restApiId=api, description="Created by SAM Sync")["id"]
    for stage in client.get_stages(restApiId=api)["item"]:
        at = {"restApiId": api, "stageName": stage["stageName"]}
        client.update_stage(**at, patchOperations=[{"op": "replace", "path": "/deploymentId", "value": second}])
        client.flush_stage_cache(**at)
    client.delete_deployment(restApiId=api, deploymentId=first)
    assert [one["id"] for one in client.get_deployments(restApiId=api)["items"]] == [second]


def test_ansible_puts_yaml_and_deploys(client: Any):
    document = b"""
swagger: "2.0"
info: {title: ansible, version: "1"}
paths:
  /pets:
    get:
      responses: {"200": {description: pets}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: "200"}}
"""
    api = client.create_rest_api(
        name="ansible-temp", endpointConfiguration={"types": ["EDGE"]}, description="AWS Stack example"
    )["id"]
    client.put_rest_api(restApiId=api, body=document, mode="overwrite")
    client.create_deployment(
        restApiId=api,
        stageName="dev",
        description="Automatic deployment by Ansible.",
        cacheClusterEnabled=True,
        cacheClusterSize="0.5",
        tracingEnabled=True,
        variables={"color": "blue"},
    )
    stage = client.get_stage(restApiId=api, stageName="dev")
    assert (stage["cacheClusterSize"], stage["tracingEnabled"], paths(client, api)) == ("0.5", True, {"/pets"})
