"""The node's own HTTP, on a port away from customers' paths: /healthz, /readyz, /metrics, /status."""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from dataplane.exchange import Exchange
from dataplane.node.metrics import metrics
from dataplane.node.node import Node
from dataplane.node.status import status

Page: TypeAlias = Callable[[Node], tuple[int, bytes, bytes]]  # status, content type, body

_TEXT = b"text/plain; charset=utf-8"


def _healthz(node: Node) -> tuple[int, bytes, bytes]:
    return 200, _TEXT, b"ok\n"


def _readyz(node: Node) -> tuple[int, bytes, bytes]:
    return (200, _TEXT, b"ready\n") if node.fleet.ready else (503, _TEXT, b"not ready\n")


def _metrics(node: Node) -> tuple[int, bytes, bytes]:
    return 200, b"text/plain; version=0.0.4; charset=utf-8", metrics(node).encode()


def _status(node: Node) -> tuple[int, bytes, bytes]:
    return 200, b"application/json", msgspec.json.encode(status(node)) + b"\n"


PAGES: dict[bytes, Page] = {
    b"/healthz": _healthz,
    b"/readyz": _readyz,
    b"/metrics": _metrics,
    b"/status": _status,
}


class Endpoint:
    def __init__(self, node: Node) -> None:
        self._node = node

    async def serve(self, exchange: Exchange) -> None:
        page = PAGES.get(exchange.path)
        if page is None:
            code, kind, body = 404, _TEXT, b"here are " + b", ".join(PAGES) + b"\n"
        elif exchange.http_method not in ("GET", "HEAD"):
            code, kind, body = 405, _TEXT, b"GET only\n"
        else:
            code, kind, body = page(self._node)
        exchange.responder.send(code, [(b"Content-Type", kind), (b"Cache-Control", b"no-store")], body)
