"""Call the backend; what goes wrong there becomes AWS's gateway response."""

from time import monotonic

from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault, UpstreamFault, UpstreamTimeout
from dataplane.plan import Answer, Integrate, IntegrationRequest


async def integrate(exchange: Exchange, call: Integrate, request: IntegrationRequest) -> Answer:
    began = monotonic()
    try:
        answer = await call(exchange, request)
    except UpstreamFault as fault:
        raise gateway_fault(fault) from fault
    finally:
        exchange.integration_latency = monotonic() - began
    exchange.integration_status = answer.status
    return answer


async def read(answer: Answer) -> bytes:
    """All of an answer's body, where the next step needs it whole."""
    try:
        return await answer.body.read()
    except UpstreamFault as fault:
        raise gateway_fault(fault) from fault


def gateway_fault(fault: UpstreamFault) -> GatewayFault:
    kind = "INTEGRATION_TIMEOUT" if isinstance(fault, UpstreamTimeout) else "INTEGRATION_FAILURE"
    return GatewayFault(kind, detail=str(fault))
