"""MOCK: no backend. The rendered request template names the status; the answer's body is empty (behaviours 66)."""

from dataplane.exchange import Exchange, Headers
from dataplane.faults import GatewayFault
from dataplane.mapping.mock import status_code
from dataplane.plan import Answer, Integrate, IntegrationRequest


class EmptyBody:
    """A `Body` with nothing in it."""

    length: int | None = 0

    def whole(self) -> bytes | None:
        return b""

    async def read(self) -> bytes:
        return b""

    async def chunk(self) -> bytes:
        return b""


class MockAnswer:
    """An `Answer` that came from nowhere."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int) -> None:
        self.status = status
        self.headers: Headers = []
        self.body = _EMPTY

    def close(self) -> None:
        pass


_EMPTY = EmptyBody()


async def call(exchange: Exchange, request: IntegrationRequest) -> Answer:
    assert isinstance(request.body, bytes)
    status = status_code(request.body.decode("utf-8", "replace"))
    if status is None:
        raise GatewayFault("API_CONFIGURATION_ERROR", detail="the request template of a mock must give a statusCode")
    return MockAnswer(status)


compiled: Integrate = call
