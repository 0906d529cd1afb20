"""API keys and usage plans through boto3, as a caller of AWS knows them."""

from typing import Any

import pytest

from console.core.actor import Role
from tests.console.access.test_import_api_keys import VALUE
from tests.console.stages.boto import client
from tests.console.stages.drawn import deploy, pets
from tests.console.stages.test_wire import refused, status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def aws(live_server: Any) -> Any:
    return client(live_server.url)


def test_a_key_is_made_read_changed_and_deleted(aws: Any) -> None:
    made = aws.create_api_key(name="mobile", enabled=True, value="a-value-of-twenty-chars", tags={"a": "b"})
    assert status(made) == 201 and made["value"] == "a-value-of-twenty-chars"
    read = aws.get_api_key(apiKey=made["id"])
    assert status(read) == 200 and "value" not in read
    assert {name: read[name] for name in ("name", "enabled", "stageKeys", "tags")} == {
        "name": "mobile",
        "enabled": True,
        "stageKeys": [],
        "tags": {"a": "b"},
    }
    assert aws.get_api_key(apiKey=made["id"], includeValue=True)["value"] == made["value"]
    assert [one["value"] for one in aws.get_api_keys(nameQuery="mob", includeValues=True)["items"]] == [made["value"]]
    operation = {"op": "replace", "path": "/enabled", "value": "false"}
    assert aws.update_api_key(apiKey=made["id"], patchOperations=[operation])["enabled"] is False
    assert status(aws.delete_api_key(apiKey=made["id"])) == 202
    assert refused(aws.get_api_key, apiKey=made["id"]) == (
        404,
        "NotFoundException",
        "Invalid API Key identifier specified",
    )


def test_a_plan_is_made_joined_changed_and_deleted(aws: Any) -> None:
    api = pets()
    deploy(api)
    stage = {"apiId": api.pk, "stage": "dev"}
    made = aws.create_usage_plan(
        name="gold",
        apiStages=[{**stage, "throttle": {"/pets/GET": {"rateLimit": 1.5, "burstLimit": 3}}}],
        throttle={"rateLimit": 10.0, "burstLimit": 20},
        quota={"limit": 100, "period": "DAY"},
    )
    assert status(made) == 201
    plan = made["id"]
    assert made == {
        "id": plan,
        "name": "gold",
        "apiStages": [{**stage, "throttle": {"/pets/GET": {"rateLimit": 1.5, "burstLimit": 3}}}],
        "throttle": {"rateLimit": 10.0, "burstLimit": 20},
        "quota": {"limit": 100, "offset": 0, "period": "DAY"},
    }
    key = aws.create_api_key(name="mobile")
    joined = aws.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    assert status(joined) == 201
    assert joined == {"id": key["id"], "type": "API_KEY", "value": key["value"], "name": "mobile"}
    assert status(read := aws.get_usage_plan_key(usagePlanId=plan, keyId=key["id"])) == 200 and read == joined
    assert aws.get_usage_plan_keys(usagePlanId=plan)["items"] == [joined]
    assert [one["id"] for one in aws.get_usage_plans(keyId=key["id"])["items"]] == [plan]
    operation = {"op": "remove", "path": "/apiStages", "value": f"{api.pk}:dev"}
    changed = aws.update_usage_plan(usagePlanId=plan, patchOperations=[operation])
    assert status(changed) == 200 and changed["apiStages"] == []
    assert status(aws.delete_usage_plan_key(usagePlanId=plan, keyId=key["id"])) == 202
    assert status(aws.delete_usage_plan(usagePlanId=plan)) == 202
    assert refused(aws.get_usage_plan, usagePlanId=plan)[2] == "Invalid Usage Plan ID specified"


def test_keys_are_imported_and_their_usage_is_read_and_extended(aws: Any) -> None:
    plan = aws.create_usage_plan(name="gold", quota={"limit": 100, "period": "DAY"})["id"]
    found = aws.import_api_keys(body=f"name,key,usageplanids\nmine,{VALUE},{plan}\n".encode(), format="csv")
    assert status(found) == 201 and found == {"ids": found["ids"], "warnings": []}
    [key] = found["ids"]

    asked = {"usagePlanId": plan, "startDate": "2026-11-15", "endDate": "2026-11-16"}
    assert status(usage := aws.get_usage(**asked)) == 200
    assert usage == {**asked, "items": {key: [[0, 100], [0, 100]]}}
    operation = {"op": "replace", "path": "/remaining", "value": "150"}
    changed = aws.update_usage(usagePlanId=plan, keyId=key, patchOperations=[operation])
    assert status(changed) == 200 and changed["items"] == {key: [[0, 150]]}
    assert changed["startDate"] == changed["endDate"]

    assert refused(aws.import_api_keys, body=b"name,key\nmine,abc\n", format="csv", failOnWarnings=True) == (
        400,
        "BadRequestException",
        "Warnings found during import: Line 2: API Key value should be between 30 and 128 characters",
    )


def test_the_account_is_read_and_changed(live_server: Any) -> None:
    aws = client(live_server.url, Role.ADMIN)
    assert status(account := aws.get_account()) == 200
    assert account == {
        "throttleSettings": {"burstLimit": 5000, "rateLimit": 10000.0},
        "features": ["UsagePlans"],
        "apiKeyVersion": "4",
    }
    role = "arn:aws:iam::000000000000:role/logs"
    operation = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role}
    assert aws.update_account(patchOperations=[operation])["cloudwatchRoleArn"] == role
    assert aws.get_account()["cloudwatchRoleArn"] == role
