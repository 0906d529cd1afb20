"""API key, quota and throttles, in AWS's order: the plan's limits of the method, the plan's of the key, the stage's of
the method, the account's (developer guide, "How throttling limit settings are applied"; behaviours 31-36).

A request that is refused takes nothing: not of the limits before the one that refused it, and not of its quota.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.limits.bucket import Bucket, Limit
from dataplane.limits.clients import Client, Clients, Grant, method_name
from dataplane.limits.meter import limit_of
from dataplane.limits.quota import Allowance
from dataplane.plan import Throttle
from dataplane.snapshot import Method, StageEntry
from dataplane.snapshot import Throttle as Limits
from dataplane.snapshot.method_settings import MethodSetting, setting_of
from dataplane.steps.scope import tell_api_key

_HEADER: Final = b"x-api-key"


def compile_throttle(
    entry: StageEntry,
    api_key_source: str,
    resource_path: str,
    method: Method,
    verbs: tuple[str, ...],
    clients: Clients,
) -> Throttle | None:
    """`verbs`: those that the method answers."""
    stage = entry.api_id, entry.stage_name
    limits = _limits(entry.method_settings, resource_path, verbs) if entry.method_settings else {}
    own = _of_verbs("/".join((*stage, resource_path.lstrip("/"))), limits, clients) if limits else _unlimited(clients)
    if method.api_key_required:
        named = method_name(resource_path, method.http_method)
        several = {verb: method_name(resource_path, verb) for verb in verbs} if method.http_method == "ANY" else None
        return _Keyed(clients, stage, named, several, api_key_source, own)
    return own if clients.meter.serving or limits else None


def _limits(
    settings: Mapping[str, MethodSetting], resource_path: str, verbs: tuple[str, ...]
) -> dict[str, Limit | None]:
    """Empty where no verb has one."""
    limits = {verb: _limit(setting_of(settings, resource_path, verb)) for verb in verbs}
    return limits if any(limit is not None for limit in limits.values()) else {}


def _limit(setting: MethodSetting) -> Limit | None:
    return limit_of(Limits(rate_limit=setting.throttling_rate_limit, burst_limit=setting.throttling_burst_limit))


@lru_cache(maxsize=2)
def _unlimited(clients: Clients) -> "_StageLimit":
    """One for all methods that the stage does not limit, as most of a big set."""
    return _StageLimit(clients, "", None)


def _of_verbs(name: str, limits: dict[str, Limit | None], clients: Clients) -> Throttle:
    """Each verb is limited alone."""
    verbs = {verb: _StageLimit(clients, f"{name}/{verb}", limit) for verb, limit in limits.items()}
    if len(verbs) == 1:
        return next(iter(verbs.values()))
    return lambda exchange: verbs[exchange.http_method](exchange)


class _StageLimit:
    """The stage's limit of one verb, and the account's."""

    __slots__ = ("_bucket", "_limit", "_name", "meter")

    def __init__(self, clients: Clients, name: str, limit: Limit | None) -> None:
        self.meter = clients.meter
        self._name = name
        self._limit = limit
        self._bucket: Bucket | None = None  # made with the first request, since most methods of a big set have none

    def __call__(self, exchange: Exchange) -> None:
        own, account = None if self._limit is None else self._own(self._limit), self.meter.account
        now = exchange.started
        if own is not None and not own.has_token(now):
            raise GatewayFault("THROTTLED", detail="Stage throttle limit exceeded for the method")
        if account is not None:
            if not account.has_token(now):
                raise GatewayFault("THROTTLED", detail="Account throttle limit exceeded")
            self.meter.take(account)
        if own is not None:
            self.meter.take(own)

    def _own(self, limit: Limit) -> Bucket:
        if self._bucket is None:
            self._bucket = self.meter.bucket(self._name, limit)
        return self._bucket


class _Keyed:
    """`method` is as plans name it, and `verbs` those of ANY."""

    __slots__ = ("_clients", "_method", "_own", "_source", "_stage", "_verbs")

    def __init__(
        self,
        clients: Clients,
        stage: tuple[str, str],
        method: str,
        verbs: dict[str, str] | None,
        source: str,
        own: Throttle,
    ) -> None:
        self._clients = clients
        self._stage = stage
        self._method = method
        self._verbs = verbs
        self._source = source
        self._own = own

    def __call__(self, exchange: Exchange) -> None:
        grant = self._identify(exchange)
        meter, allowance = self._clients.meter, grant.allowance
        if meter.exhausted(allowance, exchange.request_time):
            raise GatewayFault("QUOTA_EXCEEDED", detail=_exceeded("Quota", allowance))
        now, method = exchange.started, self._method
        if self._verbs is not None and grant.limits(verb := self._verbs[exchange.http_method]):
            method = verb
        buckets = grant.buckets(method)
        for bucket in buckets:
            if not bucket.has_token(now):
                raise GatewayFault("THROTTLED", detail=_exceeded("Key throttle", allowance))
        self._own(exchange)
        for bucket in buckets:
            meter.take(bucket)
        meter.use(allowance)

    def _identify(self, exchange: Exchange) -> Grant:
        value = (
            exchange.usage_identifier_key.encode("utf-8", "replace")
            if self._source == "AUTHORIZER"
            else _shown(exchange)
        )
        client = self._clients.find(value) if value else None
        grant = None if client is None else self._clients.grant(client, self._stage)
        if client is None or grant is None:
            raise GatewayFault("INVALID_API_KEY", detail=_why(value, client, self._stage))
        exchange.api_key, exchange.api_key_id = value.decode("latin-1"), client.id
        tell_api_key(exchange)
        return grant


def _shown(exchange: Exchange) -> bytes:
    for name, value in exchange.headers:
        if len(name) == 9 and name.lower() == _HEADER:
            return value
    return b""


def _exceeded(what: str, allowance: Allowance) -> str:
    return f"{what} limit exceeded for usage plan {allowance.plan_id} and API Key {allowance.key_id}"


def _why(value: bytes, client: Client | None, stage: tuple[str, str]) -> str:
    if not value:
        return "API Key is missing"
    if client is None:
        return "API Key is unknown or disabled"
    return f"No usage plan of API Key {client.id} has API Stage {'/'.join(stage)}"
