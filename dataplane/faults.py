"""AWS's gateway responses as data, and the failures that become one.

Statuses, types and texts: developer guide, "Gateway response types"; behaviours 17-28.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResponseType:
    """A row of AWS's table: its name, default status, `x-amzn-ErrorType`, default message."""

    name: str
    status: int
    error_type: str
    message: str | None


_ROWS = (
    ("ACCESS_DENIED", 403, "AccessDeniedException", "User is not authorized to access this resource"),
    ("API_CONFIGURATION_ERROR", 500, "InternalServerErrorException", "Internal server error"),
    ("AUTHORIZER_CONFIGURATION_ERROR", 500, "AuthorizerConfigurationException", None),
    ("AUTHORIZER_FAILURE", 500, "AuthorizerFailureException", None),
    ("BAD_REQUEST_PARAMETERS", 400, "BadRequestException", "Invalid request parameters"),
    ("BAD_REQUEST_BODY", 400, "BadRequestException", "Invalid request body"),
    ("EXPIRED_TOKEN", 403, "ExpiredTokenException", "The security token included in the request is expired"),
    ("INTEGRATION_FAILURE", 504, "InternalServerErrorException", "Network error communicating with endpoint"),
    ("INTEGRATION_TIMEOUT", 504, "InternalServerErrorException", "Endpoint request timed out"),
    ("INVALID_API_KEY", 403, "ForbiddenException", "Forbidden"),
    (
        "INVALID_SIGNATURE",
        403,
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details.",
    ),
    ("MISSING_AUTHENTICATION_TOKEN", 403, "MissingAuthenticationTokenException", "Missing Authentication Token"),
    ("QUOTA_EXCEEDED", 429, "LimitExceededException", "Limit Exceeded"),
    ("REQUEST_TOO_LARGE", 413, "RequestTooLargeException", "Request Too Long"),
    ("RESOURCE_NOT_FOUND", 404, "NotFoundException", "The requested resource was not found"),
    ("THROTTLED", 429, "TooManyRequestsException", "Too Many Requests"),
    ("UNAUTHORIZED", 401, "UnauthorizedException", "Unauthorized"),
    ("UNSUPPORTED_MEDIA_TYPE", 415, "BadRequestException", "Unsupported Media Type"),
    ("WAF_FILTERED", 403, "ForbiddenException", "Forbidden"),
)
# The two that stand for all others of their class; no request ends in one itself.
DEFAULT_TYPES = {4: "DEFAULT_4XX", 5: "DEFAULT_5XX"}
RESPONSE_TYPES = {name: ResponseType(name, status, error, message) for name, status, error, message in _ROWS}


class GatewayFault(Exception):
    """A request that ends in a gateway response of `type`; `message` replaces the type's default text,
    `error_type` and `status` its other columns. `detail` is for logs only; `validation` says what a validator found."""

    def __init__(
        self,
        type: str,
        message: str | None = None,
        *,
        error_type: str = "",
        status: int = 0,
        detail: str = "",
        validation: str = "",
    ) -> None:
        super().__init__(type)
        self.type = RESPONSE_TYPES[type]
        self.message = self.type.message if message is None else message
        self.error_type = error_type or self.type.error_type
        self.status = status or self.type.status
        self.detail = detail
        self.validation = validation


def overloaded() -> GatewayFault:
    """The worker holds as much of bodies as it may (dataplane/http1/held.py)."""
    error = "ServiceUnavailableException"
    return GatewayFault("API_CONFIGURATION_ERROR", "Service Unavailable", error_type=error, status=503)


class UpstreamFault(Exception):
    """Why a backend gave no answer; `str()` of it is for logs."""


class UpstreamTimeout(UpstreamFault):
    """The integration's time ran out: connecting, waiting or reading."""


class UpstreamUnreachable(UpstreamFault):
    """No connection: refused, no such host, TLS not verified."""


class UpstreamBroken(UpstreamFault):
    """A connection that ended, or spoke something else than HTTP, before its answer was complete."""
