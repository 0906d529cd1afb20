"""AWS and AWS_PROXY: the request goes out signed, with the node's credentials or in a role.

Whatever a service answers is an answer, also that it refuses. Only what the Lambda API refuses in front of a function
is a failure of this gateway. Source: Lambda developer guide, "Handling Lambda errors with an API Gateway API";
behaviours 25.
"""

from dataplane.aws.faults import AccessDenied, ApiError, AwsFault
from dataplane.aws.functions import returned
from dataplane.aws.service import Service
from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.plan import Answer, IntegrationRequest


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


def _gateway_fault(refusal: ApiError) -> GatewayFault:
    if refusal.code == "InvalidRequestContentException":  # what a client or a template made is no JSON
        return GatewayFault("BAD_REQUEST_BODY", refusal.message, detail=str(refusal))
    denied = "Invalid permissions on Lambda function: " if isinstance(refusal, AccessDenied) else ""
    return GatewayFault("API_CONFIGURATION_ERROR", detail=f"{denied}{refusal}")
