"""Where a documentation part may lie and what it may say.

Source: developer guide, "Representation of API documentation in API Gateway", its table of valid location fields.
"""

import re
from collections.abc import Mapping

from console.apis.checks.rest_apis import json_value
from console.core.faults import BadRequest

_ANYWHERE = ("path", "method")
# The members that a location of a type may have beside it.
LOCATION_FIELDS: dict[str, tuple[str, ...]] = {
    "API": (),
    "AUTHORIZER": ("name",),
    "MODEL": ("name",),
    "RESOURCE": ("path",),
    "METHOD": _ANYWHERE,
    "PATH_PARAMETER": (*_ANYWHERE, "name"),
    "QUERY_PARAMETER": (*_ANYWHERE, "name"),
    "REQUEST_HEADER": (*_ANYWHERE, "name"),
    "REQUEST_BODY": _ANYWHERE,
    "RESPONSE": (*_ANYWHERE, "statusCode"),
    "RESPONSE_HEADER": (*_ANYWHERE, "statusCode", "name"),
    "RESPONSE_BODY": (*_ANYWHERE, "statusCode"),
}
# Those that need a name: botocore's `DocumentationPartLocation`.
_NAMED = ("AUTHORIZER", "MODEL", "PATH_PARAMETER", "QUERY_PARAMETER", "REQUEST_HEADER", "RESPONSE_HEADER")
_DEFAULTS = {"path": "/", "method": "*", "statusCode": "*"}
MAX_NAME = 255
PLACE = ("path", "method", "status_code", "name")  # a location's columns, beside its type
MEMBERS = dict(zip(("path", "method", "statusCode", "name"), PLACE, strict=True))

_VERB = re.compile(r"\*|ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT")
_STATUS = re.compile(r"\*|[1-5]\d\d")
_VERSION = re.compile(r"[^/\x00-\x1f]{1,64}")


def location(given: Mapping[str, str | None]) -> dict[str, str]:
    """A location as it is kept: every member by its column, with AWS's defaults. Raises BadRequest.

    Terraform says what it does not mean as an empty text.
    """
    kind = given.get("type") or ""
    if kind not in LOCATION_FIELDS:
        raise BadRequest(f"Invalid documentation part location type specified: {kind}", field="location")
    valid = LOCATION_FIELDS[kind]
    said = {member: value for member, value in given.items() if value and member != "type"}
    for member in said:
        if member not in valid:
            raise BadRequest(
                f"Invalid location specified: '{member}' is no valid field of the type {kind}", field="location"
            )
    if kind in _NAMED and not said.get("name"):
        raise BadRequest(f"Invalid location specified: the type {kind} needs a 'name'", field="location")
    whole = {**{member: _DEFAULTS.get(member, "") for member in valid}, **said}
    _check(whole)
    return {"type": kind, **{column: whole.get(member, "") for member, column in MEMBERS.items()}}


def _check(said: Mapping[str, str]) -> None:
    if not said.get("path", "/").startswith("/"):
        raise BadRequest("Invalid location specified: a path begins with a slash", field="location")
    if "method" in said and not _VERB.fullmatch(said["method"]):
        raise BadRequest(f"Invalid location specified: method '{said['method']}'", field="location")
    if "statusCode" in said and not _STATUS.fullmatch(said["statusCode"]):
        raise BadRequest(f"Invalid location specified: statusCode '{said['statusCode']}'", field="location")


def documentation_properties(text: str) -> None:
    if not isinstance(json_value(text), dict):
        raise BadRequest("Documentation properties must be a JSON object", field="properties")


def documentation_version(version: str) -> None:
    if not _VERSION.fullmatch(version):
        raise BadRequest(
            "Documentation version must be 1 to 64 characters, none of them a slash", field="documentationVersion"
        )
