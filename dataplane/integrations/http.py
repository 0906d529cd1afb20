"""HTTP and HTTP_PROXY: the request goes out through the origin's pool.

The pool is found when the snapshot is compiled; only where path parameters decide the host, per request.
"""

from collections.abc import Coroutine
from typing import Any

from dataplane.exchange import Exchange
from dataplane.mapping.uri import Origin
from dataplane.plan import Answer, IntegrationRequest
from dataplane.upstream.pool import Pool, pool_for


class HttpCall:
    __slots__ = ("_pool", "_timeout", "_verify")

    def __init__(self, origin: Origin | None, *, verify: bool, timeout_in_millis: int) -> None:
        """`origin` None: each request names its own."""
        self._pool = _pool(origin, verify) if origin else None
        self._verify = verify
        self._timeout = timeout_in_millis / 1000

    def __call__(self, exchange: Exchange, request: IntegrationRequest) -> Coroutine[Any, Any, Answer]:
        assert request.origin is not None
        pool = self._pool or _pool(request.origin, self._verify)
        return pool.send(
            request.method, request.target, request.headers, request.body, timeout=self._timeout, lines=request.lines
        )


def _pool(origin: Origin, verify: bool) -> Pool:
    return pool_for(origin.scheme, origin.host, origin.port, verify=verify)
