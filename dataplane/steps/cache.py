"""Answers of the backend, kept for a while: what is found is answered as if the backend had just given it.

What is kept is the endpoint's answer, so that templates and conversions of the response are the asker's own. Whatever
the backend itself says of caching counts for nothing, as on AWS; but an answer to a part or to a condition (206, 304)
is nobody else's, and is not kept; nor is the error that a Lambda function ended in. Source: developer guide, "Enabling
API caching to enhance responsiveness"; behaviours 49, 100-102.
"""

import copy
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import Struct

from dataplane import trace
from dataplane.aws.functions import function_error
from dataplane.caching.store import Store, Stores
from dataplane.exchange import Body, Exchange, Headers
from dataplane.faults import GatewayFault
from dataplane.http1.body import Whole
from dataplane.http1.fields import AnswerHead
from dataplane.mapping.parameters import compile_request_parameters
from dataplane.plan import Answer, Plan, Reply
from dataplane.snapshot import Canary, Integration, Method, MethodSetting, Resource, StageEntry
from dataplane.snapshot.method_settings import setting_of
from dataplane.steps.integrate import integrate
from dataplane.steps.scope import context_of, first_header, request_params, response_override
from dataplane.steps.transform_request import Mappings

if TYPE_CHECKING:
    from dataplane.caching.sealing import Sealer

MAX_BYTES: Final = 1_048_576  # of a body: AWS's limit
HIT: Final = "hit"
MISS: Final = "miss"
WARNING: Final = (b"Warning", b"199 Cache-control headers were ignored because the caller was unauthorized.")
_STAGE: Final = "stage"
_METHOD: Final = "method.request."
_INTEGRATION: Final = "integration.request."
_NOT_KEPT: Final = frozenset((206, 304))

MayInvalidate: TypeAlias = Callable[[Exchange], bool]
Parameter: TypeAlias = tuple[str, str]  # where it is sent, and its name


class Kept(Struct, frozen=True):
    """`override`: what the request's template, which a hit does not render, has set for the response."""

    status: int
    headers: Headers
    body: bytes
    override: dict[str, Any]


class Caches:
    """Of one worker. `limit`: bytes of all that it keeps."""

    def __init__(self, limit: int) -> None:
        self._stores: Stores[Kept | bytes] = Stores(limit)
        self._sealer: Sealer | None = None

    def caching(self, entry: StageEntry) -> "Caching":
        store = self._stores.of(
            entry.api_id, entry.stage_name, size=entry.cache_cluster_size, generation=entry.cache_generation
        )
        return Caching(entry, store, _STAGE, entry.variables, self)

    def sealer(self) -> "Sealer":
        if self._sealer is None:
            # Imported for the first method that asks for it: it takes megabytes.
            from dataplane.caching.sealing import Sealer

            self._sealer = Sealer()
        return self._sealer


@dataclass(frozen=True, slots=True)
class Caching:
    """What the methods of one arm of a stage share."""

    entry: StageEntry
    store: Store[Kept | bytes]
    arm: str
    variables: dict[str, str]
    caches: Caches

    def of_canary(self, canary: Canary, variables: dict[str, str]) -> "Caching":
        """Its entries are its own, unless it uses the stage's."""
        return replace(self, arm=_STAGE if canary.use_stage_cache else "canary", variables=variables)

    def compile(
        self, resource: Resource, method: Method, verbs: tuple[str, ...], may_invalidate: MayInvalidate | None
    ) -> "Cache | None":
        """None for a method that is not cached. Raises MappingError."""
        settings = {verb: setting_of(self.entry.method_settings, resource.path, verb) for verb in verbs}
        found = {verb: each for verb, each in settings.items() if each.caching_enabled and each.cache_ttl_in_seconds}
        if not found:
            return None
        integration = method.integration
        space = (self.arm, integration.cache_namespace or resource.id)
        sealer = self.caches.sealer() if any(setting.cache_data_encrypted for setting in found.values()) else None
        return Cache(found, self.store, sealer, may_invalidate, space, *_parameters(integration, self.variables))


