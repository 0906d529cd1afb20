"""What a JSON schema of draft 4 may say, as its meta-schema has it, and where its references may lead.

Source: http://json-schema.org/draft-04/schema#. Tables instead of a general validator, since an import checks hundreds.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from dataplane.mapping.javaregex import compile_regex

Problem: TypeAlias = str
Rule: TypeAlias = Callable[[Any], bool]

MAX_DEPTH = 100

_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
_CANONICAL = re.compile(r"https://apigateway\.amazonaws\.com/restapis/[a-z0-9]+/models/[A-Za-z0-9]+")

SCHEMA_MAPS = ("definitions", "properties", "patternProperties")
SCHEMA_LISTS = ("allOf", "anyOf", "oneOf")
SUBSCHEMAS = ("additionalItems", "additionalProperties", "items", "not")


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _count(value: Any) -> bool:
    return _integer(value) and value >= 0


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _key(value: Any) -> tuple[str, Any]:
    """Equal for what JSON holds equal: 1 is 1.0, and neither is true."""
    if isinstance(value, dict):
        return "object", frozenset((name, _key(each)) for name, each in value.items())
    if isinstance(value, list):
        return "array", tuple(map(_key, value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number", value
    return type(value).__name__, value


def _names(value: Any) -> bool:
    texts = isinstance(value, list) and all(isinstance(name, str) for name in value)
    return texts and bool(value) and len(set(value)) == len(value)


def _enumeration(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and len(set(map(_key, value))) == len(value)


def _type(value: Any) -> bool:
    return value in _TYPES if isinstance(value, str) else _names(value) and all(name in _TYPES for name in value)


def _pattern(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        compile_regex(value)
    except (re.error, RecursionError, OverflowError):
        return False
    return True


_KEYWORDS: dict[str, Rule] = {
    **dict.fromkeys(("id", "$schema", "$ref", "title", "description", "format"), _text),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _count),
    **dict.fromkeys(("minimum", "maximum"), _number),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum", "uniqueItems"), _boolean),
    **dict.fromkeys(SCHEMA_MAPS, lambda value: isinstance(value, dict)),
    **dict.fromkeys(SCHEMA_LISTS, lambda value: isinstance(value, list) and bool(value)),
    **dict.fromkeys(("additionalItems", "additionalProperties"), lambda value: isinstance(value, bool | dict)),
    "items": lambda value: isinstance(value, dict) or (isinstance(value, list) and bool(value)),
    "not": lambda value: isinstance(value, dict),
    "dependencies": lambda value: (
        isinstance(value, dict) and all(isinstance(each, dict) or _names(each) for each in value.values())
    ),
    "multipleOf": lambda value: _number(value) and value > 0,
    "required": _names,
    "enum": _enumeration,
    "type": _type,
    "pattern": _pattern,
}
_NEEDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def schema_problems(schema: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong with a schema, one sentence each."""
    yield from _problems(schema, schema, "#", MAX_DEPTH)


def _problems(schema: Any, root: dict[str, Any], at: str, depth: int) -> Iterator[Problem]:
    if not isinstance(schema, dict):
        yield f"{at} must be an object"
        return
    if not depth:
        yield f"Schemas are nested more than {MAX_DEPTH} deep"
        return
    for keyword, value in schema.items():
        rule = _KEYWORDS.get(keyword)
        if rule is not None and not rule(value):
            yield f"{at}/{keyword} is not as JSON schema draft 4 has it"
        elif keyword in _NEEDS and _NEEDS[keyword] not in schema:
            yield f"{at}/{keyword} needs '{_NEEDS[keyword]}' beside it"
        elif keyword == "$ref":
            yield from _reference_problems(value, root)
        else:
            for part, place in _inside(keyword, value):
                yield from _problems(part, root, f"{at}/{keyword}{place}", depth - 1)


def _inside(keyword: str, value: Any) -> Iterator[tuple[Any, str]]:
    """The schemas inside a keyword's value, and where in it."""
    if keyword in SCHEMA_MAPS:
        yield from ((part, f"/{name}") for name, part in value.items())
    elif keyword in SCHEMA_LISTS or (keyword == "items" and isinstance(value, list)):
        yield from ((part, f"/{index}") for index, part in enumerate(value))
    elif keyword in SUBSCHEMAS and not isinstance(value, bool):
        yield value, ""
    elif keyword == "dependencies":
        yield from ((part, f"/{name}") for name, part in value.items() if isinstance(part, dict))


def _reference_problems(reference: str, root: dict[str, Any]) -> Iterator[Problem]:
    if reference.startswith("#"):
        if not _leads_somewhere(reference, root):
            yield f"Reference '{reference}' not found"
    elif not _CANONICAL.fullmatch(reference):
        yield "Model reference must be in canonical form"


def _leads_somewhere(reference: str, root: Any) -> bool:
    value = root
    for part in reference.removeprefix("#").split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return False
    return reference == "#" or reference.startswith("#/")
