"""Source: developer guide, "Override API Gateway stage-level caching for method caching"."""

import pytest

from dataplane.caching.settings import cached
from dataplane.snapshot import MethodSetting, StageEntry

ON = MethodSetting(caching_enabled=True, cache_ttl_in_seconds=60)
OFF = MethodSetting(caching_enabled=False)


def entry(settings: dict[str, MethodSetting], *, enabled: bool = True) -> StageEntry:
    return StageEntry(
        api_id="api1",
        stage_name="dev",
        generation=1,
        deployment_id="dep1",
        digest="d",
        cache_enabled=enabled,
        method_settings=settings,
    )


@pytest.mark.parametrize(
    ("settings", "drawn", "verb", "is_cached"),
    [
        ({}, "GET", "GET", True),
        ({}, "POST", "POST", False),
        ({}, "ANY", "GET", True),
        ({}, "ANY", "POST", False),
        ({"*/*": ON}, "GET", "GET", True),
        ({"*/*": ON}, "POST", "POST", False),
        ({"*/*": OFF}, "GET", "GET", False),
        ({"*/*": OFF, "~1pets~1{id}/GET": ON}, "GET", "GET", True),
        ({"*/*": ON, "~1pets~1{id}/GET": OFF}, "GET", "GET", False),
        ({"~1pets~1{id}/POST": ON}, "POST", "POST", True),
        ({"~1pets~1{id}/ANY": ON}, "ANY", "POST", True),
        ({"~1pets/GET": OFF}, "GET", "GET", True),
        ({"*/*": MethodSetting(caching_enabled=True, cache_ttl_in_seconds=0)}, "GET", "GET", False),
    ],
)
def test_only_get_is_cached_unless_a_method_says_otherwise(
    settings: dict[str, MethodSetting], drawn: str, verb: str, is_cached: bool
) -> None:
    assert (cached(entry(settings), "/pets/{id}", drawn, verb) is not None) is is_cached


def test_a_stage_without_a_cache_caches_nothing() -> None:
    assert cached(entry({"*/*": ON}, enabled=False), "/pets", "GET", "GET") is None


def test_without_a_setting_the_time_to_live_is_300_seconds() -> None:
    found = cached(entry({}), "/pets", "GET", "GET")
    assert found is not None
    assert (found.cache_ttl_in_seconds, found.require_authorization_for_cache_control) == (300, True)
