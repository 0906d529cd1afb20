"""The main job, as boto3 does it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from console.accounts.models import AuditEntry
from console.accounts.services import NewAccessKey, create_access_key, create_user
from console.core.actor import SYSTEM, Role
from tests.console.core.wire.signed import send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def grace(db: None) -> NewAccessKey:
    create_user(SYSTEM, username="grace", password="a bug of 1947", role=Role.DEPLOYER)
    return create_access_key(SYSTEM, username="grace")


@pytest.fixture
def client(boto: Any, grace: NewAccessKey) -> Any:
    return boto(grace.row.id, grace.secret)


def refused(call: Any, **kwargs: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**kwargs)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def draw(client: Any) -> str:
    """A mock method at /pets."""
    api = client.create_rest_api(name="pets")["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    pets = client.create_resource(restApiId=api, parentId=root, pathPart="pets")["id"]
    at = {"restApiId": api, "resourceId": pets, "httpMethod": "GET"}
    client.put_method(**at, authorizationType="NONE")
    client.put_method_response(**at, statusCode="200")
    client.put_integration(**at, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    client.put_integration_response(**at, statusCode="200", selectionPattern="")
    return api


def test_an_api_is_drawn_deployed_and_taken_down(client: Any):
    api = draw(client)
    deployment = client.create_deployment(restApiId=api, stageName="dev", description="first")
    stage = client.get_stage(restApiId=api, stageName="dev")
    assert (stage["deploymentId"], stage["ResponseMetadata"]["HTTPStatusCode"]) == (deployment["id"], 200)
    patch = [{"op": "replace", "path": "/variables/color", "value": "blue"}]
    assert client.update_stage(restApiId=api, stageName="dev", patchOperations=patch)["variables"] == {"color": "blue"}
    flushed = client.flush_stage_cache(restApiId=api, stageName="dev")
    assert flushed["ResponseMetadata"]["HTTPStatusCode"] == 202
    client.delete_stage(restApiId=api, stageName="dev")
    client.delete_rest_api(restApiId=api)
    assert client.get_rest_apis()["items"] == []


def test_what_aws_lacks_hangs_below_the_same_noun_in_the_same_dialect(client: Any, grace: Any, live_server: Any):
    api = draw(client)
    first = client.create_deployment(restApiId=api, stageName="dev")["id"]
    client.create_deployment(restApiId=api, stageName="dev")
    rolled_back = send(live_server, "POST", f"/api/restapis/{api}/stages/dev/rollback", grace)
    assert (rolled_back.status, rolled_back.json()["deploymentId"]) == (200, first)
    assert client.get_stage(restApiId=api, stageName="dev")["deploymentId"] == first
    again = send(live_server, "POST", f"/api/restapis/{api}/stages/dev/rollback", grace, body=b'{"deploymentId": "x"}')
    assert (again.status, again.headers["x-amzn-ErrorType"]) == (400, "BadRequestException")


def test_every_mutation_is_recorded_with_its_request(client: Any):
    answer = client.create_rest_api(name="pets")
    entry = AuditEntry.objects.get(operation="CreateRestApi")
    assert (entry.actor_name, entry.door) == ("grace", "wire")
    assert entry.request_id == answer["ResponseMetadata"]["RequestId"]
    assert entry.subject.endswith(f"/restapis/{answer['id']}")


def test_a_paginator_walks_a_long_list(client: Any):
    for number in range(7):
        client.create_rest_api(name=f"api {number}")
    pages = list(client.get_paginator("get_rest_apis").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["items"]) for page in pages] == [3, 3, 1]
    assert len({api["id"] for page in pages for api in page["items"]}) == 7


def test_a_patch_that_is_refused_changes_nothing(client: Any):
    api = client.create_rest_api(name="pets")["id"]
    patch = [{"op": "replace", "path": "/name", "value": "cats"}, {"op": "replace", "path": "/nonsense", "value": "x"}]
    code, message = refused(client.update_rest_api, restApiId=api, patchOperations=patch)
    assert code == "BadRequestException"
    assert message.startswith("Invalid patch path '/nonsense' specified for op 'replace'. Must be one of: [")
    assert client.get_rest_api(restApiId=api)["name"] == "pets"


def test_an_unknown_op_is_a_validation_exception(client: Any):
    api = client.create_rest_api(name="pets")["id"]
    code, message = refused(client.update_rest_api, restApiId=api, patchOperations=[{"op": "fix", "path": "/name"}])
    assert code == "ValidationException"
    assert message.startswith("1 validation error detected: Value 'fix' at 'updateRestApiInput.patchOperations.1.")


def test_what_does_not_exist_is_not_found(client: Any):
    code, message = refused(client.get_rest_api, restApiId="nope123456")
    assert (code, message) == ("NotFoundException", "Invalid API identifier specified 000000000000:nope123456")


def test_a_role_bounds_what_a_key_may_do(boto: Any, client: Any):
    create_user(SYSTEM, username="guest", password="a tour of 1961", role=Role.VIEWER)
    key = create_access_key(SYSTEM, username="guest")
    guest = boto(key.row.id, key.secret)
    assert guest.get_rest_apis()["items"] == []
    assert refused(guest.create_rest_api, name="pets") == (
        "AccessDeniedException",
        "User: guest is not authorized to perform: CreateRestApi",
    )
