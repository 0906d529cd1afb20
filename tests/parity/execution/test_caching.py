"""Rows 100 and 101: which requests of a stage with a cache reach the backend, whose answers are numbered from 1."""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from dataplane.snapshot import MethodSetting, Resource
from tests.dataplane.execution import House, answer, in_house
from tests.parity.execution.cases import proxy

ANEW = {"Cache-Control": "max-age=0"}
WARNING = "199 Cache-control headers were ignored because the caller was unauthorized."
BY_TYPE = ("method.request.querystring.type",)
REFUSED = b'{"Message":"Unauthorized"}'


@dataclass(frozen=True)
class Cached:
    row: int
    source: str
    says: str
    replies: tuple[bytes, ...]  # to `asks`, in turn
    asks: tuple[str, ...] = ("GET /dev/a", "GET /dev/a")
    drawn: tuple[Resource, ...] = (proxy(),)
    settings: dict[str, MethodSetting] = field(default_factory=lambda: {"*/*": on()})
    headers: dict[str, str] = field(default_factory=dict)  # of all requests but the first
    status: int = 200  # of all replies but the first
    warning: str | None = None
    policy: str = ""
    stage: dict[str, Any] = field(default_factory=lambda: {"cache_enabled": True})

    def __str__(self) -> str:
        return f"{self.row} [{self.source}] {self.says}"


def on(**setting: Any) -> MethodSetting:
    return MethodSetting(caching_enabled=True, **setting)


