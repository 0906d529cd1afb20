"""Each method's authorization, resolved when a snapshot is compiled; None for a method that is open to everybody.

A kind that this version can't decide, and an authorizer that is not there, are closed, never open.
"""

import hashlib
import re
import time
from collections.abc import Coroutine
from typing import Any, Final

from dataplane.authorizers.function import Functional
from dataplane.authorizers.grant import Ask, Grant
from dataplane.authorizers.lines import misconfigured
from dataplane.authorizers.resource import EXPLICITLY, ResourcePolicy, decide, request_arn
from dataplane.aws import sdk
from dataplane.aws.functions import function_of
from dataplane.aws.roles import role
from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.mapping.service_uri import ServiceUriError, parse_service_uri
from dataplane.mapping.uri import UriError
from dataplane.plan import Authorize
from dataplane.policy.document import Decision, resource_policy
from dataplane.snapshot import ApiDocument, Authorizer, Method, StageEntry, encode
from dataplane.steps.scope import tell_authorizer

_VARIABLE: Final = re.compile(r"\$\{stageVariables\.(\w+)\}")
_DENIED: Final = "User is not authorized to access this resource"


class Authorizers:
    """Of one document as one stage serves it."""

    def __init__(self, document: ApiDocument, entry: StageEntry, variables: dict[str, str]) -> None:
        """Raises PolicyError."""
        self._by_id = {each.id: each for each in document.authorizers}
        self._entry = entry
        self._variables = variables
        self._asks: dict[tuple[str, frozenset[str]], Ask] = {}
        self.prefix = f"arn:aws:execute-api:{entry.region}:{entry.account_id}:{entry.api_id}"
        policy = resource_policy(document.policy, self.prefix) if document.policy else None
        self._policy = ResourcePolicy(policy, self.prefix) if policy else None
        self.lets_invalidate = self._policy.lets_invalidate if self._policy else None

    def authorize(self, method: Method) -> Authorize | None:
        if method.authorization_type == "NONE":
            return self._policy.require if self._policy else None
        if method.authorization_type == "AWS_IAM":
            return _refuse("MISSING_AUTHENTICATION_TOKEN")
        authorizer = self._by_id.get(method.authorizer_id)
        if authorizer is None or authorizer.type not in _TYPES.get(method.authorization_type, ()):
            return _refuse("UNAUTHORIZED")
        ask = self.ask(authorizer, frozenset(method.authorization_scopes))
        return _Asked(ask, self._policy, self.prefix, functional=authorizer.type in ("TOKEN", "REQUEST"))

    def ask(self, authorizer: Authorizer, scopes: frozenset[str]) -> Ask:
        """The same for all methods that ask the same."""
        key = (authorizer.id, scopes)
        if key not in self._asks:
            self._asks[key] = self._compiled(authorizer, scopes)
        return self._asks[key]

    def _compiled(self, authorizer: Authorizer, scopes: frozenset[str]) -> Ask:
        """What the stage's variables make illegal fails its own methods, as on AWS, not the stage."""
        try:
            if authorizer.type in ("TOKEN", "REQUEST"):
                return self._functional(authorizer)
            # Imported when the first is compiled: it takes 8 MB, which a worker without such a method does not pay.
            from dataplane.authorizers.tokens import compile_cognito, compile_jwt

            if authorizer.type == "JWT":
                return compile_jwt(authorizer, scopes)
            return compile_cognito(authorizer, scopes, _cognito)
        except (ServiceUriError, UriError, re.error) as error:
            return _misconfigured(str(error))

    def _functional(self, authorizer: Authorizer) -> Functional:
        uri = _VARIABLE.sub(lambda found: self._variables.get(found[1], ""), authorizer.authorizer_uri)
        credentials = authorizer.authorizer_credentials
        source = role(credentials, parse_service_uri(uri).region) if credentials else None
        return Functional(
            authorizer, function_of(uri, source).invoke, prefix=self.prefix, scope=self._scope(authorizer, uri)
        )

    def _scope(self, authorizer: Authorizer, uri: str) -> bytes:
        entry = self._entry
        parts = (entry.api_id, entry.stage_name, str(entry.authorizers_cache_generation), uri)
        return hashlib.sha256("\n".join(parts).encode() + encode(authorizer)).digest()


