"""Nodes with several workers, and several nodes, over a real Valkey: what passes of what is limited."""

import hashlib
import http.client
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import redis
from django.conf import settings

from dataplane.limits.ledger import Kept
from dataplane.snapshot import ApiKey, KeyPlan, Method, MethodSetting, PlanStage, Quota, Throttle, UsagePlan
from tests.dataplane.node.conftest import Start
from tests.dataplane.node.console import SECONDS, Console, document, mock
from tests.dataplane.node.running import RunningNode

VALUE = "apikey1234abcdefghij0123456789"
PATH = "/restapis/api1/dev/_user_request_/pets"
MONTH = Quota(limit=50, period="MONTH")
MODEST = Throttle(rate_limit=40, burst_limit=20)


def gold(**limits: Any) -> UsagePlan:
    return UsagePlan(id="gold", stages=(PlanStage(api_id="api1", stage_name="dev"),), **limits)


def key(**membership: Any) -> ApiKey:
    digest = hashlib.sha256(VALUE.encode()).hexdigest()
    return ApiKey(id="key1", digest=digest, plans=(KeyPlan(plan_id="gold", **membership),))


def keyed() -> Method:
    return Method(http_method="GET", integration=mock(), api_key_required=True)


def call(node: RunningNode, connection: http.client.HTTPConnection | None = None) -> int:
    own = connection or http.client.HTTPConnection("127.0.0.1", node.ports[0], timeout=SECONDS)
    own.request("GET", PATH, headers={"X-API-Key": VALUE})
    answer = own.getresponse()
    answer.read()
    if connection is None:
        own.close()
    return answer.status


