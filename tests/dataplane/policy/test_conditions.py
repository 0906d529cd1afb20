"""Operators and keys. Source: IAM user guide, "IAM JSON policy elements: Condition operators"; developer guide, "AWS
condition keys that can be used in API Gateway resource policies"."""

from typing import Any

import pytest

from dataplane.policy.conditions import ConditionError, compile_conditions

REQUEST = {
    "aws:sourceip": "192.0.2.7",
    "aws:useragent": "curl/8",
    "aws:securetransport": "false",
    "aws:currenttime": "2026-11-25T10:00:00Z",
    "aws:epochtime": "1795600800",
}


def holds(conditions: Any, **changed: str) -> bool:
    of = {**REQUEST, **{f"aws:{name}": value for name, value in changed.items()}}
    return all(condition(of.get) for condition in compile_conditions(conditions))


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("IpAddress", "aws:SourceIp", "192.0.2.0/24", True),
        ("IpAddress", "aws:SourceIp", "192.0.2.7", True),
        ("IpAddress", "aws:SourceIp", ["198.51.100.0/24", "192.0.2.0/29"], True),
        ("IpAddress", "aws:SourceIp", "198.51.100.0/24", False),
        ("IpAddress", "aws:SourceIp", "2001:db8::/32", False),
        ("NotIpAddress", "aws:SourceIp", "192.0.2.0/24", False),
        ("NotIpAddress", "aws:SourceIp", ["198.51.100.0/24", "203.0.113.0/24"], True),
        ("IpAddress", "AWS:sourceip", "192.0.2.0/24", True),
        ("StringEquals", "aws:UserAgent", "curl/8", True),
        ("StringEquals", "aws:UserAgent", "Curl/8", False),
        ("StringNotEquals", "aws:UserAgent", ["curl/8", "wget"], False),
        ("StringEqualsIgnoreCase", "aws:UserAgent", "CURL/8", True),
        ("StringNotEqualsIgnoreCase", "aws:UserAgent", "CURL/8", False),
        ("StringLike", "aws:UserAgent", "curl/?", True),
        ("StringNotLike", "aws:UserAgent", "curl*", False),
        ("ArnLike", "aws:UserAgent", "curl/*", True),
        ("ArnNotEquals", "aws:UserAgent", "curl/*", False),
        ("BinaryEquals", "aws:UserAgent", "curl/8", True),
        ("Bool", "aws:SecureTransport", "false", True),
        ("Bool", "aws:SecureTransport", True, False),
        ("NumericLessThan", "aws:EpochTime", 1795600801, True),
        ("NumericGreaterThanEquals", "aws:EpochTime", "1795600800", True),
        ("NumericNotEquals", "aws:EpochTime", "1795600800", False),
        ("DateGreaterThan", "aws:CurrentTime", "2026-11-25T09:00:00Z", True),
        ("DateLessThan", "aws:CurrentTime", "2026-11-25T09:00:00Z", False),
        ("DateEquals", "aws:CurrentTime", "2026-11-25T10:00:00+00:00", True),
        ("DateLessThanEquals", "aws:EpochTime", "2026-11-25", False),
        ("Null", "aws:UserAgent", "false", True),
        ("Null", "aws:SourceVpc", "true", True),
        ("Null", "aws:SourceVpc", "false", False),
    ],
)
def test_an_operator_holds_or_not(operator: str, key: str, value: Any, expected: bool) -> None:
    assert holds({operator: {key: value}}) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringLike", False),
        ("StringNotEquals", True),  # so that "deny all but this VPC" denies who comes from none
        ("StringEqualsIfExists", True),
        ("StringNotEqualsIfExists", True),
        ("IpAddress", False),
        ("NotIpAddress", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
    ],
)
def test_a_key_that_is_not_there_makes_positive_operators_false_and_negated_ones_true(
    operator: str, expected: bool
) -> None:
    assert holds({operator: {"aws:SourceVpc": "192.0.2.1"}}) is expected


def test_all_operators_and_all_keys_must_hold_and_one_of_the_values() -> None:
    here = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    assert holds({**here, "StringEquals": {"aws:UserAgent": ["wget", "curl/8"]}})
    assert not holds({**here, "StringEquals": {"aws:UserAgent": "wget"}})
    assert not holds({"StringLike": {"aws:UserAgent": "*", "aws:SourceVpce": "*"}})


@pytest.mark.parametrize(
    ("value", "network", "expected"),
    [
        ("2001:db8::7", "2001:db8::/32", True),
        ("2001:db9::7", "2001:db8::/32", False),
        ("::ffff:192.0.2.7", "192.0.2.0/24", True),  # an IPv4 caller on a socket of both kinds
        ("fe80::1%eth0", "fe80::/10", True),
        ("test-invoke-source-ip", "0.0.0.0/0", False),
    ],
)
def test_addresses_of_both_versions_are_known(value: str, network: str, expected: bool) -> None:
    assert holds({"IpAddress": {"aws:SourceIp": network}}, sourceip=value) is expected


def test_what_cannot_be_compared_does_not_match() -> None:
    assert not holds({"NumericLessThan": {"aws:UserAgent": 1}})
    assert not holds({"DateLessThan": {"aws:UserAgent": "2026-01-01"}})


@pytest.mark.parametrize(
    ("conditions", "says"),
    [
        ([], "Condition must be an object"),
        ({"StringEquals": "x"}, "StringEquals must be an object"),
        ({"StringIs": {"aws:SourceIp": "x"}}, "StringIs is no condition operator"),
        ({"ForSome:StringEquals": {"aws:SourceIp": "x"}}, "is no condition operator"),
        ({"IpAddress": {"aws:SourceIp": "here"}}, "not an IP address or a range"),
        ({"NumericEquals": {"aws:EpochTime": "soon"}}, "not a number: soon"),
        ({"DateLessThan": {"aws:CurrentTime": "soon"}}, "not a date: soon"),
        ({"Bool": {"aws:SecureTransport": "yes"}}, "a boolean must be true or false"),
        ({"StringEquals": {"aws:SourceIp": []}}, "a value must be"),
        ({"StringEquals": {"aws:SourceIp": [{}]}}, "a value must be"),
        ({"StringEquals": {"aws:SourceIp": "${aws:userid}"}}, "policy variables are not supported"),
    ],
)
def test_what_is_no_condition_is_refused(conditions: Any, says: str) -> None:
    with pytest.raises(ConditionError, match=says.replace("$", r"\$")):
        compile_conditions(conditions)
