"""What tests/parity/execution/test_access.py does not ask over HTTP."""

from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import structs

from dataplane.faults import GatewayFault
from dataplane.limits.clients import Clients
from dataplane.limits.meter import Meter
from dataplane.plan import Throttle
from dataplane.snapshot import (
    Access,
    ApiKey,
    Integration,
    KeyPlan,
    Method,
    MethodSetting,
    PlanStage,
    StageEntry,
    UsagePlan,
)
from dataplane.snapshot import Throttle as Limits
from dataplane.snapshot.method_settings import verbs_of
from dataplane.steps.throttle import compile_throttle

VALUE = "apikey1234abcdefghij0123456789"
ACCESS = Access(
    key_count=1,
    plan_count=1,
    keys=(ApiKey(id="key1", digest=sha256(VALUE.encode()).hexdigest(), plans=(KeyPlan(plan_id="gold"),)),),
    plans=(UsagePlan(id="gold", stages=(PlanStage(api_id="api1", stage_name="dev"),)),),
)


def compiled(
    source: str = "HEADER",
    *,
    keyed: bool = True,
    serving: bool = False,
    drawn: str = "GET",
    settings: dict[str, MethodSetting] | None = None,
    access: Access = ACCESS,
) -> Throttle | None:
    clients = Clients(Meter(lambda: 0.0, serving=serving))
    clients.update(access)
    entry = StageEntry(
        api_id="api1",
        stage_name="dev",
        generation=1,
        deployment_id="d",
        digest="0" * 64,
        method_settings=settings or {},
    )
    method = Method(http_method=drawn, integration=Integration(type="MOCK"), api_key_required=keyed)
    return compile_throttle(entry, source, "/pets/{id}", method, verbs_of(drawn, ()), clients)


def exchange(**members: Any) -> Any:
    values = {"headers": [], "usage_identifier_key": "", "context": None, "started": 0.0, "request_time": 0.0}
    return SimpleNamespace(**{**values, "api_key": "", "api_key_id": "", "http_method": "GET", **members})


def test_a_method_without_anything_to_check_has_no_step() -> None:
    assert compiled(keyed=False) is None
    assert compiled(keyed=False, settings={"*/*": MethodSetting(throttling_rate_limit=-1)}) is None
    assert compiled(keyed=False, serving=True) is not None  # the account's limit may come at any time


def test_the_key_that_a_lambda_authorizer_named_is_the_callers() -> None:
    throttle = compiled("AUTHORIZER")
    assert throttle is not None
    asked = exchange(usage_identifier_key=VALUE)
    throttle(asked)
    assert (asked.api_key, asked.api_key_id) == (VALUE, "key1")


@pytest.mark.parametrize("named", ["", "another-key", "ключ", "\udc80"])
def test_no_other_value_will_do(named: str) -> None:
    throttle = compiled("AUTHORIZER")
    assert throttle is not None
    with pytest.raises(GatewayFault) as raised:
        throttle(exchange(usage_identifier_key=named))
    assert raised.value.type.name == "INVALID_API_KEY"


def test_a_context_that_was_made_before_is_told_the_key() -> None:
    throttle = compiled("AUTHORIZER")
    assert throttle is not None
    asked = exchange(usage_identifier_key=VALUE, context={"identity": {"sourceIp": "127.0.0.1"}})
    throttle(asked)
    assert asked.context["identity"] == {"sourceIp": "127.0.0.1", "apiKey": VALUE, "apiKeyId": "key1"}


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ([], "API Key is missing"),
        ([(b"X-API-Key", b"")], "API Key is missing"),
        ([(b"X-API-Key", b"other")], "API Key is unknown or disabled"),
    ],
)
def test_a_refusal_tells_the_log_why_and_not_what_was_shown(headers: list[tuple[bytes, bytes]], reason: str) -> None:
    throttle = compiled()
    assert throttle is not None
    with pytest.raises(GatewayFault) as raised:
        throttle(exchange(headers=headers))
    assert raised.value.detail == reason


def statuses(throttle: Throttle | None, *verbs: str, **members: Any) -> list[str]:
    assert throttle is not None
    found = []
    for verb in verbs:
        try:
            throttle(exchange(http_method=verb, **members))
        except GatewayFault as fault:
            found.append(fault.type.name)
        else:
            found.append("passed")
    return found


def test_each_verb_of_any_is_limited_alone() -> None:
    once = MethodSetting(throttling_rate_limit=1, throttling_burst_limit=1)
    throttle = compiled(keyed=False, drawn="ANY", settings={"*/*": once})
    assert statuses(throttle, "GET", "POST", "GET") == ["passed", "passed", "THROTTLED"]


def test_a_limit_of_one_verb_leaves_the_others_of_any_alone() -> None:
    closed = MethodSetting(throttling_rate_limit=0)
    throttle = compiled(keyed=False, drawn="ANY", settings={"~1pets~1{id}/POST": closed})
    assert statuses(throttle, "GET", "POST", "PUT") == ["passed", "THROTTLED", "passed"]


@pytest.mark.parametrize(
    ("named", "passed"),
    [
        ({"/pets/{id}/ANY": 1}, ["passed", "THROTTLED", "THROTTLED"]),
        ({"/pets/{id}/POST": 1}, ["passed", "passed", "THROTTLED"]),
        ({"/pets/{id}/ANY": 2, "/pets/{id}/POST": 9}, ["passed", "passed", "passed"]),
    ],
    ids=["ANY together", "one verb", "the verb before ANY"],
)
def test_a_plan_names_any_or_one_of_its_verbs(named: dict[str, int], passed: list[str]) -> None:
    throttles = {name: Limits(rate_limit=0.001, burst_limit=burst) for name, burst in named.items()}
    plan = UsagePlan(id="gold", stages=(PlanStage(api_id="api1", stage_name="dev", throttles=throttles),))
    throttle = compiled("AUTHORIZER", drawn="ANY", access=structs.replace(ACCESS, plans=(plan,)))
    assert statuses(throttle, "GET", "POST", "POST", usage_identifier_key=VALUE) == passed
