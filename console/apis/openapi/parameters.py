"""An operation's parameters to `method.request.*`, and its body to models by media type."""

import re
from dataclasses import dataclass, field
from typing import Any

from console.apis.openapi.schemas import Models
from console.apis.openapi.source import Source
from console.apis.openapi.syntax import Pointer

_PLACES = {"path": "path", "query": "querystring", "header": "header"}
_NAME = re.compile(r"[a-zA-Z0-9._$-]+")
JSON = "application/json"


@dataclass(slots=True)
class Parameters:
    """Those of a path hold for each of its operations, which may say them again."""

    declared: dict[str, bool] = field(default_factory=dict)  # {"method.request.path.id": True}
    models: dict[str, str] = field(default_factory=dict)  # {"application/json": "Pet"}


def read_parameters(source: Source, models: Models, given: Any, consumes: list[str], pointer: Pointer) -> Parameters:
    found = Parameters()
    if given is None:
        return found
    if not isinstance(given, list):
        source.report.error(pointer, "'parameters' must be a list")
        return found
    for index, item in enumerate(given):
        here = (*pointer, str(index))
        parameter, at = source.resolve(item, here)
        if isinstance(parameter, dict):
            _read_one(source, models, parameter, consumes, here, at, found)
        elif parameter is not None:
            source.report.error(here, "A parameter must be an object")
    return found


def _read_one(
    source: Source,
    models: Models,
    parameter: dict[str, Any],
    consumes: list[str],
    here: Pointer,
    at: Pointer,
    found: Parameters,
) -> None:
    place = source.member(parameter, "in", str, "", at)
    name = source.member(parameter, "name", str, "", at)
    if place == "body":
        model = models.name_of(parameter.get("schema"), (*at, "schema"))
        found.models.update(dict.fromkeys(consumes, model) if model else {})
    elif place not in _PLACES:
        source.report.ignored(here, f"A parameter in '{place}' is not one of API Gateway's: it is not declared")
    elif not _NAME.fullmatch(name):
        source.report.ignored(
            here, f"Parameter '{name}' is not declared: API Gateway's names hold letters, digits and . _ $ -", warn=True
        )
    else:
        required = source.member(parameter, "required", bool, False, at)
        found.declared[f"method.request.{_PLACES[place]}.{name}"] = required


def read_request_body(source: Source, models: Models, given: Any, pointer: Pointer) -> dict[str, str]:
    """OpenAPI 3's `requestBody`."""
    body, at = source.resolve(given, pointer)
    if body is None:
        return {}
    if not isinstance(body, dict):
        source.report.error(pointer, "'requestBody' must be an object")
        return {}
    return read_content(source, models, body, at)


def read_content(source: Source, models: Models, holder: dict[str, Any], at: Pointer) -> dict[str, str]:
    """`content` of a body or a response: models by media type."""
    found = {}
    for media_type, value in source.member(holder, "content", dict, {}, at).items():
        here = (*at, "content", media_type)
        if not isinstance(value, dict):
            source.report.error(here, "A media type must be an object")
            continue
        name = models.name_of(value.get("schema"), (*here, "schema"))
        if name:
            found[media_type] = name
    return found
