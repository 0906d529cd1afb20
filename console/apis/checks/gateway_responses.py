"""Gateway responses. Their templates are plain text with variables in it, not Velocity: any text is one.

Source: developer guide, "Gateway responses".
"""

import re
from collections.abc import Mapping

from console.apis.checks.mappings import ANYWHERE, name_errors, refuse

# The types with the status that AWS gives each.
GATEWAY_RESPONSES = {
    "ACCESS_DENIED": "403",
    "API_CONFIGURATION_ERROR": "500",
    "AUTHORIZER_CONFIGURATION_ERROR": "500",
    "AUTHORIZER_FAILURE": "500",
    "BAD_REQUEST_BODY": "400",
    "BAD_REQUEST_PARAMETERS": "400",
    "DEFAULT_4XX": "",
    "DEFAULT_5XX": "",
    "EXPIRED_TOKEN": "403",
    "INTEGRATION_FAILURE": "504",
    "INTEGRATION_TIMEOUT": "504",
    "INVALID_API_KEY": "403",
    "INVALID_SIGNATURE": "403",
    "MISSING_AUTHENTICATION_TOKEN": "403",
    "QUOTA_EXCEEDED": "429",
    "REQUEST_TOO_LARGE": "413",
    "RESOURCE_NOT_FOUND": "404",
    "THROTTLED": "429",
    "UNAUTHORIZED": "401",
    "UNSUPPORTED_MEDIA_TYPE": "415",
    "WAF_FILTERED": "403",
}
DEFAULT_TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}

_TARGET = re.compile(r"gatewayresponse\.header\.(?P<name>.+)")
_SOURCE = re.compile(rf"method\.request\.(?:path|querystring|header)\.[a-zA-Z0-9._$-]+|{ANYWHERE}", re.DOTALL)


def gateway_response_parameters(mappings: Mapping[str, str]) -> None:
    """`gatewayresponse.header.*` from the request, the context, a stage variable or a literal in quotes."""
    errors = name_errors(_TARGET, mappings)
    for source in mappings.values():
        if not _SOURCE.fullmatch(source):
            errors.append(f"Invalid mapping expression specified: {source}")
    refuse(errors, field="responseParameters")
