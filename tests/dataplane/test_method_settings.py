"""Which settings count for which verb, as throttle and cache apply them. Sources: botocore, `Stage.methodSettings`;
developer guide, "Override API Gateway stage-level caching for method caching" and "Default method throttling and
overriding default method throttling"."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dataplane.faults import GatewayFault
from dataplane.limits.clients import Clients
from dataplane.limits.meter import Meter
from dataplane.plan import Throttle
from dataplane.snapshot import Integration, Method, Resource, StageEntry
from dataplane.snapshot.method_settings import VERBS, MethodSetting, setting_of, verbs_of
from dataplane.steps.cache import Caches
from dataplane.steps.throttle import compile_throttle

OPEN, CLOSED = {"throttling_rate_limit": -1.0}, {"throttling_rate_limit": 0.0}
KEPT, NOT_KEPT = {"caching_enabled": True}, {"caching_enabled": False}
OTHERS = ["DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]


def block(*parts: dict[str, Any]) -> MethodSetting:
    return MethodSetting(**{name: value for part in parts for name, value in part.items()})


def entry(settings: dict[str, MethodSetting]) -> StageEntry:
    return StageEntry(
        api_id="api1",
        stage_name="dev",
        generation=1,
        deployment_id="dep1",
        digest="d",
        cache_enabled=True,
        method_settings=settings,
    )


# Of the methods that are drawn on /pets/{id}: which verbs let nothing pass, and which are cached.
CASES: list[tuple[str, dict[str, MethodSetting], str, list[str], list[str]]] = [
    ("nothing is set", {}, "GET", [], ["GET"]),
    ("nothing is set", {}, "POST", [], []),
    ("nothing is set", {}, "ANY", [], ["GET"]),
    ("all are set", {"*/*": block(CLOSED, KEPT)}, "GET", ["GET"], ["GET"]),
    ("all are set", {"*/*": block(CLOSED, KEPT)}, "POST", ["POST"], []),
    ("all are set", {"*/*": block(CLOSED, KEPT)}, "ANY", [*VERBS], ["GET"]),
    ("all are kept from caching", {"*/*": block(OPEN, NOT_KEPT)}, "ANY", [], []),
    ("the method's own", {"*/*": block(CLOSED, NOT_KEPT), "~1pets~1{id}/GET": block(OPEN, KEPT)}, "GET", [], ["GET"]),
    ("the method's own", {"*/*": block(OPEN, KEPT), "~1pets~1{id}/GET": block(CLOSED, NOT_KEPT)}, "GET", ["GET"], []),
    ("of another verb", {"~1pets~1{id}/POST": block(CLOSED, KEPT)}, "GET", [], ["GET"]),
    ("of POST, which is then cached", {"~1pets~1{id}/POST": block(OPEN, KEPT)}, "POST", [], ["POST"]),
    ("of one verb of ANY", {"~1pets~1{id}/POST": block(CLOSED, KEPT)}, "ANY", ["POST"], ["GET", "POST"]),
    (
        "of one verb of ANY, and of all",
        {"*/*": block(CLOSED, KEPT), "~1pets~1{id}/GET": block(OPEN, NOT_KEPT)},
        "ANY",
        OTHERS,
        [],
    ),
    (
        "ANY and * name no verb",
        {"~1pets~1{id}/ANY": block(CLOSED), "~1pets~1{id}/*": block(CLOSED)},
        "ANY",
        [],
        ["GET"],
    ),
    ("of another path", {"~1pets/GET": block(CLOSED, NOT_KEPT), "*/GET": block(CLOSED)}, "GET", [], ["GET"]),
    ("a time to live of 0 keeps nothing", {"*/*": block(OPEN, KEPT, {"cache_ttl_in_seconds": 0})}, "GET", [], []),
]


@pytest.mark.parametrize(("name", "settings", "drawn", "closed", "cached"), CASES)
def test_throttle_and_cache_take_the_same_settings(
    name: str, settings: dict[str, MethodSetting], drawn: str, closed: list[str], cached: list[str]
) -> None:
    method = Method(http_method=drawn, integration=Integration(type="MOCK"))
    verbs = verbs_of(drawn, (drawn,))
    throttle = compile_throttle(entry(settings), "HEADER", "/pets/{id}", method, verbs, Clients(Meter(lambda: 0.0)))
    assert [verb for verb in verbs if refuses(throttle, verb)] == closed
    resource = Resource(id="r1", path="/pets/{id}", methods=(method,))
    cache = Caches(1 << 20).caching(entry(settings)).compile(resource, method, verbs, None)
    assert ([] if cache is None else list(cache.settings)) == cached


def refuses(throttle: Throttle | None, verb: str) -> bool:
    asked: Any = SimpleNamespace(http_method=verb, started=0.0)
    try:
        cast(Callable[[Any], None], throttle or (lambda exchange: None))(asked)
    except GatewayFault as fault:
        assert fault.type.name == "THROTTLED"
        return True
    return False


def test_any_answers_the_verbs_that_are_not_drawn_beside_it() -> None:
    assert verbs_of("ANY", {"ANY", "GET", "POST"}) == ("DELETE", "HEAD", "OPTIONS", "PATCH", "PUT")
    assert verbs_of("GET", {"ANY", "GET"}) == ("GET",)


def test_an_escaped_path_is_found_as_the_console_writes_it() -> None:
    own = MethodSetting(cache_ttl_in_seconds=1)
    assert setting_of({"~1a~0b~1{id}/GET": own}, "/a~b/{id}", "GET") is own


def test_without_a_setting_the_time_to_live_is_300_seconds_and_invalidation_takes_an_authorization() -> None:
    found = setting_of({}, "/pets", "GET")
    assert (found.cache_ttl_in_seconds, found.require_authorization_for_cache_control) == (300, True)
