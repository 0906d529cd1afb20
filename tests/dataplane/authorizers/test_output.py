"""What functions return. Source: developer guide, "Output from an Amazon API Gateway Lambda authorizer"; 42, 44."""

import json
from typing import Any

import pytest

from dataplane.authorizers.output import OutputError, Unauthorized, check_error, read_output
from dataplane.policy.document import Decision

PETS = "arn:aws:execute-api:us-east-1:123456789012:abc/dev/GET/pets"
POLICY = {"Version": "2012-10-17", "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": PETS}]}


def output(**members: Any) -> bytes:
    found = {"principalId": "user", "policyDocument": POLICY, **members}
    return json.dumps({name: value for name, value in found.items() if value is not ...}).encode()


def test_the_guides_example_is_a_grant() -> None:
    context = {"stringKey": "value", "numberKey": 1, "booleanKey": True, "half": 0.5, "none": None}
    grant = read_output(output(context=context, usageIdentifierKey="key"))
    assert grant.context == {
        "stringKey": "value",
        "numberKey": "1",
        "booleanKey": "true",
        "half": "0.5",
        "principalId": "user",
    }
    assert (grant.principal_id, grant.usage_identifier_key) == ("user", "key")
    assert json.loads(grant.policy_text) == POLICY
    assert grant.policy is not None
    assert grant.policy.decide("execute-api:Invoke", PETS, {}.get) is Decision.ALLOW


def test_context_and_key_may_be_left_out_and_a_principal_be_empty() -> None:
    grant = read_output(output(principalId="", context=None, usageIdentifierKey=None))
    assert (grant.context, grant.usage_identifier_key) == ({"principalId": ""}, "")


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "Invalid JSON in response"),
        (b"null", "Invalid JSON in response"),
        (b'"allow"', "Invalid JSON in response"),
        (b"\xff", "Invalid JSON in response"),
        (output(principalId=...), "principalId"),
        (output(principalId=7), "principalId"),
        (output(policyDocument=...), "policyDocument"),
        (output(policyDocument="{}"), "policyDocument"),
        (output(policyDocument={}), "Invalid policy document: Statement"),
        (output(policyDocument={"Statement": [{"Effect": "Allow"}]}), "Invalid policy document: a statement needs"),
        (output(errorType="Error"), "errorType"),
        (output(context=[]), "context"),
        (output(context={"a": {}}), "context value a is an object or an array"),
        (output(context={"a": [1]}), "context value a is an object or an array"),
        (output(usageIdentifierKey=7), "usageIdentifierKey"),
    ],
)
def test_what_is_malformed_says_why(payload: bytes, says: str) -> None:
    with pytest.raises(OutputError, match=says):
        read_output(payload)


def test_only_the_error_unauthorized_has_a_meaning() -> None:
    with pytest.raises(Unauthorized):
        check_error(b'{"errorMessage": "Unauthorized", "errorType": "Error"}')
    for payload in (b'{"errorMessage": "unauthorized"}', b'{"errorMessage": "Unauthorized!"}', b'"Unauthorized"', b""):
        check_error(payload)