def _parameters(integration: Integration, variables: dict[str, str]) -> tuple[tuple[Parameter, ...], Mappings | None]:
    """What makes the key: parameters of the method, and of the integration, whose values its mappings make."""
    names = sorted(integration.cache_key_parameters)
    of_method: list[Parameter] = []
    for name in names:
        place, _, rest = name.removeprefix(_METHOD).partition(".")
        if name.startswith(_METHOD) and rest:
            of_method.append((place.removeprefix("multivalue"), rest))
    if integration.type == "HTTP_PROXY":  # its answers may be encoded as the client accepts them
        of_method.append(("header", "accept-encoding"))
    mapped = {
        name: integration.request_parameters[name]
        for name in names
        if name.startswith(_INTEGRATION) and name in integration.request_parameters
    }
    parameters = compile_request_parameters(mapped)
    uses_context = any(source.startswith("context.") for source in mapped.values())
    return tuple(of_method), None if parameters is None else Mappings(parameters, uses_context, variables)


@dataclass(frozen=True, slots=True)
class Cache:
    """Of one method."""

    settings: dict[str, MethodSetting]  # by verb
    store: Store[Kept | bytes]
    sealer: "Sealer | None"
    may_invalidate: MayInvalidate | None  # None: nobody, where it takes an authorization
    space: tuple[str, str]
    parameters: tuple[Parameter, ...]
    mapped: Mappings | None

    async def answer(self, exchange: Exchange, plan: Plan) -> Answer:
        """The kept one, or the backend's. Raises GatewayFault."""
        setting = self.settings.get(exchange.http_method)
        if setting is None:
            return await _integrated(exchange, plan)
        anew = _asks_anew(exchange) and self._may_ask_anew(exchange, setting)
        key = self._key(exchange, setting)
        kept = None if anew else self._find(key, exchange.started)
        if kept is not None:
            exchange.cache = HIT
            return _again(exchange, kept)
        exchange.cache = MISS
        asked = monotonic()
        answer = await _integrated(exchange, plan)
        if answer.status in _NOT_KEPT or function_error(answer.headers):
            return answer
        if anew:  # the new answer may be too long to take its place
            self.store.drop(key)
        if (answer.body.length or 0) > MAX_BYTES:
            return answer
        return self._recorded(exchange, answer, key, setting, asked)

    def tell(self, exchange: Exchange, reply: Reply) -> None:
        """Of a reply that was made: what the client has to know, and that the answer behind it may be kept."""
        if exchange.keep is not None:
            exchange.keep()
        setting = self.settings.get(exchange.http_method)
        if (
            setting is not None
            and setting.unauthorized_cache_control_header_strategy == "SUCCEED_WITH_RESPONSE_HEADER"
            and _asks_anew(exchange)
            and not self._is_authorized(exchange, setting)
        ):
            reply.headers.append(WARNING)

    def _is_authorized(self, exchange: Exchange, setting: MethodSetting) -> bool:
        """By the API's resource policy; IAM does not authorize callers here yet (docs/execution.md)."""
        if not setting.require_authorization_for_cache_control:
            return True
        return self.may_invalidate is not None and self.may_invalidate(exchange)

    def _may_ask_anew(self, exchange: Exchange, setting: MethodSetting) -> bool:
        """Raises GatewayFault."""
        if self._is_authorized(exchange, setting):
            return True
        if setting.unauthorized_cache_control_header_strategy == "FAIL_WITH_403":
            raise GatewayFault("ACCESS_DENIED", "Unauthorized")
        return False

    def _key(self, exchange: Exchange, setting: MethodSetting) -> Hashable:
        values: tuple[Any, ...] = ()
        if self.parameters:
            values = tuple(_values(exchange, self.parameters))
        if self.mapped is not None:
            mapped = self.mapped.apply(exchange)
            values += (tuple(mapped.path.items()), tuple(mapped.querystring), tuple(mapped.header))
        key = (*self.space, exchange.http_method, values)
        return self.sealer.name(key) if self.sealer is not None and setting.cache_data_encrypted else key

    def _find(self, key: Hashable, now: float) -> Kept | None:
        found = self.store.find(key, now)
        if not isinstance(found, bytes):
            return found
        return None if self.sealer is None else self.sealer.open(found, Kept)

    def _recorded(
        self, exchange: Exchange, answer: Answer, key: Hashable, setting: MethodSetting, asked: float
    ) -> Answer:
        """What is there already is taken at once: a response with a template of its own may not read it."""
        override = copy.deepcopy(response_override(exchange))
        until = exchange.started + setting.cache_ttl_in_seconds

        def keep(body: bytes) -> None:
            kept = Kept(answer.status, list(answer.headers), body, override)
            sealed = self.sealer.seal(kept) if self.sealer is not None and setting.cache_data_encrypted else None
            size = len(body) + sum(len(name) + len(text) for name, text in kept.headers)
            self.store.keep(key, sealed or kept, size=size, asked=asked, until=until)

        keeping = _Keeping(keep)
        exchange.keep = keeping.approve
        body = answer.body.whole()
        if body is None:
            return _Recorded(answer, keeping.came)
        keeping.came(body)
        return answer


