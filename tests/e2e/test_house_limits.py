"""API keys, throttles and quotas, with boto3 on one side and a caller on the other."""

import datetime as dt
import json
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from tests.house import House, eventually, fetch

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("house")]

QUOTA = {"limit": 10, "period": "MONTH"}
SLOW = {"rateLimit": 0.001, "burstLimit": 3}  # nothing comes back while a test runs


@pytest.fixture(scope="module")
def client(house: House) -> Any:
    return house.client()


@pytest.fixture(scope="module")
def api(client: Any) -> Iterator[str]:
    """GET /keyed asks for a key, GET /open does not."""
    api_id = client.create_rest_api(name="limited in a test")["id"]
    root = client.get_resources(restApiId=api_id)["items"][0]["id"]
    for part in ("keyed", "open"):
        resource = client.create_resource(restApiId=api_id, parentId=root, pathPart=part)["id"]
        where = {"restApiId": api_id, "resourceId": resource, "httpMethod": "GET"}
        client.put_method(**where, authorizationType="NONE", apiKeyRequired=part == "keyed")
        client.put_method_response(**where, statusCode="200")
        client.put_integration(**where, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
        says = {"application/json": "$context.identity.apiKeyId"}
        client.put_integration_response(**where, statusCode="200", responseTemplates=says)
    client.create_deployment(restApiId=api_id, stageName="dev")
    yield api_id
    client.delete_rest_api(restApiId=api_id)


class Caller:
    def __init__(self, house: House, client: Any, api_id: str, **limits: Any) -> None:
        self.house, self.client, self.api_id = house, client, api_id
        stages = [{"apiId": api_id, "stage": "dev"}]
        self.plan = client.create_usage_plan(name="limited", apiStages=stages, **limits)["id"]
        key = client.create_api_key(name="caller", enabled=True)
        self.key, self.value = key["id"], key["value"]

    def join(self) -> None:
        self.client.create_usage_plan_key(usagePlanId=self.plan, keyId=self.key, keyType="API_KEY")

    def call(self, value: str | None = None, part: str = "keyed") -> tuple[int, str]:
        url = f"{self.house.gateway}/restapis/{self.api_id}/dev/_user_request_/{part}"
        return fetch(url, headers={"X-API-Key": self.value if value is None else value})

    def usage(self) -> list[int]:
        """Used and remaining of today."""
        today = dt.datetime.now(dt.UTC).date().isoformat()
        found = self.client.get_usage(usagePlanId=self.plan, keyId=self.key, startDate=today, endDate=today)
        return list(found["items"][self.key][0])

    def leave(self) -> None:
        self.client.delete_api_key(apiKey=self.key)
        stage = f"{self.api_id}:dev"
        gone = [{"op": "remove", "path": "/apiStages", "value": stage}]
        self.client.update_usage_plan(usagePlanId=self.plan, patchOperations=gone)
        self.client.delete_usage_plan(usagePlanId=self.plan)


@pytest.fixture
def caller(house: House, client: Any, api: str, request: pytest.FixtureRequest) -> Iterator[Caller]:
    caller = Caller(house, client, api, **getattr(request, "param", {}))
    yield caller
    caller.leave()


def test_a_key_lets_in_once_it_is_in_a_plan_and_no_longer_than_it_is_enabled(caller: Caller, client: Any) -> None:
    forbidden = (403, '{"message":"Forbidden"}')
    eventually(lambda: caller.call(part="open") == (200, ""), what="the API is served")
    assert caller.call() == caller.call("") == forbidden
    caller.join()
    took = eventually(lambda: caller.call() == (200, caller.key), what="the key is in the plan")
    assert took < 2.0
    assert caller.call(caller.value + "x") == forbidden
    disable = [{"op": "replace", "path": "/enabled", "value": "false"}]
    client.update_api_key(apiKey=caller.key, patchOperations=disable)
    assert eventually(lambda: caller.call() == forbidden, what="the key is disabled") < 2.0


@pytest.mark.parametrize("caller", [{"throttle": SLOW}], indirect=True)
def test_a_burst_that_is_exceeded_is_429_until_the_plan_allows_more(caller: Caller, client: Any) -> None:
    caller.join()
    eventually(lambda: caller.call()[0] == 200, what="the key is in the plan")
    assert [caller.call()[0] for _ in range(3)] == [200, 200, 429]
    assert caller.call() == (429, '{"message":"Too Many Requests"}')
    assert caller.call(part="open")[0] == 200
    faster = [{"op": "replace", "path": "/throttle/rateLimit", "value": "1000"}]
    client.update_usage_plan(usagePlanId=caller.plan, patchOperations=faster)
    eventually(lambda: caller.call()[0] == 200, what="the plan's rate is higher")


@pytest.mark.parametrize("caller", [{"quota": QUOTA}], indirect=True)
def test_a_quota_is_used_up_extended_and_told_as_used(caller: Caller, client: Any) -> None:
    caller.join()
    eventually(lambda: caller.call()[0] == 200, what="the key is in the plan")
    assert [caller.call()[0] for _ in range(9)] == [200] * 9
    exceeded = (429, '{"message":"Limit Exceeded"}')
    assert caller.call() == exceeded
    eventually(lambda: caller.usage() == [10, 0], what="the node has reported")
    more = [{"op": "replace", "path": "/remaining", "value": "2"}]
    assert client.update_usage(usagePlanId=caller.plan, keyId=caller.key, patchOperations=more)["items"] == {
        caller.key: [[10, 2]]
    }
    assert eventually(lambda: caller.call()[0] == 200, what="the quota is extended") < 2.0
    assert [caller.call()[0] for _ in range(2)] == [200, 429]
    eventually(lambda: caller.usage() == [12, 0], what="the node has reported")


@pytest.mark.parametrize("caller", [{"quota": QUOTA}], indirect=True)
def test_counts_outlive_the_death_of_node_and_workers(caller: Caller, house: House) -> None:
    caller.join()
    eventually(lambda: caller.call()[0] == 200, what="the key is in the plan")
    assert [caller.call()[0] for _ in range(4)] == [200] * 4
    eventually(lambda: caller.usage() == [5, 5], what="the node has reported")
    status = json.loads(fetch(f"http://127.0.0.1:{house.port('NODE')}/status")[1])
    assert status["valkey"] == "connected"
    for worker in status["workers"]:
        psutil.Process(worker["pid"]).kill()
    psutil.Process(house.pid("dataplane")).kill()
    time.sleep(0.1)
    eventually(lambda: caller.call()[0] == 200, what="another node serves")
    passed = 1 + [caller.call()[0] for _ in range(8)].count(200)
    assert passed == 5
    eventually(lambda: caller.usage() == [10, 0], what="the node has reported")


def test_a_stages_throttle_acts_at_once(caller: Caller, client: Any) -> None:
    def throttle(rate: str, burst: str) -> None:
        client.update_stage(
            restApiId=caller.api_id,
            stageName="dev",
            patchOperations=[
                {"op": "replace", "path": "/~1open/GET/throttling/rateLimit", "value": rate},
                {"op": "replace", "path": "/~1open/GET/throttling/burstLimit", "value": burst},
            ],
        )

    eventually(lambda: caller.call(part="open")[0] == 200, what="the API is served")
    throttle("0", "0")
    eventually(lambda: caller.call(part="open")[0] == 429, what="the stage lets nothing pass")
    throttle("1000", "1000")
    eventually(lambda: caller.call(part="open")[0] == 200, what="the stage lets pass again")
