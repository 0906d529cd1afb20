"""TOKEN and REQUEST authorizers: a Lambda function says who calls, and what they may do.

Source: developer guide, "Use API Gateway Lambda authorizers"; behaviours 38-45.
"""

import re
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final, TypeAlias

from dataplane.authorizers.event import request_event, token_event
from dataplane.authorizers.flights import Flights
from dataplane.authorizers.grant import Grant
from dataplane.authorizers.identity import Source, compile_sources
from dataplane.authorizers.lines import failed, granted, line, misconfigured, starting, unauthorized
from dataplane.authorizers.output import OutputError, Unauthorized, check_error, read_output
from dataplane.authorizers.resource import request_arn
from dataplane.authorizers.results import RESULTS, result_key
from dataplane.aws.faults import AwsFault, Throttled
from dataplane.aws.functions import Invocation
from dataplane.exchange import Exchange
from dataplane.faults import UpstreamFault
from dataplane.mapping.javaregex import compile_regex, matches
from dataplane.mapping.timelimit import TooSlow
from dataplane.snapshot import Authorizer

TIMEOUT: Final = 29.0  # seconds, as of any integration
# One for all, as the results are.
_calls: Flights[Grant] = Flights()


Invoke: TypeAlias = Callable[..., Coroutine[Any, Any, Invocation]]  # as LambdaFunction's


class Functional:
    """`scope` names the stage, the authorizer as it is defined and the number of its flushes."""

    def __init__(self, authorizer: Authorizer, invoke: Invoke, *, prefix: str, scope: bytes) -> None:
        self._id = authorizer.id
        self._invoke = invoke
        self._prefix = prefix
        self._scope = scope
        self._results = RESULTS
        self._seconds = authorizer.authorizer_result_ttl_in_seconds
        self._token = authorizer.type == "TOKEN"
        self._sources: tuple[Source, ...] = compile_sources(authorizer.identity_source)
        self._required = self._token or self._seconds > 0
        pattern = authorizer.identity_validation_expression if self._token else ""
        self._pattern: re.Pattern[str] | None = compile_regex(pattern) if pattern else None

    def __call__(self, exchange: Exchange) -> Grant | Coroutine[Any, Any, Grant]:
        identity = tuple([read(exchange) for read in self._sources])
        starting(exchange, self._id, ",".join(identity))
        self._check(exchange, identity)
        if not self._seconds:
            return self._ask(exchange, self._event(exchange, identity))
        key = result_key(self._scope, identity)
        grant = self._results.get(key)
        return self._shared(exchange, key, identity) if grant is None else grant

    def _check(self, exchange: Exchange, identity: tuple[str, ...]) -> None:
        if self._required and not (identity and all(identity)):
            raise unauthorized(exchange, "an identity source is missing or empty")
        if self._pattern is None:
            return
        try:
            matched = matches(self._pattern, identity[0])
        except TooSlow as error:
            raise unauthorized(exchange, f"identityValidationExpression: {error}") from error
        if not matched:
            raise unauthorized(exchange, "the token does not match the authorizer's identityValidationExpression")

    def _event(self, exchange: Exchange, identity: tuple[str, ...]) -> bytes:
        arn = request_arn(exchange, self._prefix)
        return token_event(identity[0], arn) if self._token else request_event(exchange, arn)

    async def _shared(self, exchange: Exchange, key: bytes, identity: tuple[str, ...]) -> Grant:
        if not _calls.under_way(key):
            _calls.begin(key, partial(self._ask, exchange, self._event(exchange, identity), key))
        try:
            return await _calls.join(key, TIMEOUT)
        except TimeoutError:
            raise failed(exchange, "the function does not answer in time") from None

    async def _ask(self, exchange: Exchange, event: bytes, key: bytes | None = None) -> Grant:
        line(exchange, f"Endpoint request body after transformations: {event.decode()}")
        invocation = await self._invoked(exchange, event)
        line(exchange, f"Authorizer result body before parsing: {invocation.payload.decode('utf-8', 'replace')}")
        try:
            if invocation.function_error:
                check_error(invocation.payload)
            grant = read_output(invocation.payload)
        except Unauthorized:
            raise unauthorized(exchange, "the function says so") from None
        except OutputError as error:
            raise misconfigured(exchange, str(error)) from error
        granted(exchange, grant.principal_id)
        if key is not None:
            self._results.keep(key, grant, seconds=self._seconds, size=len(invocation.payload))
        return grant

    async def _invoked(self, exchange: Exchange, event: bytes) -> Invocation:
        began = time.monotonic()
        told: dict[str, Any] = {"integrationStatus": 0}
        exchange.authorizing = {"authorizer": told}
        try:
            invocation = await self._invoke(event, timeout=TIMEOUT)
            told["integrationStatus"] = invocation.status
        except (UpstreamFault, Throttled) as fault:
            raise failed(exchange, str(fault)) from fault
        except AwsFault as fault:
            raise misconfigured(exchange, str(fault)) from fault
        finally:
            told["integrationLatency"] = round((time.monotonic() - began) * 1000)
        return invocation
