"""Lines of a test's log, in the words of Amazon API Gateway's; requests that nobody looks at have none.

Source: logs of TestInvokeAuthorizer and of executions that users of AWS have published.
"""

from dataplane.exchange import Exchange
from dataplane.execution_log import cut, masked
from dataplane.faults import GatewayFault


def line(exchange: Exchange, text: str) -> None:
    if exchange.trace is not None:
        exchange.trace.line(cut(text))


def starting(exchange: Exchange, authorizer_id: str, identity: str) -> None:
    if exchange.trace is not None:
        line(exchange, f"Starting authorizer: {authorizer_id} for request: {exchange.request_id}")
        line(exchange, f"Incoming identity: {masked(identity)}")


def unauthorized(exchange: Exchange, reason: str) -> GatewayFault:
    line(exchange, f"Unauthorized request: {exchange.request_id} ({reason})")
    return GatewayFault("UNAUTHORIZED", detail=reason)


def misconfigured(exchange: Exchange, reason: str) -> GatewayFault:
    line(exchange, f"Execution failed due to configuration error: {reason}")
    line(exchange, "Execution failed due to configuration error: Authorizer error")
    return GatewayFault("AUTHORIZER_CONFIGURATION_ERROR", detail=reason)


def failed(exchange: Exchange, reason: str) -> GatewayFault:
    line(exchange, f"Execution failed due to an authorizer error: {reason}")
    return GatewayFault("AUTHORIZER_FAILURE", detail=reason)


def granted(exchange: Exchange, principal_id: str) -> None:
    line(exchange, f"Using valid authorizer policy for principal: {masked(principal_id)}")
