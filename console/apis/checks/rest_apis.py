"""What an API as a whole may say."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from console.core.faults import BadRequest

MAX_POLICY = 8192
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
    if not text:
        return
    if len(text) > MAX_POLICY or not isinstance(json_value(text), dict):
        raise BadRequest(
            "Invalid policy document. Please check the policy syntax and ensure that Principals are valid.",
            field="policy",
        )


def kept_policy(text: str, arn: str) -> str:
    """With the short form of its resources, `execute-api:/stage/verb/path`, written out as those of the API `arn`
    (behaviours 48)."""
    policy(text)
    return text.replace('"execute-api:/', f'"{arn}/')


def tags(given: Mapping[str, str]) -> None:
    if len(given) > 50:
        raise BadRequest("At most 50 tags are allowed", field="tags")
    for key, value in given.items():
        if not 1 <= len(key) <= 128 or key.startswith("aws:") or len(value) > 256:
            raise BadRequest(f"Invalid tag specified: {key}", field="tags")


def json_value(text: str) -> Any:
    """The value of a JSON text; None when it is not one (JSON's own null is no use to any caller)."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
