"""An operation's `responses` to method responses."""

import re
from typing import Any

from console.apis.drawing import MethodResponseDraft
from console.apis.openapi.parameters import read_content
from console.apis.openapi.schemas import Models
from console.apis.openapi.source import Source
from console.apis.openapi.syntax import Pointer

_STATUS = re.compile(r"[1-5]\d\d")
_NAME = re.compile(r"[a-zA-Z0-9._$-]+")


def read_responses(
    source: Source, models: Models, operation: dict[str, Any], produces: list[str], pointer: Pointer
) -> list[MethodResponseDraft]:
    drafts = []
    for status, value in source.member(operation, "responses", dict, {}, pointer).items():
        here = (*pointer, "responses", status)
        if status.startswith("x-"):
            continue
        if not _STATUS.fullmatch(status):
            source.report.ignored(here, f"A method response has one status code: '{status}' declares none")
            continue
        response, at = source.resolve(value, here)
        if isinstance(response, dict):
            drafts.append(_read_one(source, models, status, response, produces, at))
        elif response is not None:
            source.report.error(here, "A response must be an object")
    return drafts


def _read_one(
    source: Source, models: Models, status: str, response: dict[str, Any], produces: list[str], at: Pointer
) -> MethodResponseDraft:
    draft = MethodResponseDraft(status_code=status)
    for name in source.member(response, "headers", dict, {}, at):
        if _NAME.fullmatch(name):
            draft.response_parameters[f"method.response.header.{name}"] = False
        else:
            source.report.ignored((*at, "headers", name), f"'{name}' is no name of a header that can be mapped")
    if source.is_swagger:
        model = models.name_of(response.get("schema"), (*at, "schema"))
        draft.response_models = dict.fromkeys(produces, model) if model else {}
    else:
        draft.response_models = read_content(source, models, response, at)
    return draft
