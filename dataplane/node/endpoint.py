"""The node's own HTTP, on a port away from customers' paths: /healthz, /readyz, /metrics, /status, and for the console
/internal/test, which runs one request through a drawn API beside what is served, and /internal/test-authorizer.
"""

import hmac
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeAlias

import msgspec

from dataplane import draft, draft_authorizer, snapshot
from dataplane.compiler import CompileError
from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.node.metrics import metrics
from dataplane.node.node import Node
from dataplane.node.status import status
from dataplane.snapshot import AuthorizerDraft, Base, DraftRequest, SnapshotError
from dataplane.steps.scope import first_header

Said: TypeAlias = tuple[int, bytes, bytes]  # status, content type, body
Page: TypeAlias = Callable[[Node], Said]

_TEXT = b"text/plain; charset=utf-8"
_JSON = b"application/json"
TESTS_AT_ONCE: Final = 8


def _healthz(node: Node) -> Said:
    return 200, _TEXT, b"ok\n"


def _readyz(node: Node) -> Said:
    return (200, _TEXT, b"ready\n") if node.fleet.ready else (503, _TEXT, b"not ready\n")


def _metrics(node: Node) -> Said:
    return 200, b"text/plain; version=0.0.4; charset=utf-8", metrics(node).encode()


def _status(node: Node) -> Said:
    return 200, _JSON, msgspec.json.encode(status(node)) + b"\n"


PAGES: dict[bytes, Page] = {
    b"/healthz": _healthz,
    b"/readyz": _readyz,
    b"/metrics": _metrics,
    b"/status": _status,
}


async def _method(body: bytes) -> Base:
    return await draft.run(snapshot.decode(body, DraftRequest))


async def _authorizer(body: bytes) -> Base:
    return await draft_authorizer.run(snapshot.decode(body, AuthorizerDraft))


TESTS: dict[bytes, Callable[[bytes], Coroutine[Any, Any, Base]]] = {
    b"/internal/test": _method,
    b"/internal/test-authorizer": _authorizer,
}


class Endpoint:
    def __init__(self, node: Node) -> None:
        self._node = node
        self._tests = 0

    async def serve(self, exchange: Exchange) -> None:
        page, test = PAGES.get(exchange.path), TESTS.get(exchange.path)
        if test is not None and exchange.http_method == "POST":
            code, kind, body = await self._test(exchange, test)
        elif page is None:
            code, kind, body = 404, _TEXT, b"here are " + b", ".join(PAGES) + b"\n"
        elif exchange.http_method not in ("GET", "HEAD"):
            code, kind, body = 405, _TEXT, b"GET only\n"
        else:
            code, kind, body = page(self._node)
        allowed = [(b"Allow", b"GET, HEAD")] if code == 405 else []  # RFC 9110 15.5.6: it must be told
        headers = [(b"Content-Type", kind), (b"Cache-Control", b"no-store"), *allowed]
        exchange.responder.send(code, headers, body)

    async def _test(self, exchange: Exchange, run: Callable[[bytes], Coroutine[Any, Any, Base]]) -> Said:
        given = first_header(exchange.headers, b"authorization")
        if not hmac.compare_digest(given.encode("latin-1"), f"Bearer {self._node.settings.node_token}".encode()):
            return _refused(401, "the node token is missing or wrong")
        if self._tests >= TESTS_AT_ONCE:
            return _refused(503, "this node runs as many tests as it may")
        self._tests += 1
        try:
            return 200, _JSON, snapshot.encode(await run(await exchange.body.read()))
        except GatewayFault as fault:  # what the listener says of the body
            return _refused(fault.status, fault.message or "")
        except (SnapshotError, CompileError) as error:
            return _refused(400, str(error))
        finally:
            self._tests -= 1


def _refused(code: int, message: str) -> Said:
    return code, _JSON, msgspec.json.encode({"message": message})
