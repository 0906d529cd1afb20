"""`x-amazon-apigateway-request-validators`, and which of them checks what. Source: developer guide, their pages."""

from typing import Any

from console.apis.drawing import RequestValidatorDraft
from console.apis.openapi.source import Source
from console.apis.openapi.syntax import Pointer

EXTENSION = "x-amazon-apigateway-request-validators"
NAMED = "x-amazon-apigateway-request-validator"


def read_request_validators(source: Source) -> list[RequestValidatorDraft]:
    found = []
    for name, value in source.section((EXTENSION,)).items():
        here = (EXTENSION, name)
        if not isinstance(value, dict):
            source.report.error(here, "A request validator must be an object")
            continue
        found.append(
            RequestValidatorDraft(
                name=name,
                validate_request_body=source.member(value, "validateRequestBody", bool, False, here),
                validate_request_parameters=source.member(value, "validateRequestParameters", bool, False, here),
            )
        )
        source.report.taken(here, f"Taken as request validator '{name}'")
    return found


def named_validator(source: Source, holder: dict[str, Any], default: str, pointer: Pointer) -> str:
    """The name that an operation, or the document for all of them, gives."""
    name = source.member(holder, NAMED, str, default, pointer)
    if NAMED in holder:
        source.report.taken((*pointer, NAMED), f"Request validator '{name}' checks")
    return name
