"""What every door asks of Django's request."""

import uuid

from django.conf import settings
from django.http import HttpRequest

# With a dot: no header of a client can have this name.
_ID = "stagedoor.request_id"
_LONGEST = 64


def request_id(request: HttpRequest) -> str:
    """One per request, whoever asks first: it is in the answer's `x-amzn-RequestId`, the log and the audit entry."""
    return str(request.META.setdefault(_ID, str(uuid.uuid4())))


def source_ip(request: HttpRequest) -> str:
    """Who connected; behind `settings.PROXIES` proxies, whom the outermost of them saw. What stands further left in
    X-Forwarded-For, a client may have written itself."""
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")) if settings.PROXIES else ""
    hops = [*filter(None, map(str.strip, forwarded.split(","))), str(request.META.get("REMOTE_ADDR") or "")]
    return hops[max(len(hops) - 1 - settings.PROXIES, 0)][:_LONGEST]
