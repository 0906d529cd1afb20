"""Nodes that stop and start, and workers that die, while callers go on."""

import os
import signal
import time
from pathlib import Path

from tests.dataplane.node.callers import Callers
from tests.dataplane.node.conftest import Start
from tests.dataplane.node.console import Console, answering
from tests.dataplane.node.exposition import counters, read
from tests.dataplane.node.running import RunningNode


def test_two_nodes_restarted_in_turn_fail_no_request(console: Console, start_node: Start, tmp_path: Path) -> None:
    console.deploy(answering("one"))

    def start(name: str) -> RunningNode:
        node = start_node(workers=2, STAGEDOOR_NODE_ID=name)
        node.wait_until_ready()
        return node

    nodes = {name: start(name) for name in ("node-a", "node-b")}
    with Callers(lambda: [node.ports[0] for node in nodes.values()]) as callers:
        callers.wait_for(100)
        for name in ("node-a", "node-b"):
            leaving = nodes.pop(name)  # a load balancer learns it from /readyz; callers that have not, are refused
            assert leaving.stop() == 0
            callers.wait_for(50)
            nodes[name] = start(name)
            callers.wait_for(100)
    assert callers.wrong == []
    assert callers.answered > 400


def test_a_worker_that_is_killed_under_load_takes_only_what_it_had_in_hand(console: Console, start_node: Start) -> None:
    console.deploy(answering("one"))
    node = start_node(workers=2)
    node.wait_until_ready()
    with Callers(lambda: [node.ports[0]]) as callers:
        callers.wait_for(100)
        console.wait_for_report(lambda report: report.requests >= 100)
        before = counters(read(node.ask("/metrics")[1].decode()))
        victim = node.status()["workers"][0]["pid"]
        os.kill(victim, signal.SIGKILL)
        node.wait_for_line("was killed by SIGKILL: another starts now")
        node.wait_for_workers(2, without=victim)
        callers.wait_for(100)
        after = counters(read(node.ask("/metrics")[1].decode()))
    assert before and all(after[series] >= value for series, value in before.items()), "no counter ever falls"
    assert len(callers.wrong) <= 4, "one request per caller at most"
    assert all("Reset" in wrong or "cut" in wrong for wrong in callers.wrong), callers.wrong


def test_a_worker_that_hangs_is_replaced_and_its_sibling_is_unharmed(console: Console, start_node: Start) -> None:
    console.deploy(answering("one"))
    node = start_node(workers=2)
    node.wait_until_ready()
    before = {each["number"]: each["pid"] for each in node.status()["workers"]}
    began = time.monotonic()
    os.kill(before[1], signal.SIGSTOP)
    node.wait_for_line(rf"worker 1 \(process {before[1]}\) hangs: killing it")
    assert 10 < time.monotonic() - began < 40
    after = node.wait_for_workers(2, without=before[1])
    assert after[2] == before[2]
    assert after[1] != before[1]
    assert {node.invoke()[1] for _ in range(10)} == {b"one"}
