"""The last step: the reply, or the gateway response that stands for a fault, goes back to the client."""

import logging

from dataplane.exchange import Body, ClientGone, Exchange
from dataplane.faults import GatewayFault, UpstreamFault
from dataplane.plan import Gatewayed, Reply
from dataplane.steps.gateway_response import built_in
from dataplane.steps.logged import tell_fault
from dataplane.trace import identity_lines

log = logging.getLogger(__name__)
_OF_INTEGRATION = frozenset(("INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"))


def respond(exchange: Exchange, reply: Reply) -> bool:
    """False: its body is still arriving, and has to be streamed."""
    body = reply.body
    whole = body if isinstance(body, bytes) else body.whole()
    if whole is None or reply.head_length is not None:
        return False
    exchange.response_status = reply.status
    exchange.response_length = len(whole)
    exchange.responder.send(reply.status, reply.headers, whole, identity_lines(exchange.request_id) + reply.lines)
    return True


async def stream(exchange: Exchange, reply: Reply) -> None:
    """Raises ClientGone. Whatever fails under way (the backend, the request's own body, the gateway) ends the
    connection: the head has been sent, and a second one would be read as part of the body."""
    exchange.response_status = reply.status
    lines = identity_lines(exchange.request_id) + reply.lines
    if reply.head_length is not None:
        exchange.responder.start(reply.status, reply.headers, reply.head_length, lines)
        exchange.responder.finish()
        if reply.source is not None:  # asked for as GET, it may have a body that nobody takes
            reply.source.close()
        return
    body = reply.body
    assert not isinstance(body, bytes)
    exchange.responder.start(reply.status, reply.headers, body.length, lines)
    try:
        await _stream(exchange, body)
    except Exception as error:
        if not isinstance(error, (UpstreamFault, GatewayFault, ClientGone)):
            log.exception("%s: an error of the gateway itself", exchange.request_id)
        exchange.error_message = str(error) or type(error).__name__
        exchange.responder.abort()
        if reply.source is not None:
            reply.source.close()
        raise ClientGone from error
    exchange.responder.finish()


async def _stream(exchange: Exchange, body: Body) -> None:
    while piece := await body.chunk():
        exchange.response_length += len(piece)
        wait = exchange.responder.write(piece)
        if wait is not None:
            await wait


def respond_fault(exchange: Exchange, fault: GatewayFault) -> None:
    """The gateway response of the fault: the API's own, or AWS's."""
    if fault.detail:  # a caller's own fault is one that it can repeat at will: no line each
        level = logging.INFO if fault.status >= 500 else logging.DEBUG
        log.log(level, "%s %s: %s", exchange.request_id, fault.type.name, fault.detail)
    exchange.error_message = fault.message or ""
    exchange.error_type = fault.type.name
    exchange.error_validation = fault.validation
    if fault.type.name in _OF_INTEGRATION:
        exchange.integration_error = fault.detail or fault.message or ""
    status, headers, body = _gatewayed(exchange, fault)
    exchange.response_status = status
    exchange.response_length = len(body)
    if exchange.trace is not None:
        tell_fault(exchange.trace, fault, status, headers, body)
    exchange.responder.send(status, headers, body, identity_lines(exchange.request_id))


def _gatewayed(exchange: Exchange, fault: GatewayFault) -> Gatewayed:
    stage = exchange.stage
    if stage is None or stage.answer_fault is None:
        return built_in(exchange, fault)
    return stage.answer_fault(exchange, fault)
