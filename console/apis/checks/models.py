"""Models."""

import re
from itertools import islice

from console.apis.checks.rest_apis import json_value
from console.apis.checks.schemas import schema_problems
from console.core.faults import BadRequest

MAX_SCHEMA = 400 * 1024  # characters; developer guide, "Quotas"
_TOLD = 5  # problems of a schema, in one message


def model_name(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9]+", name):
        raise BadRequest(f"Model name must be alphanumeric: {name}", field="name")


def schema(text: str) -> None:
    if not text:
        return
    problems = [f"Schema is larger than {MAX_SCHEMA // 1024} KB"] if len(text) > MAX_SCHEMA else _problems(text)
    if problems:
        errors = ", ".join(problems)
        raise BadRequest(
            f"Invalid model specified: Validation Result: warnings : [], errors : [{errors}]", field="schema"
        )


def _problems(text: str) -> list[str]:
    value = json_value(text)
    if not isinstance(value, dict):
        return ["Invalid model schema specified"]
    found = list(islice(schema_problems(value), _TOLD))
    return [f"Invalid model schema specified. {found[0]}", *found[1:]] if found else []
