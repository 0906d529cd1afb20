"""What an authorizer's function returned, as a grant. Pure.

Source: developer guide, "Output from an Amazon API Gateway Lambda authorizer"; behaviours 42, 44. A member that AWS
does not know makes it no answer at all, as users of AWS have seen.
"""

import json
from typing import Any

import msgspec

from dataplane.authorizers.grant import Grant
from dataplane.mapping import jsontext
from dataplane.policy.document import PolicyError, identity_policy


class OutputError(ValueError):
    """What is no answer of an authorizer; the text says why, in the words of AWS's log."""


class Unauthorized(Exception):
    """The function says that it does not know the caller."""


class _Output(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    principal_id: str
    policy_document: dict[str, Any]
    context: dict[str, Any] | None = None
    usage_identifier_key: str | None = None


def read_output(payload: bytes) -> Grant:
    """Raises OutputError."""
    try:
        output = msgspec.json.decode(payload, type=_Output)
        policy = identity_policy(output.policy_document)
    except PolicyError as error:
        raise OutputError(f"Invalid policy document: {error}") from error
    except jsontext.NOT_DECODED as error:
        raise OutputError(f"Invalid JSON in response: {error}") from error
    return Grant(
        context={**_context(output.context or {}), "principalId": output.principal_id},
        principal_id=output.principal_id,
        policy=policy,
        policy_text=json.dumps(output.policy_document, separators=(",", ":"), ensure_ascii=False),
        usage_identifier_key=output.usage_identifier_key or "",
    )


def check_error(payload: bytes) -> None:
    """Of a function that ended in an error. Raises Unauthorized for the one error that has a meaning."""
    try:
        said = msgspec.json.decode(payload)
    except jsontext.NOT_DECODED:
        return
    if isinstance(said, dict) and said.get("errorMessage") == "Unauthorized":
        raise Unauthorized


def _context(given: dict[str, Any]) -> dict[str, str]:
    """All values become texts; what has parts is refused."""
    found: dict[str, str] = {}
    for name, value in given.items():
        if isinstance(value, dict | list):
            raise OutputError(f"Invalid JSON in response: context value {name} is an object or an array")
        if value is not None:
            found[name] = value if isinstance(value, str) else jsontext.to_json(value)
    return found
