"""AWS's refusals as classes: type, message, status. One handler per door says them in that door's form.

Source: the modeled errors of botocore's `apigateway` service model, and the unmodeled ones AWS sends as well.
"""

from collections.abc import Sequence


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

    @classmethod
    def of(cls, violations: Sequence[str], *, field: str = "") -> "ValidationFault":
        """AWS tells all of them at once; each is a `violation`."""
        errors = "error" if len(violations) == 1 else "errors"
        return cls(f"{len(violations)} validation {errors} detected: {'; '.join(violations)}", field=field)


def violation(value: str | None, where: str, constraint: str) -> str:
    """`where` is AWS's name of the place: `updateRestApiInput.patchOperations.1.member.op`."""
    said = "null" if value is None else f"'{value}'"
    return f"Value {said} at '{where}' failed to satisfy constraint: {constraint}"


class SerializationFault(Fault):
    status, type = 400, "SerializationException"


class RequestTooLarge(Fault):
    status, type = 413, "RequestEntityTooLargeException"


class Unauthorized(Fault):
    status, type = 401, "UnauthorizedException"


class AccessDenied(Fault):
    status, type = 403, "AccessDeniedException"


class MissingAuthenticationToken(Fault):
    """No proof of who is asking; AWS says the same for a path that does not exist."""

    status, type = 403, "MissingAuthenticationTokenException"

    def __init__(self, message: str = "Missing Authentication Token") -> None:
        super().__init__(message)


class UnrecognizedClient(Fault):
    status, type = 403, "UnrecognizedClientException"

    def __init__(self, message: str = "The security token included in the request is invalid.") -> None:
        super().__init__(message)


class ExpiredToken(Fault):
    status, type = 403, "ExpiredTokenException"

    def __init__(self, message: str = "The security token included in the request is expired") -> None:
        super().__init__(message)


class InvalidSignature(Fault):
    status, type = 403, "InvalidSignatureException"


class IncompleteSignature(Fault):
    status, type = 400, "IncompleteSignatureException"


class NotFound(Fault):
    status, type = 404, "NotFoundException"


class UnknownOperation(Fault):
    status, type = 404, "UnknownOperationException"


class Conflict(Fault):
    status, type = 409, "ConflictException"


# What another transaction was first in: a unique or referred-to row, a lock (PostgreSQL, "Error Codes").
_LOST_RACES = frozenset({"23503", "23505", "23P01", "40001", "40P01", "55P03"})


def lost_a_race(error: Exception) -> bool:
    """Of a database's error, as Django raises it."""
    return getattr(error.__cause__, "sqlstate", "") in _LOST_RACES


def concurrent_modification() -> Conflict:
    return Conflict("Unable to complete operation due to concurrent modification. Please try again later.")


class LimitExceeded(Fault):
    status, type = 429, "LimitExceededException"


class TooManyRequests(Fault):
    status, type = 429, "TooManyRequestsException"


class ServiceUnavailable(Fault):
    status, type = 503, "ServiceUnavailableException"
