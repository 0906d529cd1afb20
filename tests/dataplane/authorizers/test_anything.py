"""Whatever is sent, returned or written: it is taken, or refused with the one error that says so."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.authorizers.jwk import KeysError, read_keys
from dataplane.authorizers.output import OutputError, check_error, read_output
from dataplane.authorizers.token import TokenError, read_token
from dataplane.policy.document import PolicyError, identity_policy, resource_policy
from tests.dataplane.authorizers.issuers import encoded

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
DEEP = b"[" * 20_000 + b"]" * 20_000  # since 3.12 what is written in C goes 10 000 deep


def among(names: tuple[str, ...], values: Any) -> Any:
    return st.dictionaries(st.sampled_from(names), values, max_size=len(names))


OPERATORS = ("StringLike", "IpAddress", "NumericLessThan", "DateEquals", "Bool", "Null", "ForAllValues:ArnLikeIfExists")
KEYS = ("aws:SourceIp", "aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport")
VALUES = LEAVES | st.sampled_from(("192.0.2.0/24", "*", "2026-01-01T00:00:00Z", "true", "${x}"))
CONDITIONS = JSON | among(OPERATORS, JSON | among(KEYS, VALUES | st.lists(VALUES, max_size=2)))
STATEMENTS = among(("Effect", "Action", "Resource", "NotAction", "NotResource", "Principal", "Condition"), CONDITIONS)
WRITTEN = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(("Allow", "Deny")),
        "Principal": st.sampled_from(("*", {"AWS": "*"}, {"AWS": ["1"]})),
        "Action": st.sampled_from(("execute-api:Invoke", "*", ["execute-api:*"])),
        "Resource": st.text(min_size=1, max_size=8) | st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3),
        "Condition": CONDITIONS,
    }
)
POLICIES = JSON | st.fixed_dictionaries({"Statement": st.lists(STATEMENTS | WRITTEN, max_size=2)})
REQUEST = {"aws:sourceip": "192.0.2.7", "aws:currenttime": "2026-01-01T00:00:00Z", "aws:epochtime": "1"}


@given(POLICIES)
def test_policies(document: Any) -> None:
    for compile_policy in (identity_policy, lambda given: resource_policy(json.dumps(given))):
        with suppress(PolicyError):
            compile_policy(document).decide("execute-api:Invoke", "arn:x", REQUEST.get)


@given(st.dictionaries(st.sampled_from(("principalId", "policyDocument", "context", "x")), POLICIES | JSON))
def test_answers_of_functions(answer: Any) -> None:
    payload = json.dumps(answer).encode()
    with suppress(OutputError):
        read_output(payload)
    check_error(payload)


@given(JSON, JSON, st.binary(max_size=8))
def test_tokens(header: Any, claims: Any, signature: bytes) -> None:
    head = {"alg": "RS256", "kid": "one", **(header if isinstance(header, dict) else {})}
    text = ".".join(encoded(part) for part in (json.dumps(head).encode(), json.dumps(claims).encode(), signature))
    with suppress(TokenError):
        token = read_token(text)
        assert (token.scopes(), token.audiences(), token.issuer) is not None
        token.check_times(0)


@given(st.text(max_size=40))
def test_what_is_no_token(text: str) -> None:
    with pytest.raises(TokenError):
        read_token(text)


@given(JSON | st.lists(st.dictionaries(st.sampled_from(("kid", "kty", "n", "e", "crv", "x", "y", "use", "alg")), JSON)))
def test_sets_of_keys(keys: Any) -> None:
    with suppress(KeysError):
        read_keys(json.dumps({"keys": keys}).encode())


def test_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(TokenError):
        read_token(f"{encoded(DEEP)}.{encoded(b'{}')}.AA")
    with pytest.raises(TokenError):
        read_token(".".join(encoded(part) for part in (b'{"alg":"RS256","kid":"k"}', b'{"a":' + DEEP + b"}", b"x")))
    with pytest.raises(KeysError):
        read_keys(b'{"keys":' + DEEP + b"}")
    with pytest.raises(OutputError):
        read_output(b'{"principalId":"x","context":{"a":' + DEEP + b"}}")
    with pytest.raises(PolicyError):
        resource_policy((b'{"Statement":' + DEEP + b"}").decode())
    check_error(DEEP)
