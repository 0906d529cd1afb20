"""A stage's `methodSettings`: what AWS calls each, where a patch path names it, what it may be.

A key is `{resource path, escaped}/{verb}` or `*/*`. Callers write the path with its first slash (`~1pets/GET`) or
without (`pets/GET`), and escaped or not (`pets/{id}/GET`, as Terraform does); all mean the same and none is rewritten,
since callers look their own up.
Which of them counts for a method is said once, for pages and nodes, in dataplane/snapshot/method_settings.py.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from console.core.faults import BadRequest
from console.core.patch import PatchOperation, escape, unescape
from console.stages.services import values
from dataplane.snapshot.method_settings import ALL, VERBS, MethodSetting

Settings: TypeAlias = dict[str, dict[str, Any]]


def members(setting: MethodSetting) -> dict[str, Any]:
    """By AWS's names."""
    return {field.encode_name: getattr(setting, field.name) for field in msgspec.structs.fields(MethodSetting)}


# What the first write to a key fills in.
DEFAULTS = members(MethodSetting())
NO_LIMIT = -1
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


def counting(settings: Settings) -> dict[str, MethodSetting]:
    """As nodes are told them."""
    return {canonical(key): msgspec.convert(block, MethodSetting) for key, block in settings.items()}


def check(path: str, key: str) -> None:
    """All methods, or one verb: AWS refuses ANY, and `*` for the verb alone. Raises BadRequest, naming the path."""
    if key != ALL and key.rpartition("/")[2] not in VERBS:
        raise BadRequest(f"Invalid method setting path: {path}", field=path)


def change(settings: Settings, key: str, member: str, value: Any) -> None:
    """Set one member; the first write to a key makes a whole block."""
    settings.setdefault(_there(settings, key), dict(DEFAULTS))[member] = value


def remove(settings: Settings, key: str) -> dict[str, Any] | None:
    """What was set."""
    return settings.pop(_there(settings, key), None)


def block(settings: Settings, key: str) -> dict[str, Any] | None:
    """What is set by a key itself, however it is spelled."""
    return settings.get(_there(settings, key))


def key_of(resource_path: str, http_method: str) -> str:
    """In a patch path; of all methods, each is `*`."""
    return f"{escape(resource_path)}/{http_method}"


def operations(
    settings: Settings, resource: str, http_method: str, counting: Mapping[str, Any], wanted: Mapping[str, Any]
) -> list[dict[str, str]]:
    """UpdateStage's way from the members that count for a method to those that are wanted, of which none may lack.

    The first write to a key fills in what may not be what counted before, so that one says all members.
    """
    if all(member in counting and wanted[member] == counting[member] for member in DEFAULTS):
        return []
    key = key_of(resource, http_method)
    before = block(settings, key) or {}
    return [
        {"op": "replace", "path": f"/{key}/{path}", "value": _said(wanted[member])}
        for path, (member, _) in PATHS.items()
        if member not in before or before[member] != wanted[member]
    ]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _there(settings: Settings, key: str) -> str:
    """The key that is there for this method already, or else the one that was given."""
    return next((each for each in settings if canonical(each) == canonical(key)), key)
