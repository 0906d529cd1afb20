"""The API's resource policy, and how policies name a request. Source: developer guide, "How API Gateway resource
policies affect authorization workflow"; behaviours 24, 43, 47."""

import json
from typing import Any

import pytest

from dataplane.compiler import CompileError
from tests.dataplane.authorizers.functions import policy
from tests.dataplane.execution import API, House, in_house
from tests.parity.execution.cases import mock

PREFIX = f"arn:aws:execute-api:us-east-1:000000000000:{API}"


def of_anybody(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Principal": "*", **each} for each in statements]})


def statement(effect: str = "Allow", resource: str = f"{PREFIX}/*", **more: Any) -> dict[str, Any]:
    (found,) = policy(effect, resource, **more)["Statement"]
    return {"Principal": "*", **found}


def answered(policy: str, target: str = "/dev/a", headers: dict[str, str] | None = None, path: str = "/a") -> Any:
    found: list[Any] = []

    async def scenario(house: House) -> None:
        house.deploy(mock('"in"', path), policy=policy)
        found.append(await house.call("GET", target, headers))

    in_house(scenario)
    return found[0]


@pytest.mark.parametrize(
    ("key", "value", "headers", "status"),
    [
        ("aws:SourceIp", "127.0.0.0/8", {}, 200),
        ("aws:SourceIp", "192.0.2.0/24", {}, 403),
        ("aws:UserAgent", "curl/*", {"User-Agent": "curl/8"}, 200),
        ("aws:UserAgent", "curl/*", {}, 403),
        ("aws:Referer", "https://here.example/*", {"Referer": "https://here.example/page"}, 200),
        ("aws:SecureTransport", "true", {}, 403),
        ("aws:SecureTransport", "false", {}, 200),
        ("aws:CurrentTime", "2020-01-01T00:00:00Z", {}, 200),
        ("aws:EpochTime", "1577836800", {}, 200),
        ("aws:SourceVpc", "*", {}, 403),
        ("aws:PrincipalArn", "*", {}, 403),
    ],
)
def test_a_request_has_the_keys_that_anybody_has(key: str, value: str, headers: dict[str, str], status: int) -> None:
    operators = {
        "aws:SourceIp": "IpAddress",
        "aws:CurrentTime": "DateGreaterThan",
        "aws:EpochTime": "NumericGreaterThan",
    }
    condition = {operators.get(key, "StringLike"): {key: value}}
    assert answered(of_anybody(statement(Condition=condition)), headers=headers).status == status


@pytest.mark.parametrize("target", ["/dev/secret", "/dev/secret/", "/dev//secret", "/dev/%73ecret", "/dev/%2573ecret"])
def test_what_is_denied_is_denied_however_it_is_written(target: str) -> None:
    denied = of_anybody(statement(), statement("Deny", f"{PREFIX}/*/GET/secret"))
    assert answered(denied, target, path="/{proxy+}").status == (200 if "%25" in target else 403)


def test_what_is_allowed_is_named_as_it_is_sent() -> None:
    allowed = of_anybody(statement(resource=f"{PREFIX}/dev/GET/a%20b"))
    assert answered(allowed, "/dev/a%20b", path="/{proxy+}").status == 200
    assert answered(allowed, "/dev/a+b", path="/{proxy+}").status == 403


def test_a_stage_whose_policy_is_none_is_not_served() -> None:
    with pytest.raises(CompileError, match="Statement must be a list"):
        answered("{}")