class _Keeping:
    """An answer is kept when all of it has come and a reply was made of it: one that ends in a fault, as a malformed
    one of a function does, is not."""

    __slots__ = ("_approved", "_body", "_keep")

    def __init__(self, keep: Callable[[bytes], None]) -> None:
        self._keep = keep
        self._approved = False
        self._body: bytes | None = None

    def approve(self) -> None:
        self._approved = True
        if self._body is not None:
            self._keep(self._body)

    def came(self, body: bytes) -> None:
        self._body = body
        if self._approved:
            self._keep(body)


async def _integrated(exchange: Exchange, plan: Plan) -> Answer:
    return await integrate(exchange, plan.integrate, plan.transform_request(exchange))


def _asks_anew(exchange: Exchange) -> bool:
    """`Cache-Control: max-age=0`"""
    return any(
        name.lower() == b"cache-control" and b"max-age=0" in value.lower().replace(b" ", b"").split(b",")
        for name, value in exchange.headers
    )


def _values(exchange: Exchange, parameters: tuple[Parameter, ...]) -> list[tuple[str, ...]]:
    """All values of each, as sent; headers in whatever case, so that no spelling finds another's answer."""
    given = request_params(exchange)
    found: list[tuple[str, ...]] = []
    for place, name in parameters:
        if place == "path":
            found.append((given.path.get(name, ""),))
        elif place == "querystring":
            found.append(tuple(given.querystring.get(name, ())))
        else:
            wanted = name.lower()
            values = (values for key, values in given.header.items() if key.lower() == wanted)
            found.append(tuple(value for several in values for value in several))
    return found


class _Again:
    """An `Answer` that was kept."""

    __slots__ = ("body", "head", "headers", "status")

    def __init__(self, kept: Kept) -> None:
        self.status = kept.status
        self.headers: Headers = list(kept.headers)
        self.body: Body = Whole(kept.body)
        self.head: AnswerHead | None = None

    def close(self) -> None:
        pass


def _again(exchange: Exchange, kept: Kept) -> Answer:
    if kept.override:
        context_of(exchange)["responseOverride"] = copy.deepcopy(kept.override)
    exchange.trace_id = trace.trace_id(first_header(exchange.headers, b"x-amzn-trace-id"), exchange.request_time)
    return _Again(kept)


class _Recorded:
    """An `Answer` that is kept once all of its body has come by."""

    __slots__ = ("body", "close", "head", "headers", "status")

    def __init__(self, answer: Answer, keep: Callable[[bytes], None]) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.head = answer.head
        self.body: Body = _Recording(answer.body, keep)
        self.close = answer.close


class _Recording:
    """A Body. What turns out to be too long passes on unkept."""

    __slots__ = ("_body", "_keep", "_pieces", "_size", "length")

    def __init__(self, body: Body, keep: Callable[[bytes], None]) -> None:
        self._body = body
        self._keep = keep
        self._pieces: list[bytes] | None = []  # None: it is decided
        self._size = 0
        self.length = body.length

    def whole(self) -> bytes | None:
        body = self._body.whole()
        if body is not None:
            self._came(body)
        return body

    async def read(self) -> bytes:
        body = await self._body.read()
        self._came(body)
        return body

    async def chunk(self) -> bytes:
        piece = await self._body.chunk()
        if self._pieces is not None:
            self._gather(self._pieces, piece)
        return piece

    def _gather(self, pieces: list[bytes], piece: bytes) -> None:
        if not piece:
            self._came(b"".join(pieces))
            return
        pieces.append(piece)
        self._size += len(piece)
        if self._size > MAX_BYTES:
            self._pieces = None

    def _came(self, body: bytes) -> None:
        if self._pieces is not None and len(body) <= MAX_BYTES:
            self._keep(body)
        self._pieces = None
