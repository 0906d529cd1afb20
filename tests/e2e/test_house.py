"""The main job, through every layer: draw an API, deploy it, serve it, roll it back."""

import json
import shlex
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.house import House, eventually, fetch, path_with_curl

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("house")]


@pytest.fixture(scope="module")
def client(house: House) -> Any:
    return house.client()


@pytest.fixture
def api(client: Any) -> Iterator[str]:
    """The id of an empty API."""
    api_id = client.create_rest_api(name="drawn in a test")["id"]
    yield api_id
    client.delete_rest_api(restApiId=api_id)


def draw_mock(client: Any, api_id: str, part: str, says: str) -> str:
    """GET /{part} answered by the gateway itself; returns the resource's id."""
    root = next(item["id"] for item in client.get_resources(restApiId=api_id)["items"] if item["path"] == "/")
    resource = client.create_resource(restApiId=api_id, parentId=root, pathPart=part)["id"]
    where = {"restApiId": api_id, "resourceId": resource, "httpMethod": "GET"}
    client.put_method(**where, authorizationType="NONE")
    client.put_method_response(**where, statusCode="200")
    client.put_integration(**where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    client.put_integration_response(**where, statusCode="200", responseTemplates={"application/json": says})
    return str(resource)


def redraw(client: Any, api_id: str, resource: str, says: str) -> None:
    client.update_integration_response(
        restApiId=api_id,
        resourceId=resource,
        httpMethod="GET",
        statusCode="200",
        patchOperations=[{"op": "replace", "path": "/responseTemplates/application~1json", "value": says}],
    )


def served(house: House, api_id: str, path: str, says: str) -> float:
    """The seconds until the stage `dev` says it."""
    return eventually(lambda: house.call(api_id, "dev", path) == (200, says), what=f"{path} says {says!r}")


def demo_api(client: Any) -> str:
    return str(next(item["id"] for item in client.get_rest_apis()["items"] if item["name"] == "PetStore"))


def test_the_ready_line_names_console_and_gateway(house):
    line = house.wait_for_line("^ready:.*").group()
    assert house.console in line
    assert house.gateway in line


def test_the_curl_line_works_as_it_stands(house, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", path_with_curl(tmp_path))
    command = [*shlex.split(house.curl), "--silent", "--show-error", "--fail"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    assert {pet["type"] for pet in json.loads(said)} >= {"dog", "cat"}


def test_the_demo_is_served_as_its_document_says(house, client):
    api_id = demo_api(client)

    def call(path: str, **how: Any) -> tuple[int, Any]:
        status, body = house.call(api_id, "dev", path, **how)
        return status, json.loads(body)

    assert {pet["type"] for pet in call("/pets?type=fish")[1]} == {"fish"}
    assert call("/pets/1")[1]["type"] == "dog"
    assert call("/pets/999")[0] == 404
    assert call("/health") == (200, {"status": "ok", "stage": "dev"})
    assert call("/echo/a/b?x=1", method="PUT")[1]["path"] == "/echo/a/b"
    assert call("/slow?seconds=0.01") == (200, {"waited": 0.01})
    assert call("/elsewhere") == (403, {"message": "Missing Authentication Token"})


def test_an_api_is_drawn_deployed_and_called_in_both_styles(house, client, api):
    draw_mock(client, api, "hello", "hello")
    assert house.call(api, "dev", "/hello")[0] == 403
    client.create_deployment(restApiId=api, stageName="dev", description="the first")
    served(house, api, "/hello", "hello")
    assert house.call(api, "dev", "/hello", host_style=True) == (200, "hello")
    assert json.loads(house.call(api, "dev", "/nowhere")[1]) == {"message": "Missing Authentication Token"}


def test_a_change_is_served_once_deployed_and_not_before(house, client, api):
    resource = draw_mock(client, api, "hello", "old")
    client.create_deployment(restApiId=api, stageName="dev")
    served(house, api, "/hello", "old")
    redraw(client, api, resource, "new")
    time.sleep(1.0)  # longer than nodes take to see a change
    assert house.call(api, "dev", "/hello") == (200, "old")
    client.create_deployment(restApiId=api, stageName="dev")
    served(house, api, "/hello", "new")


def test_a_deployment_and_a_rollback_are_served_within_a_second(house, client, api):
    resource = draw_mock(client, api, "hello", "0")
    first = client.create_deployment(restApiId=api, stageName="dev")["id"]
    served(house, api, "/hello", "0")
    took = []
    for turn in range(1, 4):
        redraw(client, api, resource, str(turn))
        client.create_deployment(restApiId=api, stageName="dev")
        took.append(served(house, api, "/hello", str(turn)))
        client.update_stage(
            restApiId=api,
            stageName="dev",
            patchOperations=[{"op": "replace", "path": "/deploymentId", "value": first}],
        )
        took.append(served(house, api, "/hello", "0"))
    assert median(took) < 1.0, took
    assert client.get_stage(restApiId=api, stageName="dev")["deploymentId"] == first


def test_a_stage_variable_is_served_within_a_second_without_a_deployment(house, client, api):
    draw_mock(client, api, "hello", "$stageVariables.colour")
    client.create_deployment(restApiId=api, stageName="dev", variables={"colour": "red"})
    served(house, api, "/hello", "red")
    change = {"op": "replace", "path": "/variables/colour", "value": "blue"}
    client.update_stage(restApiId=api, stageName="dev", patchOperations=[change])
    assert served(house, api, "/hello", "blue") < 2.0


def test_a_deleted_stage_is_no_longer_served(house, client, api):
    draw_mock(client, api, "hello", "hello")
    client.create_deployment(restApiId=api, stageName="dev")
    served(house, api, "/hello", "hello")
    client.delete_stage(restApiId=api, stageName="dev")
    eventually(lambda: house.call(api, "dev", "/hello")[0] == 403, what="the stage is gone")


def test_a_flush_moves_the_counter_and_the_node_acknowledges_it(house, client, api):
    draw_mock(client, api, "hello", "hello")
    client.create_deployment(restApiId=api, stageName="dev")
    served(house, api, "/hello", "hello")
    before = generation(house)
    client.flush_stage_cache(restApiId=api, stageName="dev")
    eventually(lambda: generation(house) > before, what="the node serves the flush")


def generation(house: House) -> int:
    return int(json.loads(fetch(f"http://127.0.0.1:{house.port('NODE')}/status")[1])["generation"])


def test_an_imported_document_is_replaced_by_another(house, client, api):
    def document(says: str) -> bytes:
        integration = {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": says}}},
        }
        method = {"responses": {"200": {"description": "OK"}}, "x-amazon-apigateway-integration": integration}
        info = {"title": "Imported", "version": "1"}
        return json.dumps({"openapi": "3.0.1", "info": info, "paths": {"/said": {"get": method}}}).encode()

    for says in ("one", "two"):
        client.put_rest_api(restApiId=api, mode="overwrite", body=document(says))
        client.create_deployment(restApiId=api, stageName="dev")
        served(house, api, "/said", says)


def test_an_unknown_key_and_a_wrong_signature_get_awss_refusals(house, client):
    def refusal(**credentials: str) -> str:
        import boto3

        other = boto3.client("apigateway", endpoint_url=f"{house.console}/api", region_name="us-east-1", **credentials)
        with pytest.raises(ClientError) as raised:
            other.get_rest_apis()
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        return str(raised.value.response["Error"]["Code"])

    known = client._request_signer._credentials.access_key
    unknown = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}
    assert refusal(**unknown) == "UnrecognizedClientException"
    assert refusal(aws_access_key_id=known, aws_secret_access_key="wrong") == "InvalidSignatureException"


@contextmanager
def load(house: House, api_id: str, path: str) -> Iterator[Counter[object]]:
    """Four callers, each as fast as it is answered; counts what they got."""
    seen: Counter[object] = Counter()
    stop = threading.Event()

    def calls() -> None:
        while not stop.is_set():
            try:
                answer: object = house.call(api_id, "dev", path)
            except OSError as error:
                answer = repr(error)
            seen[answer] += 1

    callers = [threading.Thread(target=calls) for _ in range(4)]
    for caller in callers:
        caller.start()
    try:
        yield seen
    finally:
        stop.set()
        for caller in callers:
            caller.join()


def test_no_request_fails_while_deployments_are_swapped_under_load(house, client, api):
    resource = draw_mock(client, api, "hello", "0")
    client.create_deployment(restApiId=api, stageName="dev")
    served(house, api, "/hello", "0")
    with load(house, api, "/hello") as seen:
        for turn in range(1, 9):
            redraw(client, api, resource, str(turn))
            client.create_deployment(restApiId=api, stageName="dev")
            served(house, api, "/hello", str(turn))
    assert set(seen) == {(200, str(turn)) for turn in range(9)}, seen
    assert seen.total() > 100


def test_celery_runs_what_it_is_sent(house):
    log = house.home / "logs" / "beat.log"
    eventually(lambda: "beat: Starting" in log.read_text(), what="beat started")
    log = house.home / "logs" / "worker.log"
    eventually(lambda: " ready." in log.read_text(), what="the worker is ready")
