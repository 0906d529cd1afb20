"""A stage's `methodSettings`: what AWS calls each, where a patch path names it, what it may be.

A key is `{resource path, escaped}/{verb}` or `*/*`. Callers write the path with its first slash (`~1pets/GET`) or
without (`pets/GET`, as Terraform does); both mean the same and neither is rewritten, since callers look their own up.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from console.apis.models import HTTP_METHODS
from console.core.faults import BadRequest
from console.core.patch import PatchOperation, escape, unescape
from console.stages.services import values

Settings: TypeAlias = dict[str, dict[str, Any]]

# What the first write to a key fills in.
DEFAULTS: dict[str, Any] = {
    "metricsEnabled": False,
    "loggingLevel": "OFF",
    "dataTraceEnabled": False,
    "throttlingBurstLimit": 5000,
    "throttlingRateLimit": 10000.0,
    "cachingEnabled": False,
    "cacheTtlInSeconds": 300,
    "cacheDataEncrypted": False,
    "requireAuthorizationForCacheControl": True,
    "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}
NO_LIMIT = -1
# What counts where nothing is set for all methods: nodes cache GET, and no limit but the account's holds.
UNSET: dict[str, Any] = {
    **DEFAULTS,
    "throttlingBurstLimit": NO_LIMIT,
    "throttlingRateLimit": float(NO_LIMIT),
    "cachingEnabled": True,
}
STRATEGIES = ("FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER")
_UNLIMITED = 2**31 - 1

# The end of the patch path -> the member and its reader. A throttle of -1 is none, as Terraform writes it.
PATHS: dict[str, tuple[str, Callable[[PatchOperation], Any]]] = {
    "metrics/enabled": ("metricsEnabled", values.boolean),
    "logging/loglevel": ("loggingLevel", values.one_of(("OFF", "ERROR", "INFO"))),
    "logging/dataTrace": ("dataTraceEnabled", values.boolean),
    "throttling/burstLimit": ("throttlingBurstLimit", values.within(-1, _UNLIMITED)),
    "throttling/rateLimit": ("throttlingRateLimit", values.at_least(-1)),
    "caching/enabled": ("cachingEnabled", values.boolean),
    "caching/ttlInSeconds": ("cacheTtlInSeconds", values.within(0, 3600)),
    "caching/dataEncrypted": ("cacheDataEncrypted", values.boolean),
    "caching/requireAuthorizationForCacheControl": ("requireAuthorizationForCacheControl", values.boolean),
    "caching/unauthorizedCacheControlHeaderStrategy": (
        "unauthorizedCacheControlHeaderStrategy",
        values.one_of(STRATEGIES),
    ),
}


def canonical(key: str) -> str:
    """`pets/GET` and `~1pets/GET` are `~1pets/GET`: how a resource's own path is escaped."""
    resource, _, http_method = key.rpartition("/")
    if resource == "*":
        return key
    path = unescape(resource)
    return f"{escape(path if path.startswith('/') else '/' + path)}/{http_method}"


def change(settings: Settings, resource: str, http_method: str, member: str, value: Any) -> None:
    """Set one member; the first write to a key makes a whole block."""
    settings.setdefault(_key(settings, resource, http_method), dict(DEFAULTS))[member] = value


def remove(settings: Settings, resource: str, http_method: str) -> None:
    settings.pop(_key(settings, resource, http_method), None)


def block(settings: Settings, resource: str, http_method: str) -> dict[str, Any] | None:
    """What is set for this method itself, or with `*` and `*` for all."""
    return settings.get(_key(settings, resource, http_method))


def operations(
    settings: Settings, resource: str, http_method: str, counting: Mapping[str, Any], wanted: Mapping[str, Any]
) -> list[dict[str, str]]:
    """UpdateStage's way from the members that count for a method to those that are wanted, of which none may lack.

    The first write to a key fills in what may not be what counted before, so that one says all members.
    """
    if all(member in counting and wanted[member] == counting[member] for member in DEFAULTS):
        return []
    before = block(settings, resource, http_method) or {}
    place = f"/{escape(resource)}/{http_method}"
    return [
        {"op": "replace", "path": f"{place}/{path}", "value": _said(wanted[member])}
        for path, (member, _) in PATHS.items()
        if member not in before or before[member] != wanted[member]
    ]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _key(settings: Settings, resource: str, http_method: str) -> str:
    """The key that is there for this method already, or else the one that was given."""
    if http_method != "*" and http_method not in HTTP_METHODS:
        raise BadRequest(f"Invalid method setting path: /{escape(resource)}/{http_method}", field="methodSettings")
    given = f"{escape(resource)}/{http_method}"
    return next((key for key in settings if canonical(key) == canonical(given)), given)
