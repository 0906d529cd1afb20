"""What tests/parity/execution/test_access.py does not ask over HTTP."""

from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest

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
    settings: dict[str, MethodSetting] | None = None,
) -> Throttle | None:
    clients = Clients(Meter(lambda: 0.0, serving=serving))
    clients.update(ACCESS)
    entry = StageEntry(
        api_id="api1",
        stage_name="dev",
        generation=1,
        deployment_id="d",
        digest="0" * 64,
        method_settings=settings or {},
    )
    method = Method(http_method="GET", integration=Integration(type="MOCK"), api_key_required=keyed)
    return compile_throttle(entry, source, "/pets/{id}", method, clients)


def exchange(**members: Any) -> Any:
    values = {"headers": [], "usage_identifier_key": "", "context": None, "started": 0.0, "request_time": 0.0}
    return SimpleNamespace(**{**values, "api_key": "", "api_key_id": "", **members})


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


def test_a_setting_of_all_verbs_of_a_resource_counts_before_the_stages() -> None:
    settings = {"~1pets~1{id}/*": MethodSetting(throttling_rate_limit=0), "*/*": MethodSetting()}
    throttle = compiled(keyed=False, settings=settings)
    assert throttle is not None
    with pytest.raises(GatewayFault) as raised:
        throttle(exchange())
    assert raised.value.type.name == "THROTTLED"
