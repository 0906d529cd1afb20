"""The page of steps: one request from its head to the last byte of its answer.

    locate -> route -> authorize -> throttle -> receive -> validate -> convert -> cache -> transform request
           -> integrate -> transform response -> compress -> respond

What the cache has is neither transformed for the backend nor asked of it (behaviours 49).
"""

import contextlib
import logging
import random
import time
from collections.abc import Coroutine
from typing import Any, Protocol

from dataplane import spawn, trace
from dataplane.addressing import address
from dataplane.exchange import ClientGone, Exchange
from dataplane.faults import GatewayFault
from dataplane.gateway import Gateway, Route
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

    def serve(self, exchange: Exchange) -> Coroutine[Any, Any, None] | None:
        """Answers every request; raises nothing. None: it has been answered, for nothing of it had to wait."""
        exchange.request_id = trace.request_id()
        exchange.request_time = time.time()
        try:
            plan = self.route(exchange)
            if plan.authorize is not None and (deciding := plan.authorize(exchange)) is not None:
                return self._decide(exchange, plan, deciding)
            if plan.throttle is not None:
                plan.throttle(exchange)
            prepared = None if plan.prepared is None else plan.prepared.reply(exchange)
            if prepared is None or not respond(exchange, prepared):
                return self._execute(exchange, plan)
        except Exception as error:
            _answer_failure(exchange, error)
        self._ended(exchange)
        return None

    async def _decide(self, exchange: Exchange, plan: Plan, deciding: Coroutine[Any, Any, None]) -> None:
        """Where an authorizer has to be waited for."""
        try:
            await deciding
            if plan.throttle is not None:
                plan.throttle(exchange)
        except Exception as error:
            _answer_failure(exchange, error)
            self._ended(exchange)
        else:
            await self._execute(exchange, plan)

    async def _execute(self, exchange: Exchange, plan: Plan) -> None:
        try:
            reply = await execute(exchange, plan)
            if not respond(exchange, reply):
                await stream(exchange, reply)
        except Exception as error:
            _answer_failure(exchange, error)
        self._ended(exchange)

    def _ended(self, exchange: Exchange) -> None:
        self._counters.record(exchange)
        stage = exchange.stage
        if stage is not None and stage.access_log is not None:
            stage.access_log(exchange)

    def route(self, exchange: Exchange) -> Plan:
        """Raises GatewayFault."""
        if _PIPE in exchange.query:  # has to be sent encoded (behaviours 12)
            raise GatewayFault("BAD_REQUEST_PARAMETERS", "Bad Request")
        asked = exchange.authority, exchange.path
        route = self._gateway.routes.get(asked) or self._found(exchange, asked)
        exchange.stage, exchange.stage_path, plans, exchange.path_parameters = route
        exchange.plan = plan = plans.get(exchange.http_method)
        if plan is None:
            raise GatewayFault("MISSING_AUTHENTICATION_TOKEN")
        return plan

    def _found(self, exchange: Exchange, asked: tuple[str, bytes]) -> Route:
        """Raises GatewayFault."""
        api_id, stage_name, path = address(exchange.authority, exchange.path.decode("latin-1"))
        live = self._gateway.live.get((api_id, stage_name))
        if live is None or live.disable_execute_api_endpoint:
            raise GatewayFault("ACCESS_DENIED", "Forbidden", error_type="ForbiddenException")
        stage = live if live.canary is None else _arm(exchange, live, live.canary)
        exchange.stage, exchange.stage_path = stage, path
        match = stage.router.match(path)
        if match is None:
            raise GatewayFault("MISSING_AUTHENTICATION_TOKEN")
        route = stage, path, *match
        if live.canary is None:  # or else it is another one's turn next time
            self._gateway.routes.keep(asked, route)
        return route


def _arm(exchange: Exchange, stage: Stage, canary: Stage) -> Stage:
    """The stage itself or, for its share of the requests, its canary."""
    exchange.is_canary = _draw() * 100 < stage.canary_percent
    return canary if exchange.is_canary else stage


async def execute(exchange: Exchange, plan: Plan) -> Reply:
    """Raises GatewayFault, ClientGone."""
    if plan.receive is not None:
        await plan.receive(exchange)
    if plan.reads_body:
        exchange.request_body = await exchange.body.read()
    if plan.validate is not None:
        plan.validate(exchange)
    if plan.convert is not None:
        plan.convert(exchange)
    if plan.cache is None:
        answer = await integrate(exchange, plan.integrate, plan.transform_request(exchange))
    else:
        answer = await plan.cache.answer(exchange, plan)
    try:
        body = await read(answer) if plan.transform_response.reads(exchange, answer) else b""
        reply = plan.transform_response.reply(exchange, answer, body)
        if plan.prepared is not None:
            plan.prepared.keep(exchange, reply)
        if plan.cache is not None:
            plan.cache.tell(exchange, reply)
        return reply if plan.compress is None else await plan.compress(exchange, reply)
    except BaseException:
        answer.close()
        raise


def _answer_failure(exchange: Exchange, error: Exception) -> None:
    if not isinstance(error, ClientGone):
        _say(exchange, error)
    spawn.forget(error)


def _say(exchange: Exchange, error: Exception) -> None:
    if not isinstance(error, GatewayFault):
        log.error("%s: an error of the gateway itself", exchange.request_id, exc_info=error)
        error = GatewayFault("API_CONFIGURATION_ERROR", detail=repr(error))
    with contextlib.suppress(ClientGone):
        respond_fault(exchange, error)
