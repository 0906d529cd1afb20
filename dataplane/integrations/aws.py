"""AWS and AWS_PROXY: the request goes out signed, with the node's credentials or in a role.

Whatever a service answers is an answer, also that it refuses. Only what the Lambda API refuses in front of a function
is a failure of this gateway. Source: Lambda developer guide, "Handling Lambda errors with an API Gateway API";
behaviours 25.
"""

from typing import Final

from dataplane.aws.faults import AccessDenied, ApiError, AwsFault
from dataplane.aws.functions import returned
from dataplane.aws.service import Service
from dataplane.aws.streams import FunctionFailed, FunctionStream
from dataplane.exchange import Body, Exchange
from dataplane.faults import GatewayFault
from dataplane.http1.fields import AnswerHead
from dataplane.plan import Answer, IntegrationRequest

DELIMITER: Final = b"\0" * 8
METADATA_BYTES: Final = 16 * 1024
STREAM_FAILED: Final = "Lambda execution failed with status 200 due to customer function error: "
NO_METADATA: Final = f"Malformed Lambda proxy response: no delimiter within its first {METADATA_BYTES} bytes"


class ServiceCall:
    __slots__ = ("_service", "_timeout")

    def __init__(self, service: Service, timeout_in_millis: int) -> None:
        self._service = service
        self._timeout = timeout_in_millis / 1000

    async def __call__(self, exchange: Exchange, request: IntegrationRequest) -> Answer:
        assert isinstance(request.body, bytes)  # what is signed is read whole
        try:
            return await self._service.send(
                request.method, request.target, request.headers, request.body, timeout=self._timeout
            )
        except AwsFault as fault:
            raise GatewayFault("API_CONFIGURATION_ERROR", detail=str(fault)) from fault


class FunctionCall(ServiceCall):
    __slots__ = ()

    async def __call__(self, exchange: Exchange, request: IntegrationRequest) -> Answer:
        answer = await super().__call__(exchange, request)
        try:
            await returned(answer)
        except ApiError as refusal:
            raise _gateway_fault(refusal) from refusal
        return answer


class Streamed:
    """An `Answer` whose body comes piece by piece; `metadata` is what came before it, and says how to answer."""

    __slots__ = ("_answer", "body", "head", "headers", "metadata", "status")

    def __init__(self, answer: Answer, body: FunctionStream, metadata: bytes) -> None:
        self._answer = answer
        self.status = answer.status
        self.headers = answer.headers
        self.head: AnswerHead | None = None
        self.body: Body = body
        self.metadata = metadata

    def close(self) -> None:
        self._answer.close()


class StreamCall(ServiceCall):
    """A function that answers piece by piece. Source: developer guide, "Lambda proxy integration format for response
    streaming": metadata in JSON, eight NUL bytes, the body as it is."""

    __slots__ = ()

    async def __call__(self, exchange: Exchange, request: IntegrationRequest) -> Answer:
        answer = await super().__call__(exchange, request)
        try:
            if answer.status >= 300:
                await returned(answer)
            stream = FunctionStream(answer.body)
            metadata = await stream.until(DELIMITER, METADATA_BYTES)
        except ApiError as refusal:
            raise _gateway_fault(refusal) from refusal
        except FunctionFailed as failure:
            answer.close()
            raise GatewayFault("API_CONFIGURATION_ERROR", status=502, detail=f"{STREAM_FAILED}{failure}") from failure
        if metadata is None:
            answer.close()
            raise GatewayFault("API_CONFIGURATION_ERROR", status=502, detail=NO_METADATA)
        return Streamed(answer, stream, metadata)


def _gateway_fault(refusal: ApiError) -> GatewayFault:
    if refusal.code == "InvalidRequestContentException":  # what a client or a template made is no JSON
        return GatewayFault("BAD_REQUEST_BODY", refusal.message, detail=str(refusal))
    denied = "Invalid permissions on Lambda function: " if isinstance(refusal, AccessDenied) else ""
    return GatewayFault("API_CONFIGURATION_ERROR", detail=f"{denied}{refusal}")
