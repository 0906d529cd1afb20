"""HTTP and HTTP_PROXY: the request goes out through the origin's pool.

The pool is found when the snapshot is compiled; only where path parameters decide the host, per request.
"""

from collections.abc import Coroutine
from typing import Any

from dataplane.exchange import Exchange
from dataplane.mapping.uri import Origin
from dataplane.plan import Answer, Integrate, IntegrationRequest
from dataplane.upstream.pool import Pool, pool_for


def compile_call(origin: Origin | None, *, verify: bool, timeout_in_millis: int) -> Integrate:
    """`origin` None: each request names its own."""
    timeout = timeout_in_millis / 1000
    fixed = _pool(origin, verify) if origin else None

    def call(exchange: Exchange, request: IntegrationRequest) -> Coroutine[Any, Any, Answer]:
        assert request.origin is not None
        pool = fixed or _pool(request.origin, verify)
        return pool.send(request.method, request.target, request.headers, request.body, timeout=timeout)

    return call


def _pool(origin: Origin, verify: bool) -> Pool:
    return pool_for(origin.scheme, origin.host, origin.port, verify=verify)
