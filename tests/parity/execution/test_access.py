"""docs/behaviours.md, section 3: API keys, usage plans, throttling."""

from hashlib import sha256
from typing import Any

import pytest

from dataplane.snapshot import Access, ApiKey, KeyPlan, MethodSetting, PlanStage, Quota, Throttle, UsagePlan
from tests.dataplane.execution import API, House, in_house
from tests.parity.execution.cases import Case, hold, mock, rows

r13, r31, r32, r33, r34, r35 = (
    rows("EMU/DOC", 13),
    rows("REC/EMU", 31),
    rows("DOC", 32),
    rows("EMU/DOC", 33),
    rows("DOC", 34),
    rows("DOC", 35),
)

VALUE = "apikey1234abcdefghij0123456789"
KEY = {"X-API-Key": VALUE}
FORBIDDEN: dict[str, Any] = {
    "status": 403,
    "reply": b'{"message":"Forbidden"}',
    "replied": {"x-amzn-ErrorType": "ForbiddenException"},
}
THROTTLED: dict[str, Any] = {
    "status": 429,
    "reply": b'{"message":"Too Many Requests"}',
    "replied": {"x-amzn-ErrorType": "TooManyRequestsException"},
}
EXCEEDED: dict[str, Any] = {
    "status": 429,
    "reply": b'{"message":"Limit Exceeded"}',
    "replied": {"x-amzn-ErrorType": "LimitExceededException"},
}
SLOW = 0.001  # a rate by which nothing comes back while a test runs


def throttle(burst: int, rate: float = SLOW) -> Throttle:
    return Throttle(rate_limit=rate, burst_limit=burst)


def setting(burst: int, rate: float = SLOW) -> MethodSetting:
    return MethodSetting(throttling_burst_limit=burst, throttling_rate_limit=rate)


def key(*plans: str, value: str = VALUE) -> ApiKey:
    return ApiKey(id="key1", digest=sha256(value.encode()).hexdigest(), plans=tuple(KeyPlan(plan_id=p) for p in plans))


def plan(
    id: str = "gold", stage: str = "dev", throttles: dict[str, Throttle] | None = None, **limits: Any
) -> UsagePlan:
    stages = (PlanStage(api_id=API, stage_name=stage, throttles=throttles or {}),)
    return UsagePlan(id=id, stages=stages, **limits)


def access(*plans: UsagePlan, **members: Any) -> Access:
    keys = (key(*(one.id for one in plans)),)
    return Access(key_count=1, plan_count=len(plans), keys=keys, plans=plans, **members)


GOLD = access(plan())
SHOWN = "$context.identity.apiKey $context.identity.apiKeyId"

