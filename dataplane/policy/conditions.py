"""The conditions of a policy's statements.

Operators, and what they make of a key that a request does not have: IAM user guide, "IAM JSON policy elements:
Condition operators". The keys that there are: developer guide, "AWS condition keys that can be used in API Gateway
resource policies". A request has one value of each, or none: what is said of VPCs, and of callers whom IAM knows, is
never there.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any, Final, TypeAlias

from dataplane.policy.match import any_of

Values: TypeAlias = Callable[[str], str | None]  # the request's value of a key, which is in lower case
Condition: TypeAlias = Callable[[Values], bool]
_Test: TypeAlias = Callable[[str], object]
_Compile: TypeAlias = Callable[[tuple[str, ...]], _Test]


class ConditionError(ValueError):
    """What does not parse, named."""


def compile_conditions(given: Any) -> tuple[Condition, ...]:
    """`{"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}`: all must hold. Raises ConditionError."""
    if not isinstance(given, Mapping):
        raise ConditionError("Condition must be an object")
    found: list[Condition] = []
    for operator, keys in given.items():
        if not isinstance(keys, Mapping):
            raise ConditionError(f"{operator} must be an object")
        found += [_condition(operator, key.lower(), _texts(operator, values)) for key, values in keys.items()]
    return tuple(found)


def _texts(operator: str, values: Any) -> tuple[str, ...]:
    listed = values if isinstance(values, list) else [values]
    if not listed or any(value is None or isinstance(value, dict | list) for value in listed):
        raise ConditionError(f"{operator}: a value must be a text, a number or a boolean")
    texts = tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in listed)
    if any("${" in text for text in texts):
        raise ConditionError(f"{operator}: policy variables are not supported")
    return texts


def _condition(operator: str, key: str, values: tuple[str, ...]) -> Condition:
    quantifier, _, plain = operator.rpartition(":")
    if quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise ConditionError(f"{operator} is no condition operator")
    if plain == "Null":
        absent = _boolean(values)
        return lambda of: (of(key) is None) in absent
    name = plain.removesuffix("IfExists")
    if name not in _OPERATORS:
        raise ConditionError(f"{operator} is no condition operator")
    compile_test, negated = _OPERATORS[name]
    test = compile_test(values)
    # Of no value at all, every one does and none does; else a negated operator is true of a key that is not there.
    if_one = negated and quantifier != "ForAnyValue"
    when_absent = if_one or plain.endswith("IfExists") or quantifier == "ForAllValues"

    def holds(of: Values) -> bool:
        value = of(key)
        return when_absent if value is None else bool(test(value)) is not negated

    return holds


def _boolean(values: tuple[str, ...]) -> frozenset[bool]:
    known = {"true": True, "false": False}
    if any(value.lower() not in known for value in values):
        raise ConditionError("a boolean must be true or false")
    return frozenset(known[value.lower()] for value in values)


# what a value is compared with


def _equals(values: tuple[str, ...]) -> _Test:
    return frozenset(values).__contains__


def _equals_ignoring_case(values: tuple[str, ...]) -> _Test:
    wanted = frozenset(value.lower() for value in values)
    return lambda value: value.lower() in wanted


def _like(values: tuple[str, ...]) -> _Test:
    return any_of(values)


def _bool(values: tuple[str, ...]) -> _Test:
    wanted = _boolean(values)
    return lambda value: (value.lower() == "true") in wanted


def _ip_address(values: tuple[str, ...]) -> _Test:
    try:
        networks = [ip_network(value, strict=False) for value in values]
    except ValueError as error:
        raise ConditionError(f"not an IP address or a range: {error}") from error

    def within(value: str) -> bool:
        try:
            address = ip_address(value.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in networks)

    return within


_Compare: TypeAlias = Callable[[float, float], bool]


def _compared(read: Callable[[str], float], compare: _Compare) -> _Compile:
    def compile_test(values: tuple[str, ...]) -> _Test:
        wanted = tuple(read(value) for value in values)

        def test(value: str) -> bool:
            try:
                found = read(value)
            except ConditionError:
                return False
            return any(compare(found, each) for each in wanted)

        return test

    return compile_test


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ConditionError(f"not a number: {text}") from None


_EPOCH: Final = re.compile(r"-?\d+(?:\.\d+)?")


def _moment(text: str) -> float:
    """ISO 8601 or epoch seconds."""
    if _EPOCH.fullmatch(text):
        return float(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConditionError(f"not a date: {text}") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


_COMPARISONS: Final[dict[str, tuple[_Compare, bool]]] = {
    "Equals": (lambda a, b: a == b, False),
    "NotEquals": (lambda a, b: a == b, True),
    "LessThan": (lambda a, b: a < b, False),
    "LessThanEquals": (lambda a, b: a <= b, False),
    "GreaterThan": (lambda a, b: a > b, False),
    "GreaterThanEquals": (lambda a, b: a >= b, False),
}
_OPERATORS: Final[dict[str, tuple[_Compile, bool]]] = {
    "StringEquals": (_equals, False),
    "StringNotEquals": (_equals, True),
    "StringEqualsIgnoreCase": (_equals_ignoring_case, False),
    "StringNotEqualsIgnoreCase": (_equals_ignoring_case, True),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (_like, False),
    "ArnLike": (_like, False),
    "ArnNotEquals": (_like, True),
    "ArnNotLike": (_like, True),
    "BinaryEquals": (_equals, False),
    "Bool": (_bool, False),
    "IpAddress": (_ip_address, False),
    "NotIpAddress": (_ip_address, True),
    **{f"Numeric{name}": (_compared(_number, how), negated) for name, (how, negated) in _COMPARISONS.items()},
    **{f"Date{name}": (_compared(_moment, how), negated) for name, (how, negated) in _COMPARISONS.items()},
}
