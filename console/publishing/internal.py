"""The door for dataplane nodes: what to serve, the documents, and their reports."""

import functools
import hmac
import logging
from collections.abc import Callable
from typing import TypeAlias

from django.conf import settings
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from console.core.faults import BadRequest, Fault, Unauthorized
from console.core.wire.errors import as_fault
from console.publishing import services
from dataplane import snapshot

View: TypeAlias = Callable[..., HttpResponse]

JSON = "application/json"
log = logging.getLogger(__name__)


def for_nodes(method: str) -> Callable[[View], View]:
    """A view that wants the nodes' token and no session; refusals are said as JSON."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @functools.wraps(view)
        def run(request: HttpRequest, **path: str) -> HttpResponse:
            if request.method != method:
                return HttpResponse(status=405, headers={"Allow": method})
            try:
                _authenticate(request)
                return view(request, **path)
            except (Fault, OperationalError, InterfaceError) as error:
                fault = as_fault(error)
                if fault.status >= 500:  # a node asks four times a second: no traceback each
                    log.warning("%s: %s", request.path, fault.message)
                return JsonResponse({"message": fault.message}, status=fault.status)

        return run

    return decorate


def _authenticate(request: HttpRequest) -> None:
    shown = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(shown, f"Bearer {settings.NODE_TOKEN}".encode()):
        raise Unauthorized("A node's token is needed")


@for_nodes("GET")
def get_manifest(request: HttpRequest) -> HttpResponse:
    origin, since = request.GET.get("origin", ""), _since(request)
    if services.unchanged(origin, since, request.GET.get("account")):
        return HttpResponseNotModified()
    return HttpResponse(snapshot.encode(services.manifest(origin, since)), JSON)


def _since(request: HttpRequest) -> int:
    text = request.GET.get("since", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise BadRequest("Invalid value for since: it is a generation's number", field="since")
    return int(text)


@for_nodes("GET")
def get_document(request: HttpRequest, digest: str) -> HttpResponse:
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return HttpResponse(services.document(digest), JSON, headers=headers)


@for_nodes("POST")
def get_documents(request: HttpRequest) -> HttpResponse:
    """Asked by POST: so many digests are too long for a target."""
    try:
        wanted = snapshot.decode(request.body, snapshot.Wanted)
        return HttpResponse(snapshot.pack(services.documents(wanted.digests)), "application/octet-stream")
    except (snapshot.SnapshotError, DataError, ValueError) as error:  # or no text that a column holds
        raise BadRequest(str(error), field="digests") from error


@for_nodes("POST")
def take_report(request: HttpRequest) -> HttpResponse:
    try:
        answer = services.take_report(snapshot.decode(request.body, snapshot.NodeReport))
    except snapshot.SnapshotError as error:
        raise BadRequest(str(error)) from error
    except (DataError, ValueError, OverflowError) as error:  # a moment or a text that no column holds
        raise BadRequest(f"The report holds a value that cannot be kept: {error}") from error
    return HttpResponse(snapshot.encode(answer), JSON) if answer.quotas else HttpResponse(status=204)