CASES: list[Case] = [
    r31("a key in a plan of the stage", mock("ok", api_key_required=True), access=GOLD, headers=KEY, reply=b"ok"),
    r31("no key", mock(api_key_required=True), access=GOLD, **FORBIDDEN),
    r31("an unknown key", mock(api_key_required=True), access=GOLD, headers={"X-API-Key": VALUE + "0"}, **FORBIDDEN),
    r31(
        "a disabled key, which nodes are not told",
        mock(api_key_required=True),
        access=Access(key_count=0, plan_count=1, plans=(plan(),)),
        headers=KEY,
        **FORBIDDEN,
    ),
    r31("a key without a plan", mock(api_key_required=True), access=access(), headers=KEY, **FORBIDDEN),
    r31(
        "a plan of another stage",
        mock(api_key_required=True),
        access=access(plan(stage="prod")),
        headers=KEY,
        **FORBIDDEN,
    ),
    r31(
        "the other plan of the key has the stage",
        mock("ok", api_key_required=True),
        access=access(plan("other", "prod"), plan()),
        headers=KEY,
        reply=b"ok",
    ),
    r31("a method that asks for none", mock("ok"), access=GOLD, reply=b"ok"),
    r32("the header's name in any case", mock(api_key_required=True), access=GOLD, headers={"x-api-KEY": VALUE}),
    r32("no other header", mock(api_key_required=True), access=GOLD, headers={"Api-Key": VALUE}, **FORBIDDEN),
    r32("no query parameter", mock(api_key_required=True), access=GOLD, ask=f"GET /dev/a?api_key={VALUE}", **FORBIDDEN),
    r32(
        "of the authorizer: the header is ignored",
        mock(api_key_required=True),
        access=GOLD,
        headers=KEY,
        api={"api_key_source": "AUTHORIZER"},
        **FORBIDDEN,
    ),
    r33(
        "$context of a keyed method",
        mock(SHOWN, api_key_required=True),
        access=GOLD,
        headers=KEY,
        reply=f"{VALUE} key1".encode(),
    ),
    r33("and of another method", mock(SHOWN), access=GOLD, headers=KEY, reply=b" "),
    r34(
        "the plan's limit of the method",
        mock(api_key_required=True),
        access=access(plan(throttle=throttle(9), throttles={"/a/GET": throttle(2)})),
        headers=KEY,
        before=2,
        **THROTTLED,
    ),
    r34(
        "is not that of another method",
        mock("ok", api_key_required=True),
        access=access(plan(throttles={"/b/GET": throttle(0)})),
        headers=KEY,
        reply=b"ok",
    ),
    r34(
        "the plan's limit of the key",
        mock(api_key_required=True),
        access=access(plan(throttle=throttle(2), throttles={"/a/GET": throttle(9)})),
        headers=KEY,
        before=2,
        **THROTTLED,
    ),
    r34("the burst is the bucket's size", mock("ok"), settings={"*/*": setting(3)}, before=2, reply=b"ok"),
    r34("a burst may exceed the rate", mock("ok"), settings={"*/*": setting(20, 10)}, before=19, reply=b"ok"),
    r34("the stage's limit for each method", mock(), settings={"*/*": setting(3)}, before=3, **THROTTLED),
    r34(
        "the method's own instead",
        mock("ok"),
        settings={"*/*": setting(0), "~1a/GET": setting(2)},
        before=1,
        reply=b"ok",
    ),
    r34("rate 0 lets nothing pass", mock(), settings={"*/*": setting(5, 0)}, **THROTTLED),
    r34("burst 0 lets nothing pass", mock(), settings={"*/*": setting(0, 100)}, **THROTTLED),
    r34("-1 is no limit", mock("ok"), settings={"*/*": setting(-1, -1)}, before=50, reply=b"ok"),
    r34(
        "the stage's limit bounds the plan's",
        mock(api_key_required=True),
        access=access(plan(throttle=throttle(9))),
        settings={"*/*": setting(2)},
        headers=KEY,
        before=2,
        **THROTTLED,
    ),
    r34(
        "the account's bounds all",
        mock(),
        access=Access(key_count=0, plan_count=0, account=throttle(2)),
        settings={"*/*": setting(9)},
        before=2,
        **THROTTLED,
    ),
    r35(
        "a quota that is used up",
        mock(api_key_required=True),
        access=access(plan(quota=Quota(limit=2, period="MONTH"))),
        headers=KEY,
        before=2,
        **EXCEEDED,
    ),
    r35(
        "the last of it",
        mock("ok", api_key_required=True),
        access=access(plan(quota=Quota(limit=3, period="WEEK", offset=6))),
        headers=KEY,
        before=2,
        reply=b"ok",
    ),
    r35(
        "a method that asks for no key uses none of it",
        mock("ok"),
        access=access(plan(quota=Quota(limit=1, period="DAY"))),
        headers=KEY,
        before=3,
        reply=b"ok",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_access(case: Case) -> None:
    hold(case)


def test_row_34_each_method_of_a_stage_has_a_bucket_of_its_own() -> None:
    async def scenario(house: House) -> None:
        house.deploy(mock(), mock(path="/b"), stage={"method_settings": {"*/*": setting(1)}})
        asked = [(await house.call("GET", f"/dev/{path}")).status for path in "abab"]
        assert asked == [200, 200, 429, 429]

    in_house(scenario)


@pytest.mark.parametrize(
    ("news", "status"),
    [
        (Access(key_count=0, plan_count=1, removed_keys=("key1",)), 403),
        (Access(key_count=1, plan_count=0, removed_plans=("gold",)), 403),
        (Access(key_count=1, plan_count=1, plans=(plan(stage="prod"),)), 403),
        (Access(key_count=1, plan_count=1, plans=(plan(throttle=throttle(0)),)), 429),
        (Access(key_count=1, plan_count=1, keys=(key("gold", value="another-value-of-the-same-key"),)), 403),
    ],
    ids=["key disabled or deleted", "plan deleted", "stage taken out", "limit lowered", "another value"],
)
def test_row_13_keys_and_plans_act_at_once(news: Access, status: int) -> None:
    """Without a deployment, on the very next request."""

    async def scenario(house: House) -> None:
        house.clients.update(GOLD)
        house.deploy(mock(api_key_required=True))
        assert (await house.call("GET", "/dev/a", KEY)).status == 200
        house.clients.update(news)
        assert (await house.call("GET", "/dev/a", KEY)).status == status

    in_house(scenario)


def test_row_13_a_deployment_and_a_changed_limit_fill_no_bucket_anew() -> None:
    async def scenario(house: House) -> None:
        house.deploy(mock(), stage={"method_settings": {"*/*": setting(2)}})
        assert [(await house.call("GET", "/dev/a")).status for _ in range(3)] == [200, 200, 429]
        house.deploy(mock("other"), stage={"method_settings": {"*/*": setting(50)}})
        assert (await house.call("GET", "/dev/a")).status == 429

    in_house(scenario)


def test_row_34_a_refused_request_takes_nothing_of_other_limits() -> None:
    async def scenario(house: House) -> None:
        house.clients.update(access(plan(throttle=throttle(2), quota=Quota(limit=2, period="DAY"))))
        settings = {"~1a/GET": setting(0), "*/*": setting(9)}
        house.deploy(
            mock(api_key_required=True), mock(path="/b", api_key_required=True), stage={"method_settings": settings}
        )
        asked = [(await house.call("GET", f"/dev/{path}", KEY)).status for path in "aaabb"]
        assert asked == [429, 429, 429, 200, 200]
        quota = await house.call("GET", "/dev/b", KEY)
        assert (quota.status, quota.body) == (429, b'{"message":"Limit Exceeded"}')

    in_house(scenario)
