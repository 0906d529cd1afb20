"""AWS's refusals as classes: type, message, status. One handler per door says them in that door's form.

Source: the modeled errors of botocore's `apigateway` service model, and the unmodeled ones AWS sends as well.
"""


class Fault(Exception):
    """A refusal. `field` names the input that is at fault, where one is (AWS's member name or patch path)."""

    status = 500
    type = "InternalFailure"

    def __init__(self, message: str, *, field: str = "", type: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if type:
            self.type = type


class BadRequest(Fault):
    status, type = 400, "BadRequestException"


class ValidationFault(Fault):
    status, type = 400, "ValidationException"


class SerializationFault(Fault):
    status, type = 400, "SerializationException"


class Unauthorized(Fault):
    status, type = 401, "UnauthorizedException"


class AccessDenied(Fault):
    status, type = 403, "AccessDeniedException"


class NotFound(Fault):
    status, type = 404, "NotFoundException"


class Conflict(Fault):
    status, type = 409, "ConflictException"


class LimitExceeded(Fault):
    status, type = 429, "LimitExceededException"


class TooManyRequests(Fault):
    status, type = 429, "TooManyRequestsException"


class ServiceUnavailable(Fault):
    status, type = 503, "ServiceUnavailableException"