def hammer(*nodes: RunningNode, seconds: float, threads: int = 8) -> tuple[Counter[int], float]:
    """Each thread on one connection, so that all workers of all nodes are asked, some more than others. What was
    answered, and within how many seconds."""
    statuses: Counter[int] = Counter()
    began = time.monotonic()
    lock = threading.Lock()

    def ask(node: RunningNode) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", node.ports[0], timeout=SECONDS)
        seen: Counter[int] = Counter()
        while time.monotonic() < began + seconds:
            seen[call(node, connection)] += 1
        connection.close()
        with lock:
            statuses.update(seen)

    asking = [threading.Thread(target=ask, args=(nodes[n % len(nodes)],)) for n in range(threads)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    return statuses, time.monotonic() - began


def check_kept(statuses: Counter[int], seconds: float, limit: Throttle) -> None:
    """Unshared it would be twice as much; docs/operations.md states the accuracy, which a busy machine does not reach.
    Far more is asked for than the limit, even there."""
    assert set(statuses) == {200, 429}
    assert 0.75 <= statuses[200] / (limit.rate_limit * seconds + limit.burst_limit) <= 1.5, (statuses, seconds)


def until(holds: Any, seconds: float = SECONDS) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


@pytest.fixture
def other_node(tmp_path: Path, console: Console) -> Iterator[RunningNode]:
    node = RunningNode(tmp_path / "other", console.url, STAGEDOOR_NODE_ID="node-2", VALKEY_URL=settings.VALKEY_URL)
    yield node
    node.kill()


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def used_of_quotas() -> list[int]:
    with redis.Redis.from_url(settings.VALKEY_URL) as client:
        return [sum(map(int, client.hvals(key))) for key in client.scan_iter("stagedoor:*:quota:gold/key1/*")]


def kept_of_quotas(node_home: Path) -> list[int]:
    """What its agent has learned that all used."""
    try:
        kept = msgspec.json.decode((node_home / "usage.json").read_bytes(), type=Kept)
    except FileNotFoundError:
        return []
    return [share.total for _, share in kept.shares]


def test_two_workers_keep_one_limit(console: Console, start_node: Start) -> None:
    """No Valkey is needed for that."""
    console.deploy(document(keyed()))
    console.admit(key(), plans=(gold(throttle=MODEST),))
    node = start_node(workers=2)
    node.wait_until_ready()
    check_kept(*hammer(node, seconds=4.0), MODEST)


def test_two_nodes_keep_one_limit_over_valkey(console: Console, start_node: Start, other_node: RunningNode) -> None:
    console.deploy(document(keyed()))
    console.admit(key(), plans=(gold(throttle=MODEST),))
    node = start_node(VALKEY_URL=settings.VALKEY_URL)
    for one in (node, other_node):
        one.wait_until_ready()
        until(lambda one=one: one.status()["valkey"] == "connected")  # type: ignore[misc]
    until(lambda: b"stagedoor_sharing_nodes 2" in node.ask("/metrics")[1])
    check_kept(*hammer(node, other_node, seconds=4.0), MODEST)


def test_a_stages_limit_is_kept_by_one_worker_to_the_request(console: Console, start_node: Start) -> None:
    entry = console.deploy(document(Method(http_method="GET", integration=mock())))
    slow = MethodSetting(throttling_rate_limit=0.001, throttling_burst_limit=7)
    console.point("api1", digest=entry.digest, deployment_id="d", method_settings={"*/*": slow})
    node = start_node()
    node.wait_until_ready()
    assert [call(node) for _ in range(10)] == [200] * 7 + [429] * 3


def test_the_accounts_limit_bounds_all_and_changes_at_once(console: Console, start_node: Start) -> None:
    console.deploy(document(Method(http_method="GET", integration=mock())))
    node = start_node()
    node.wait_until_ready()
    assert call(node) == 200
    console.admit(account=Throttle(rate_limit=0, burst_limit=1))
    until(lambda: call(node) == 429)


def test_a_quota_is_counted_over_a_restart_and_a_kill_of_a_worker(console: Console, start_node: Start) -> None:
    console.deploy(document(keyed()))
    console.admit(key(), plans=(gold(quota=MONTH),))
    console.stop()
    console.start()
    node = start_node()
    node.wait_until_ready()
    assert [call(node) for _ in range(20)] == [200] * 20
    console.wait_for_report(lambda report: [use.used for use in report.usage] == [20])
    console.stop()
    node.stop()
    node = start_node()  # without the console, from disk
    node.wait_until_ready()
    assert [call(node) for _ in range(31)] == [200] * 30 + [429]
    console.start()
    report = console.wait_for_report(lambda report: [use.used for use in report.usage] == [50])
    assert report.usage_life == console.reports[0].usage_life


def test_two_nodes_count_one_quota(console: Console, start_node: Start, other_node: RunningNode) -> None:
    console.deploy(document(keyed()))
    console.admit(key(), plans=(gold(quota=MONTH),))
    node = start_node(VALKEY_URL=settings.VALKEY_URL)
    for one in (node, other_node):
        one.wait_until_ready()
    assert [call(node) for _ in range(30)] == [200] * 30
    until(lambda: 30 in used_of_quotas())
    assert call(other_node) == 200
    until(lambda: 31 in kept_of_quotas(other_node.home / "nodes/node-2"))
    time.sleep(0.5)  # for what its agent knows by then to reach the worker: nothing shows that from outside
    assert [call(other_node) for _ in range(20)] == [200] * 19 + [429]
    until(lambda: call(node) == 429)


def test_a_node_goes_on_alone_without_valkey(console: Console, start_node: Start, silent: int) -> None:
    """A request never waits for it: each would wait for a second."""
    console.deploy(document(keyed()))
    console.admit(key(), plans=(gold(quota=MONTH),))
    node = start_node(VALKEY_URL=f"redis://:secret@127.0.0.1:{silent}/0")
    node.wait_until_ready()
    began = time.monotonic()
    assert [call(node) for _ in range(51)] == [200] * 50 + [429]
    assert time.monotonic() - began < 20
    assert "serving on, of limits all of them" in node.wait_for_line("no contact with Valkey")
    assert node.status()["valkey"] == "away"
    assert "secret" not in node.log


def test_keys_are_known_to_a_node_that_starts_without_the_console(console: Console, start_node: Start) -> None:
    console.deploy(document(keyed()))
    console.admit(key(), plans=(gold(),))
    node = start_node()
    node.wait_until_ready()
    assert call(node) == 200
    node.stop()
    console.stop()
    node = start_node()
    node.wait_until_ready()
    assert call(node) == 200
    assert VALUE not in "".join(path.read_text() for path in _files(node))


def _files(node: RunningNode) -> Iterator[Path]:
    return (path for path in node.home.rglob("*") if path.is_file())


def test_a_worker_that_is_killed_is_replaced_by_one_that_knows_where_limits_stand(
    console: Console, start_node: Start
) -> None:
    console.deploy(document(keyed()))
    console.admit(key(), plans=(gold(quota=MONTH),))
    node = start_node(workers=2)
    node.wait_until_ready()
    assert [call(node) for _ in range(40)] == [200] * 40
    console.wait_for_report(lambda report: [use.used for use in report.usage] == [40])
    for worker in node.status()["workers"]:
        os.kill(worker["pid"], signal.SIGKILL)
    node.wait_for_line("another starts", 2)
    until(lambda: len(node.status()["workers"]) == 2 and all(w["serves"] for w in node.status()["workers"]))
    passed = Counter(call(node) for _ in range(30))
    assert passed[200] <= 20, passed  # what was left, once per worker where both are asked at the same moment
