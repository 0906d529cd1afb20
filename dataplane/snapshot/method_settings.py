"""How a stage treats each of its methods, as nodes do it and pages show it.

A stage's methods are verbs of paths: one that is drawn as ANY is all of them. AWS takes settings of one verb, or of all
methods together, and refuses those of ANY and of a path's `*` ("Invalid method setting path"). Sources: botocore,
`Stage.methodSettings`; developer guide, "Override API Gateway stage-level caching for method caching"; refusals that
users of AWS have published; behaviours 99 and 100.
"""

from collections.abc import Container, Mapping
from typing import Final

import msgspec

from dataplane.snapshot.values import Base

ALL: Final = "*/*"
# What ANY stands for (behaviours 6).
VERBS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def verbs_of(http_method: str, drawn: Container[str]) -> tuple[str, ...]:
    """Those that a method answers; `drawn` has all methods of its path."""
    if http_method != "ANY":
        return (http_method,)
    return tuple(verb for verb in VERBS if verb not in drawn)


class MethodSetting(Base, frozen=True):
    """One entry of a stage's `methodSettings`. Its defaults are what the first write to a key fills in."""

    metrics_enabled: bool = False
    logging_level: str = "OFF"
    data_trace_enabled: bool = False
    throttling_burst_limit: int = 5000  # -1: no limit
    throttling_rate_limit: float = 10000.0
    caching_enabled: bool = False
    cache_ttl_in_seconds: int = 300
    cache_data_encrypted: bool = False
    require_authorization_for_cache_control: bool = True
    unauthorized_cache_control_header_strategy: str = "SUCCEED_WITH_RESPONSE_HEADER"


# What counts where nothing is set for all methods: no limit but the account's holds, and GET is cached.
UNSET: Final = MethodSetting(throttling_burst_limit=-1, throttling_rate_limit=-1.0, caching_enabled=True)


def setting_key(resource_path: str, verb: str) -> str:
    """`~1pets/GET`"""
    path = resource_path.replace("~", "~0").replace("/", "~1")
    return f"{path}/{verb}"


def setting_of(settings: Mapping[str, MethodSetting], resource_path: str, verb: str) -> MethodSetting:
    """What counts for a verb of a path: its own entry, which is whole, or else that of all methods, of whose caching
    only GET takes anything."""
    own = settings.get(setting_key(resource_path, verb))
    if own is not None:
        return own
    of_all = settings.get(ALL, UNSET)
    if verb == "GET" or not of_all.caching_enabled:
        return of_all
    return msgspec.structs.replace(of_all, caching_enabled=False)
