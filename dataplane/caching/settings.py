"""Which methods of a stage are cached, and how: its `methodSettings` as they count for one method and verb.

Source: developer guide, "Enabling API caching to enhance responsiveness".
"""

from collections.abc import Mapping

from dataplane.snapshot import MethodSetting, StageEntry

_ALL = "*/*"


def cached(entry: StageEntry, resource_path: str, drawn: str, verb: str) -> MethodSetting | None:
    """None where nothing is cached. `drawn` is ANY or the verb: a setting of the method itself may name either. Of
    what is set for all methods only GET takes its caching."""
    if not entry.cache_enabled:
        return None
    own = _own(entry.method_settings, resource_path, drawn, verb)
    if own is None and verb == "GET":
        own = entry.method_settings.get(_ALL, MethodSetting(caching_enabled=True))
    return own if own is not None and own.caching_enabled and own.cache_ttl_in_seconds > 0 else None


def _own(settings: Mapping[str, MethodSetting], resource_path: str, drawn: str, verb: str) -> MethodSetting | None:
    path = resource_path.replace("~", "~0").replace("/", "~1")
    return settings.get(f"{path}/{verb}") or settings.get(f"{path}/{drawn}")
