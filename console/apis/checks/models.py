"""Models."""

import re

from console.apis.checks.rest_apis import json_value
from console.core.faults import BadRequest


def model_name(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9]+", name):
        raise BadRequest(f"Model name must be alphanumeric: {name}", field="name")


def schema(text: str) -> None:
    if text and not isinstance(json_value(text), dict):
        raise BadRequest(
            "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified]",
            field="schema",
        )
