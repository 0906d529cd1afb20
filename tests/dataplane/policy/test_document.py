"""Policy documents. Source: developer guide, "API Gateway resource policy examples" and "Output from an Amazon API
Gateway Lambda authorizer"; IAM user guide, "Policy evaluation logic"; behaviours 43, 47, 48."""

import json
from typing import Any

import pytest

from dataplane.policy.document import Decision, PolicyError, identity_policy, resource_policy

PREFIX = "arn:aws:execute-api:us-east-1:123456789012:abc1234567"
PETS = f"{PREFIX}/dev/GET/pets"
ALLOW, DENY, NEITHER = Decision.ALLOW, Decision.DENY, Decision.NEITHER


def statement(effect: str = "Allow", **changed: Any) -> dict[str, Any]:
    found = {"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": f"{PREFIX}/*", **changed}
    return {name: value for name, value in found.items() if value is not None}


def decided(*statements: dict[str, Any], resource: str = PETS, source_ip: str = "192.0.2.7") -> Decision:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return resource_policy(text, PREFIX).decide("execute-api:Invoke", resource, {"aws:sourceip": source_ip}.get)


BLACKLIST = (
    statement(),
    statement("Deny", Condition={"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}}),
)


def test_the_guides_deny_of_addresses_denies_those_and_allows_others() -> None:
    assert decided(*BLACKLIST, source_ip="192.0.2.7") is DENY
    assert decided(*BLACKLIST, source_ip="203.0.113.1") is ALLOW


def test_the_guides_policy_for_one_vpc_denies_who_comes_from_none() -> None:
    only = statement("Deny", Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}})
    assert decided(statement(), only) is DENY


def test_an_explicit_deny_wins_whatever_the_order() -> None:
    assert decided(statement("Deny"), statement()) is DENY
    assert decided(statement(), statement("Deny")) is DENY


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"Resource": f"{PREFIX}/dev/GET/pets"}, ALLOW),
        ({"Resource": [f"{PREFIX}/dev/POST/pets", f"{PREFIX}/dev/GET/p*"]}, ALLOW),
        ({"Resource": f"{PREFIX}/prod/*"}, NEITHER),
        ({"Resource": "execute-api:/dev/GET/pets"}, ALLOW),
        ({"Resource": "execute-api:/*"}, ALLOW),
        ({"Resource": "execute-api:/prod/*"}, NEITHER),
        ({"Resource": None, "NotResource": f"{PREFIX}/dev/POST/*"}, ALLOW),
        ({"Resource": None, "NotResource": f"{PREFIX}/dev/GET/*"}, NEITHER),
        ({"Action": "execute-api:*"}, ALLOW),
        ({"Action": "*"}, ALLOW),
        ({"Action": "EXECUTE-API:invoke"}, ALLOW),
        ({"Action": "execute-api:InvalidateCache"}, NEITHER),
        ({"Action": None, "NotAction": "execute-api:InvalidateCache"}, ALLOW),
        ({"Action": None, "NotAction": "execute-api:*"}, NEITHER),
        ({"Principal": {"AWS": "*"}}, ALLOW),
        ({"Principal": {"AWS": ["*", "123456789012"]}}, ALLOW),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, NEITHER),
        ({"Principal": {"Service": "lambda.amazonaws.com"}}, NEITHER),
        ({"Principal": None, "NotPrincipal": {"AWS": "123456789012"}}, ALLOW),
        ({"Principal": None, "NotPrincipal": "*"}, NEITHER),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, ALLOW),
        ({"Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, NEITHER),
    ],
)
def test_a_statement_applies_to_a_caller_without_a_name_or_not(changed: dict[str, Any], expected: Decision) -> None:
    assert decided(statement(**changed)) is expected


def test_one_statement_needs_no_list() -> None:
    text = json.dumps({"Statement": statement()})
    assert resource_policy(text).decide("execute-api:Invoke", PETS, {}.get) is ALLOW


def test_a_policy_without_statements_says_nothing() -> None:
    assert decided() is NEITHER


def test_what_an_authorizer_returns_names_no_principal() -> None:
    policy = identity_policy({"Statement": [statement(Principal=None, Resource=PETS)]})
    assert policy.decide("execute-api:Invoke", PETS, {}.get) is ALLOW
    assert policy.decide("execute-api:Invoke", f"{PREFIX}/dev/GET/other", {}.get) is NEITHER


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ([], "a policy must be an object"),
        (None, "a policy must be an object"),
        ({}, "Statement must be a list of objects"),
        ({"Statement": ["x"]}, "Statement must be a list of objects"),
        ({"Version": "2020-01-01", "Statement": []}, "Version must be one of"),
        ({"Statement": [statement("allow")]}, "Effect must be Allow or Deny"),
        ({"Statement": [statement(Action=None)]}, "a statement needs Action or NotAction"),
        ({"Statement": [statement(NotAction="x")]}, "a statement needs Action or NotAction"),
        ({"Statement": [statement(Resource=None)]}, "a statement needs Resource or NotResource"),
        ({"Statement": [statement(Resource=[])]}, "Resource must be a text or a list of texts"),
        ({"Statement": [statement(Resource=[7])]}, "Resource must be a text or a list of texts"),
        ({"Statement": [statement(Resource="${aws:userid}")]}, "policy variables are not supported"),
        ({"Statement": [statement(Colour="red")]}, "a statement has no member Colour"),
        ({"Statement": [statement(Principal=None)]}, "a statement needs Principal or NotPrincipal"),
        ({"Statement": [statement(Principal="me")]}, "Principal must be"),
        ({"Statement": [statement(Condition={"Near": {"a": "b"}})]}, "Near is no condition operator"),
    ],
)
def test_what_is_no_policy_is_refused_and_says_why(document: Any, says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        resource_policy(json.dumps(document))


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(PolicyError, match="not a JSON document"):
        resource_policy("{")
