"""Methods, and what they declare."""

import re
from collections.abc import Mapping

from console.apis.checks.mappings import RESPONSE_PARAMETER, name_errors, refuse
from console.core.faults import BadRequest

_VERBS = "GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY"
_STATUS = re.compile(r"[1-5]\d\d")
_REQUEST_PARAMETER = re.compile(r"method\.request\.(?:path|querystring|header)\.(?P<name>.+)")


def http_method(verb: str) -> None:
    if verb not in _VERBS.split(","):
        raise BadRequest(f"Invalid HttpMethod specified. Valid options are {_VERBS}", field="httpMethod")


def status_code(status: str) -> None:
    if not _STATUS.fullmatch(status):
        raise BadRequest("Invalid status code specified. It must be from 100 to 599", field="statusCode")


def request_parameters(declared: Mapping[str, bool]) -> None:
    refuse(name_errors(_REQUEST_PARAMETER, declared), field="requestParameters")


def response_parameters(declared: Mapping[str, bool]) -> None:
    refuse(name_errors(RESPONSE_PARAMETER, declared), field="responseParameters")