def policy(*actions: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": actions, "Resource": "execute-api:/dev/GET/a"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def strategy(name: str) -> dict[str, MethodSetting]:
    return {"*/*": on(unauthorized_cache_control_header_strategy=name)}


CASES = (
    Cached(100, "DOC", "a GET is cached", (b"1", b"1")),
    Cached(100, "DOC", "without a cache of the stage nothing is", (b"1", b"2"), stage={}),
    Cached(100, "DOC", "without a setting too: GET is on by default", (b"1", b"1"), settings={}),
    Cached(100, "DOC", "other verbs are not", (b"1", b"2"), ("POST /dev/a",) * 2),
    Cached(
        100, "DOC", "unless a method's own setting says so", (b"1", b"1"), ("POST /dev/a",) * 2,
        settings={"~1a/POST": on()}, drawn=(proxy(method="POST"),),
    ),
    Cached(
        100, "DOC", "nor is a GET whose own setting says so", (b"1", b"2"),
        settings={"*/*": on(), "~1a/GET": MethodSetting()}, drawn=(proxy(method="GET"),),
    ),
    Cached(100, "DOC", "a TTL of 0 is no caching", (b"1", b"2"), settings={"*/*": on(cache_ttl_in_seconds=0)}),
    Cached(
        100, "DOC", "the query is no part of the key", (b"1", b"1"),
        ("GET /dev/a?type=admin&department=A", "GET /dev/a?type=regular&department=B"),
    ),
    Cached(
        100, "DOC", "but for the parameters that are to be", (b"1", b"2", b"1"),
        ("GET /dev/a?type=admin&department=A", "GET /dev/a?type=regular", "GET /dev/a?type=admin&department=B"),
        drawn=(proxy(cache_key_parameters=BY_TYPE),),
    ),
    Cached(
        100, "DOC", "nor is the path", (b"1", b"1"), ("GET /dev/a/1", "GET /dev/a/2"), drawn=(proxy(path="/a/{id}"),)
    ),
    Cached(
        100, "DOC", "but for its parameters that are to be", (b"1", b"2"), ("GET /dev/a/1", "GET /dev/a/2"),
        drawn=(proxy(path="/a/{id}", cache_key_parameters=("method.request.path.id",)),),
    ),
    Cached(
        100, "DOC", "methods have a namespace each", (b"1", b"2"), ("GET /dev/a", "GET /dev/b"),
        drawn=(proxy(cache_namespace="a"), proxy(path="/b", cache_namespace="b")),
    ),
    Cached(
        100, "DOC", "unless they share one", (b"1", b"1"), ("GET /dev/a", "GET /dev/b"),
        drawn=(proxy(cache_namespace="a"), proxy(path="/b", cache_namespace="a")),
    ),
    Cached(
        101, "DOC", "max-age=0 reaches the backend, and its answer takes the place of the kept one", (b"1", b"2", b"3"),
        ("GET /dev/a",) * 3, headers=ANEW, settings={"*/*": on(require_authorization_for_cache_control=False)},
    ),
    Cached(
        101, "DOC", "no other directive does", (b"1", b"1"), headers={"Cache-Control": "no-cache, max-age=1"},
        settings={"*/*": on(require_authorization_for_cache_control=False)},
    ),
    Cached(
        101, "DOC", "with authorization required: 403", (b"1", REFUSED), headers=ANEW, status=403,
        settings=strategy("FAIL_WITH_403"),
    ),
    Cached(
        101, "DOC", "or the kept one with a warning", (b"1", b"1"), headers=ANEW, warning=WARNING,
        settings=strategy("SUCCEED_WITH_RESPONSE_HEADER"),
    ),
    Cached(
        101, "DOC", "or the kept one without", (b"1", b"1"), headers=ANEW,
        settings=strategy("SUCCEED_WITHOUT_RESPONSE_HEADER"),
    ),
    Cached(
        101, "DOC", "a policy that allows execute-api:InvalidateCache is an authorization", (b"1", b"2"), headers=ANEW,
        settings=strategy("FAIL_WITH_403"), policy=policy("execute-api:Invoke", "execute-api:InvalidateCache"),
    ),
    Cached(
        101, "DOC", "one that allows no more than to invoke is none", (b"1", b"1"), headers=ANEW, warning=WARNING,
        settings={}, policy=policy("execute-api:Invoke"),
    ),
    Cached(101, "DOC", "the default is the warning", (b"1", b"1"), headers=ANEW, warning=WARNING, settings={}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_cached_stage_answers_as_the_row_says(case: Cached) -> None:
    async def scenario(house: House) -> None:
        numbers = count(1)
        house.backend.script = lambda message: answer(body=b"%d" % next(numbers))
        house.deploy(*case.drawn, stage={"method_settings": case.settings, **case.stage}, policy=case.policy)
        replies = []
        for ask in case.asks:
            method, target = ask.split(" ")
            replies.append(await house.call(method, target, case.headers if replies else {}))
        assert tuple(reply.body for reply in replies) == case.replies
        assert {reply.status for reply in replies[1:]} == {case.status}
        assert [reply.header("Warning") for reply in replies] == [None] + [case.warning] * (len(replies) - 1)

    in_house(scenario)


@pytest.mark.parametrize(("use_stage_cache", "replies"), [(False, [b"1", b"2", b"1"]), (True, [b"1", b"1", b"1"])])
def test_row_101_base_and_canary_are_apart_unless_the_canary_uses_the_stages_cache(
    use_stage_cache: bool, replies: list[bytes]
) -> None:
    """Source: API reference, `canarySettings/useStageCache` (botocore's model)."""

    async def scenario(house: House) -> None:
        numbers = count(1)
        house.backend.script = lambda message: answer(body=b"%d" % next(numbers))
        found = []
        for percent in (0.0, 100.0, 0.0):
            house.deploy(
                proxy(),
                canary=(percent, (proxy(),), {}),
                use_stage_cache=use_stage_cache,
                stage={"cache_enabled": True},
            )
            found.append((await house.call("GET", "/dev/a")).body)
        assert found == replies

    in_house(scenario)


def test_row_102_a_flush_acts_at_once() -> None:
    """A flush is a change of `cache_generation`; tests/console/stages/test_stages.py has its other end."""

    async def scenario(house: House) -> None:
        numbers = count(1)
        house.backend.script = lambda message: answer(body=b"%d" % next(numbers))
        found = []
        for generation in (0, 0, 1):
            house.deploy(proxy(), stage={"cache_enabled": True, "cache_generation": generation})
            found.append((await house.call("GET", "/dev/a")).body)
        assert found == [b"1", b"1", b"2"]

    in_house(scenario)
