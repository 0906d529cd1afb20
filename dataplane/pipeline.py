"""The page of steps: one request from its head to the last byte of its answer.

    locate -> route -> authorize -> receive -> validate -> convert -> transform request
           -> integrate -> transform response -> compress -> respond

Throttle has its place after authorize, cache before transform request (behaviours 49).
"""

import contextlib
import logging
import random
import time
from typing import Protocol

from dataplane import trace
from dataplane.addressing import address
from dataplane.exchange import ClientGone, Exchange
from dataplane.faults import GatewayFault
from dataplane.gateway import Gateway
from dataplane.plan import Plan, Reply, Stage
from dataplane.steps.integrate import integrate, read
from dataplane.steps.respond import respond, respond_fault, stream

log = logging.getLogger(__name__)
_draw = random.random
_PIPE = ord("|")  # a number is found in bytes in a tenth of the time of a byte string


class Counters(Protocol):
    def record(self, exchange: Exchange) -> None:
        """One finished request; called exactly once for each."""


class Pipeline:
    __slots__ = ("_counters", "_gateway")

    def __init__(self, gateway: Gateway, counters: Counters) -> None:
        self._gateway = gateway
        self._counters = counters

    async def serve(self, exchange: Exchange) -> None:
        """Answers every request; raises nothing."""
        exchange.request_id = trace.request_id()
        exchange.request_time = time.time()
        try:
            reply = await execute(exchange, self.route(exchange))
            if not respond(exchange, reply):
                await stream(exchange, reply)
        except GatewayFault as fault:
            _answer_fault(exchange, fault)
        except ClientGone:
            pass
        except Exception as error:
            log.exception("%s: an error of the gateway itself", exchange.request_id)
            _answer_fault(exchange, GatewayFault("API_CONFIGURATION_ERROR", detail=repr(error)))
        self._counters.record(exchange)

    def route(self, exchange: Exchange) -> Plan:
        """Raises GatewayFault."""
        if _PIPE in exchange.query:  # has to be sent encoded (behaviours 12)
            raise GatewayFault("BAD_REQUEST_PARAMETERS", "Bad Request")
        found = address(exchange.authority, exchange.path.decode("latin-1"))
        stage = self._gateway.live.get((found.api_id, found.stage_name)) if found else None
        if found is None or stage is None or stage.disable_execute_api_endpoint:
            raise GatewayFault("ACCESS_DENIED", "Forbidden", error_type="ForbiddenException")
        exchange.stage = stage = _arm(exchange, stage)
        exchange.stage_path = found.path
        match = stage.router.match(found.path)
        plan = match[0].get(exchange.http_method) if match else None
        if match is None or plan is None:
            raise GatewayFault("MISSING_AUTHENTICATION_TOKEN")
        exchange.plan = plan
        exchange.path_parameters = match[1]
        return plan


def _arm(exchange: Exchange, stage: Stage) -> Stage:
    """The stage itself or, for its share of the requests, its canary."""
    if stage.canary is not None and _draw() * 100 < stage.canary_percent:
        exchange.is_canary = True
        return stage.canary
    return stage


async def execute(exchange: Exchange, plan: Plan) -> Reply:
    """Raises GatewayFault, ClientGone."""
    if plan.authorize is not None:
        plan.authorize(exchange)
    if plan.prepared is not None and (prepared := plan.prepared.reply(exchange)) is not None:
        return prepared
    if plan.receive is not None:
        await plan.receive(exchange)
    if plan.reads_body:
        exchange.request_body = await exchange.body.read()
    if plan.validate is not None:
        plan.validate(exchange)
    if plan.convert is not None:
        plan.convert(exchange)
    request = plan.transform_request(exchange)
    answer = await integrate(exchange, plan.integrate, request)
    try:
        body = await read(answer) if plan.transform_response.reads(exchange, answer) else b""
        reply = plan.transform_response.reply(exchange, answer, body)
        if plan.prepared is not None:
            plan.prepared.keep(exchange, reply)
        return reply if plan.compress is None else await plan.compress(exchange, reply)
    except BaseException:
        answer.close()
        raise


def _answer_fault(exchange: Exchange, fault: GatewayFault) -> None:
    with contextlib.suppress(ClientGone):
        respond_fault(exchange, fault)
