"""API keys, the plans that meter them, and the account."""

import datetime as dt

from tests.parity.stories.drawn import deploy, patch
from tests.parity.walk import Call, Story


def a_key_is_kept(call: Call) -> None:
    key = call("CreateApiKey", name="ada", description="hers", enabled=True, customerId="1", tags={"team": "pets"})[
        "id"
    ]
    call("GetApiKey", apiKey=key, includeValue=True)
    call("GetApiKeys", nameQuery="a", includeValues=True, limit=10)
    call("UpdateApiKey", apiKey=key, patchOperations=patch(("replace", "/enabled", "false")))
    call("DeleteApiKey", apiKey=key)
    call("ImportApiKeys", format="csv", body=b"Name,Key,Enabled\nbob,an-imported-key-of-thirty-two-00,true\n")


def a_plan_meters_keys(call: Call) -> None:
    drawn, _ = deploy(call)
    stages = [{"apiId": drawn.api, "stage": "dev", "throttle": {"/pets/GET": {"rateLimit": 5.0, "burstLimit": 2}}}]
    plan = call(
        "CreateUsagePlan",
        name="gold",
        description="for those who pay",
        apiStages=stages,
        throttle={"rateLimit": 10.0, "burstLimit": 20},
        quota={"limit": 1000, "offset": 0, "period": "MONTH"},
        tags={"team": "pets"},
    )["id"]
    at = {"usagePlanId": plan}
    call("GetUsagePlan", **at)
    call("GetUsagePlans")
    call("UpdateUsagePlan", **at, patchOperations=patch(("replace", "/quota/limit", "2000")))
    key = {**at, "keyId": call("CreateApiKey", name="carl", enabled=True)["id"]}
    call("CreateUsagePlanKey", **key, keyType="API_KEY")
    call("GetUsagePlanKey", **key)
    call("GetUsagePlanKeys", **at, nameQuery="c")
    today = dt.datetime.now(dt.UTC).date().isoformat()
    call("UpdateUsage", **key, patchOperations=patch(("replace", "/remaining", "500")))
    call("GetUsage", **at, startDate=today, endDate=today)
    call("DeleteUsagePlanKey", **key)
    call("UpdateUsagePlan", **at, patchOperations=patch(("remove", "/apiStages", f"{drawn.api}:dev")))
    call("DeleteUsagePlan", **at)


def the_account_is_set(call: Call) -> None:
    call("GetAccount")
    role = "arn:aws:iam::000000000000:role/logs"
    call("UpdateAccount", patchOperations=patch(("replace", "/cloudwatchRoleArn", role)))


STORIES: list[Story] = [a_key_is_kept, a_plan_meters_keys, the_account_is_set]