_TYPES: Final = {"CUSTOM": ("TOKEN", "REQUEST"), "COGNITO_USER_POOLS": ("COGNITO_USER_POOLS",), "JWT": ("JWT",)}


def _cognito(region: str) -> str:
    """Raises UriError."""
    found = sdk.endpoint("cognito-idp", region)
    return f"{found.origin.scheme}://{found.host}{found.base}"


def _refuse(kind: str) -> Authorize:
    def authorize(exchange: Exchange) -> None:
        raise GatewayFault(kind)

    return authorize


def _misconfigured(reason: str) -> Ask:
    def ask(exchange: Exchange) -> Grant:
        raise misconfigured(exchange, reason)

    return ask


class _Asked:
    """An authorizer, with the API's policy where there is one."""

    __slots__ = ("_ask", "_functional", "_policy", "_prefix")

    def __init__(self, ask: Ask, policy: ResourcePolicy | None, prefix: str, *, functional: bool) -> None:
        self._ask = ask
        self._policy = policy
        self._prefix = prefix
        self._functional = functional

    def __call__(self, exchange: Exchange) -> Coroutine[Any, Any, None] | None:
        """A token is looked at before the API's policy, a function is asked after it."""
        asked_first = self._policy if self._functional else None
        said = asked_first.before(exchange) if asked_first else Decision.NEITHER
        began = time.monotonic()
        try:
            found = self._ask(exchange)
        except GatewayFault as fault:
            self._tell(exchange, began, fault)
            raise
        if isinstance(found, Grant):
            self._admit(exchange, found, said, began)
            return None
        return self._wait(exchange, found, said, began)

    async def _wait(self, exchange: Exchange, asked: Coroutine[Any, Any, Grant], said: Decision, began: float) -> None:
        try:
            grant = await asked
        except GatewayFault as fault:
            self._tell(exchange, began, fault)
            raise
        self._admit(exchange, grant, said, began)

    def _admit(self, exchange: Exchange, grant: Grant, said: Decision, began: float) -> None:
        """Developer guide, "Policy evaluation outcome tables", table A; a token needs the policy's explicit allow."""
        told = self._tell(exchange, began, None)
        exchange.usage_identifier_key = grant.usage_identifier_key
        exchange.authorizer = dict(grant.context)
        if self._functional:
            exchange.authorizer["integrationLatency"] = told.get("integrationLatency", 0)
        tell_authorizer(exchange)
        if grant.policy is not None:
            arn = request_arn(exchange, self._prefix)
            check_policy(decide(grant.policy, exchange, arn), or_else=said)
        elif self._policy is not None:
            self._policy.require(exchange)

    def _tell(self, exchange: Exchange, began: float, fault: GatewayFault | None) -> dict[str, Any]:
        """For access logs: `$context.authorizer.*`; of a token also that it authenticated somebody, or not."""
        told = (exchange.authorizing or {}).get("authorizer", {})
        told["latency"] = round((time.monotonic() - began) * 1000)
        told["status"] = fault.status if fault else 200
        if fault:
            told["error"] = fault.detail or fault.message
        exchange.authorizing = {"authorizer": told, "authorize" if self._functional else "authenticate": told}
        tell_authorizer(exchange)
        return told


def check_policy(found: Decision, *, or_else: Decision = Decision.NEITHER) -> None:
    """`or_else`: what the API's own policy says. Raises GatewayFault."""
    if found is Decision.DENY:
        raise GatewayFault("ACCESS_DENIED", _DENIED + EXPLICITLY)
    if Decision.ALLOW not in (found, or_else):
        raise GatewayFault("ACCESS_DENIED", _DENIED)
