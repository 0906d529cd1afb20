"""What an API as a whole may say."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from console.core.faults import BadRequest
from console.core.limits import reached
from dataplane.policy.document import PolicyError, resource_policy

_SHORT = '"execute-api:/'
MAX_COMPRESSION_SIZE = 10_485_760


def compression_size(size: int | None) -> None:
    if size is not None and not 0 <= size <= MAX_COMPRESSION_SIZE:
        raise BadRequest(
            f"Invalid minimum compression size, must be between 0 and {MAX_COMPRESSION_SIZE}",
            field="minimumCompressionSize",
        )


def endpoint_types(types: Sequence[str]) -> None:
    if len(types) != 1:
        raise BadRequest("Cannot create an API with multiple Endpoint Types.", field="endpointConfiguration")


def binary_media_types(types: Sequence[str]) -> None:
    if len(set(types)) != len(types) or not all(types):
        raise BadRequest("Invalid binary media types specified: each is named once", field="binaryMediaTypes")


def policy(text: str) -> None:
    """Whatever nodes could not ask is refused here, and not when it is deployed."""
    try:
        if text:
            resource_policy(text)
    except PolicyError as error:
        raise BadRequest(
            f"Invalid policy document. Please check the policy syntax and ensure that Principals are valid. ({error})",
            field="policy",
        ) from error


def kept_policy(text: str, arn: str) -> str:
    """With the short form of its resources, `execute-api:/stage/verb/path`, written out as those of the API `arn`
    (behaviours 48)."""
    policy(text)
    written = text.replace(f'"{arn}/', _SHORT)  # what is kept is longer, and may be written again
    if len(written) > settings.LIMITS["resource_policy_characters"]:
        raise reached("resource_policy_characters", "characters", "a resource policy")
    return written.replace(_SHORT, f'"{arn}/')


def json_value(text: str) -> Any:
    """The value of a JSON text; None when it is not one (JSON's own null is no use to any caller)."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
