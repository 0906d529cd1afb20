"""Asking a node to run something that is drawn, beside what it serves."""

import http.client
import json
import logging
from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from django.conf import settings

from console.core.faults import BadRequest, ServiceUnavailable
from console.core.waiting import a_place
from console.publishing.services.nodes import live_nodes
from dataplane import snapshot
from dataplane.tls import client_context

SECONDS = 40.0  # longer than any integration may take

P = ParamSpec("P")
S = TypeVar("S", bound=snapshot.Base)
log = logging.getLogger(__name__)


class NodeAway(Exception):
    """Why a node did not run it; another may."""


def answered_by_a_node(path: str, kind: type[S]) -> Callable[[Callable[P, snapshot.Base]], Callable[P, S]]:
    """Wrap a verb that makes a request for a node; who calls it has the node's answer. The verb's transaction has ended
    when the node is asked. Raises what `ask_a_node` does, and TooManyRequests when too many wait for a node."""

    def decorate(verb: Callable[P, snapshot.Base]) -> Callable[P, S]:
        @wraps(verb)
        def run(*args: P.args, **kwargs: P.kwargs) -> S:
            with a_place():
                return ask_a_node(path, verb(*args, **kwargs), kind)

        return run

    return decorate


def ask_a_node(path: str, request: snapshot.Base, kind: type[S]) -> S:
    """What the first node answers that does. Raises ServiceUnavailable when no node can be had, BadRequest with what
    the node says of the request."""
    body, away = snapshot.encode(request), "No node of the gateway is alive to run the test. Start one, then try again"
    for url in _endpoints():
        try:
            return _ask(url, path, body, kind)
        except NodeAway as reason:
            log.warning("the node at %s does not run a test: %s", url, reason)
            away = f"No node of the gateway runs the test: {reason}"
    raise ServiceUnavailable(away)


def _endpoints() -> Iterator[str]:
    """Of live nodes, the freshest first."""
    for node in live_nodes().order_by("-seen_date"):
        if node.report.get("endpoint"):
            yield node.report["endpoint"]


def _ask(url: str, path: str, body: bytes, kind: type[S]) -> S:
    """Raises NodeAway, BadRequest."""
    connection = _connection(url)
    headers = {"Authorization": f"Bearer {settings.NODE_TOKEN}", "Content-Type": "application/json"}
    try:
        connection.request("POST", urlsplit(url).path + path, body, headers)
        answer = connection.getresponse()
        said = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise NodeAway(f"{url}: {str(error) or type(error).__name__}") from error
    finally:
        connection.close()
    return _result(url, answer.status, said, kind)


def _result(url: str, status: int, said: bytes, kind: type[S]) -> S:
    if status == 200:
        try:
            return snapshot.decode(said, kind)
        except snapshot.SnapshotError as error:
            raise NodeAway(f"{url}: its answer is {error}") from error
    if status in (400, 413):
        raise BadRequest(_message(said))
    raise NodeAway(f"{url}: it answers {status} ({_message(said)})")


def _message(said: bytes) -> str:
    try:
        return str(json.loads(said)["message"])
    except (ValueError, KeyError, TypeError):
        return said[:200].decode(errors="replace")


def _connection(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=SECONDS, context=client_context())
    return http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
