"""MOCK: no backend. The rendered request template names the status; the answer's body is empty (behaviours 66)."""

from dataplane.exchange import Body, Exchange, Headers
from dataplane.faults import GatewayFault
from dataplane.http1.body import NO_BODY
from dataplane.http1.fields import AnswerHead
from dataplane.mapping.mock import StatusCodeError, read_status_code
from dataplane.plan import Answer, IntegrationRequest


class MockAnswer:
    """An `Answer` that came from nowhere."""

    __slots__ = ("body", "head", "headers", "status")

    def __init__(self, status: int) -> None:
        self.status = status
        self.headers: Headers = []
        self.body: Body = NO_BODY
        self.head: AnswerHead | None = None

    def close(self) -> None:
        pass


async def call(exchange: Exchange, request: IntegrationRequest) -> Answer:
    assert isinstance(request.body, bytes)
    try:
        return MockAnswer(read_status_code(request.body.decode("utf-8", "replace")))
    except StatusCodeError as error:
        raise GatewayFault("API_CONFIGURATION_ERROR", detail=str(error)) from error
