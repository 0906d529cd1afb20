"""Every exception of the wire, as AWS says it: a status, `x-amzn-ErrorType`, and {"message": ...}."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import UnreadablePostError
from rest_framework.exceptions import APIException, MethodNotAllowed, PermissionDenied
from rest_framework.response import Response

from console.core.faults import (
    AccessDenied,
    BadRequest,
    Fault,
    MissingAuthenticationToken,
    RequestTooLarge,
    ServiceUnavailable,
    concurrent_modification,
    lost_a_race,
)

log = logging.getLogger(__name__)


def answer(error: Exception, context: dict[str, Any]) -> Response:
    """Django REST framework's exception handler; `context` holds the view and the request."""
    fault = as_fault(error)
    if fault.status >= 500 or isinstance(error, IntegrityError):
        log.error("%s: %s", _where(context), fault.type, exc_info=error)
    return Response({"message": fault.message}, status=fault.status, headers={"x-amzn-ErrorType": fault.type})


def as_fault(error: Exception) -> Fault:
    if isinstance(error, Fault):
        return error
    if isinstance(error, IntegrityError | OperationalError) and lost_a_race(error):
        return concurrent_modification()
    if isinstance(error, OperationalError | InterfaceError):
        return ServiceUnavailable("The database cannot be reached now. Try again later.")
    if isinstance(error, RequestDataTooBig):
        return RequestTooLarge("The request body is larger than this version takes.")
    if isinstance(error, SuspiciousOperation):  # more parameters than Django reads, for instance
        return BadRequest("The request is not one that this server takes.")
    if isinstance(error, UnreadablePostError):
        return BadRequest("The request body could not be read to its end.")
    if isinstance(error, PermissionDenied):
        return AccessDenied(str(error.detail))
    if isinstance(error, MethodNotAllowed):
        return MissingAuthenticationToken()  # what AWS says of a path, or a method of it, that it does not know
    if isinstance(error, APIException) and error.status_code < 500:
        return BadRequest(str(error.detail))
    return Fault("An internal error occurred. The log has it by this answer's request id.")


def _where(context: dict[str, Any]) -> str:
    request = context.get("request")
    return f"{request.method} {request.path}" if request is not None else "a request"
