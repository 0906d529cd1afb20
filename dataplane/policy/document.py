"""Policy documents: who may do what with what, and on which conditions.

A policy says ALLOW, DENY or nothing of a request; an explicit deny wins. Source: IAM user guide, "IAM JSON policy
elements reference"; developer guide, "Access policy language overview for Amazon API Gateway"; behaviours 43, 47, 48.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from dataplane.policy.conditions import Condition, ConditionError, Values, compile_conditions
from dataplane.policy.match import Match, any_of

_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_SHORT: Final = "execute-api:/"
_MEMBERS: Final = frozenset(
    ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition")
)


class PolicyError(ValueError):
    """A document that is no policy; the text says what is wrong with it."""


class Decision(Enum):
    ALLOW = "Allow"
    DENY = "Deny"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class _Statement:
    effect: Decision
    action: Match
    resource: Match
    conditions: tuple[Condition, ...]

    def applies(self, action: str, resource: str, of: Values) -> bool:
        if not (self.action(action) and self.resource(resource)):
            return False
        return all(condition(of) for condition in self.conditions)


class Policy:
    """Compiled once, asked of each request."""

    __slots__ = ("_allows", "_denies")

    def __init__(self, statements: list[_Statement]) -> None:
        self._allows = tuple(each for each in statements if each.effect is Decision.ALLOW)
        self._denies = tuple(each for each in statements if each.effect is Decision.DENY)

    def decide(self, action: str, resource: str, of: Values) -> Decision:
        if any(each.applies(action, resource, of) for each in self._denies):
            return Decision.DENY
        if any(each.applies(action, resource, of) for each in self._allows):
            return Decision.ALLOW
        return Decision.NEITHER


def resource_policy(text: str, prefix: str = "") -> Policy:
    """The policy of an API, of callers whom nobody has authenticated. `prefix` (`arn:...:{api id}`) stands before what
    is written as `execute-api:/stage/verb/path`. Raises PolicyError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise PolicyError("not a JSON document") from None
    return _policy(document, lambda given: _statement(given, prefix, principals=True))


def identity_policy(document: Any) -> Policy:
    """The policy that an authorizer returned: it is about the caller, so it names nobody. Raises PolicyError."""
    return _policy(document, lambda given: _statement(given, "", principals=False))


def _policy(document: Any, read: Callable[[Mapping[str, Any]], _Statement | None]) -> Policy:
    if not isinstance(document, Mapping):
        raise PolicyError("a policy must be an object")
    if document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise PolicyError(f"Version must be one of {', '.join(_VERSIONS)}")
    statements = document.get("Statement")
    listed = [statements] if isinstance(statements, Mapping) else statements
    if not isinstance(listed, list) or not all(isinstance(each, Mapping) for each in listed):
        raise PolicyError("Statement must be a list of objects")
    try:
        found = [read(each) for each in listed]
    except ConditionError as error:
        raise PolicyError(str(error)) from error
    return Policy([each for each in found if each is not None])


def _statement(given: Mapping[str, Any], prefix: str, *, principals: bool) -> _Statement | None:
    """None: of somebody else."""
    if unknown := set(given) - _MEMBERS:
        raise PolicyError(f"a statement has no member {min(unknown)}")
    if given.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError("Effect must be Allow or Deny")
    found = _Statement(
        effect=Decision(given["Effect"]),
        action=_element(given, "Action", flags=re.IGNORECASE),
        resource=_element(given, "Resource", prefix=prefix),
        conditions=compile_conditions(given.get("Condition", {})),
    )
    return found if not principals or _is_of_anybody(given) else None


def _element(given: Mapping[str, Any], name: str, *, prefix: str = "", flags: int = 0) -> Match:
    """`Action` or `NotAction`, one of which there must be."""
    negated = f"Not{name}"
    if (name in given) == (negated in given):
        raise PolicyError(f"a statement needs {name} or {negated}")
    patterns = _texts(negated if negated in given else name, given.get(name, given.get(negated)))
    if any("${" in pattern for pattern in patterns):
        raise PolicyError(f"{name}: policy variables are not supported")
    match = any_of([f"{prefix}/{each[len(_SHORT) :]}" if each.startswith(_SHORT) else each for each in patterns], flags)
    return match if name in given else lambda text: not match(text)


def _texts(name: str, value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(each, str) and each for each in listed):
        raise PolicyError(f"{name} must be a text or a list of texts")
    return listed


def _is_of_anybody(given: Mapping[str, Any]) -> bool:
    """Whether a statement is about a caller who has shown nothing."""
    if ("Principal" in given) == ("NotPrincipal" in given):
        raise PolicyError("a statement needs Principal or NotPrincipal")
    everybody = _names_everybody(given.get("Principal", given.get("NotPrincipal")))
    return everybody if "Principal" in given else not everybody


def _names_everybody(principal: Any) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, Mapping) or not principal:
        raise PolicyError("Principal must be * or an object")
    named = {kind: _texts("Principal", names) for kind, names in principal.items()}
    return "*" in named.get("AWS", ())
