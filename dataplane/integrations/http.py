"""HTTP and HTTP_PROXY: the request goes out through the origin's pool.

The pool is found when the snapshot is compiled; only where path parameters decide the host, per request.
"""

from dataplane.exchange import Exchange
from dataplane.plan import Answer, Integrate, IntegrationRequest
from dataplane.upstream.pool import Pool, pool_for


def compile_call(origin: tuple[str, str, int] | None, *, verify: bool, timeout_in_millis: int) -> Integrate:
    """`origin` is scheme, host, port; None where each request names its own."""
    timeout = timeout_in_millis / 1000
    fixed = pool_for(*origin, verify=verify) if origin else None

    async def call(exchange: Exchange, request: IntegrationRequest) -> Answer:
        pool = fixed or _pool_of(request, verify)
        return await pool.send(request.method, request.target, request.headers, request.body, timeout=timeout)

    return call


def _pool_of(request: IntegrationRequest, verify: bool) -> Pool:
    assert request.origin is not None
    return pool_for(*request.origin, verify=verify)
