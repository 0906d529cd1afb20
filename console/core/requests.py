"""What every door asks of Django's request."""

import uuid

from django.http import HttpRequest

# With a dot: no header of a client can have this name.
_ID = "stagedoor.request_id"


def request_id(request: HttpRequest) -> str:
    """One per request, whoever asks first: it is in the answer's `x-amzn-RequestId`, the log and the audit entry."""
    return str(request.META.setdefault(_ID, str(uuid.uuid4())))


def source_ip(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR") or "")
