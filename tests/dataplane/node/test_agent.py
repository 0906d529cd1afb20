"""Real processes on real sockets, against a scripted console."""

import http.client
import os
import signal
import socket
import threading
import time
from pathlib import Path

import psutil
import pytest

from dataplane.loader.store import file_name
from dataplane.snapshot import Integration, Method
from tests.dataplane.node.backend import HeldBackend
from tests.dataplane.node.conftest import Start
from tests.dataplane.node.console import SECONDS, Console, answering, document, uncompilable
from tests.dataplane.node.running import RunningNode, get


def held(backend: HeldBackend) -> Method:
    return Method(http_method="GET", integration=Integration(type="HTTP_PROXY", uri=backend.url, http_method="GET"))


def pids(node: RunningNode) -> dict[int, int]:
    return {worker["number"]: worker["pid"] for worker in node.status()["workers"]}


# Following the console


def test_a_node_is_ready_once_it_serves_what_the_console_has(console: Console, start_node: Start) -> None:
    console.stop()
    node = start_node(workers=2)
    node.wait_for_line("no contact with the console")
    assert node.ask("/healthz")[0] == 200
    assert node.ask("/readyz")[0] == 503
    entry = console.deploy(answering("one"))
    console.start()
    report = console.wait_for_report(lambda report: report.generation == 1 and report.workers == 2)
    assert (report.node_id, report.origin, report.refusals) == ("node-1", "origin-1", ())
    assert node.ask("/readyz")[0] == 200
    assert node.invoke() == (200, b"one")
    status = node.status()
    assert (status["generation"], status["origin"]) == (1, "origin-1")
    assert [(stage["apiId"], stage["digest"]) for stage in status["stages"]] == [("api1", entry.digest)]


def test_deploys_stage_changes_and_removals_are_served_as_they_come(console: Console, start_node: Start) -> None:
    console.deploy(answering("one"))
    node = start_node(workers=2)
    console.wait_for_generation()
    console.deploy(answering("two"))
    console.wait_for_generation()
    assert {node.invoke()[1] for _ in range(10)} == {b"two"}
    console.remove("api1")
    console.wait_for_generation()
    assert {node.invoke()[0] for _ in range(10)} == {403}


def test_no_request_fails_while_deployments_are_swapped_among_many_stages(console: Console, start_node: Start) -> None:
    for number in range(300):
        console.deploy(answering("other", api_id=f"other{number}"))
    console.deploy(answering("0"))
    node = start_node(workers=2)
    console.wait_for_generation()
    stop = threading.Event()
    answers: list[list[tuple[int, bytes]]] = [[], []]

    def call(own: list[tuple[int, bytes]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", node.ports[0], timeout=SECONDS)
        while not stop.is_set():
            own.append(get(0, "/restapis/api1/dev/_user_request_/pets", connection))
        connection.close()

    callers = [threading.Thread(target=call, args=(own,)) for own in answers]
    for caller in callers:
        caller.start()
    for number in range(1, 11):
        console.deploy(answering("another", api_id=f"other{number}"))
        console.remove(f"other{100 + number}")
        console.deploy(answering(str(number)))
        console.wait_for_generation()
    stop.set()
    for caller in callers:
        caller.join()
    for own in answers:
        assert {status for status, _ in own} == {200}
        bodies = [int(body) for _, body in own]
        assert bodies == sorted(bodies)


def test_what_does_not_compile_is_reported_and_the_one_before_serves(console: Console, start_node: Start) -> None:
    console.deploy(answering("good"))
    node = start_node()
    console.wait_for_generation()
    bad = console.deploy(uncompilable())
    report = console.wait_for_generation()
    assert [(refusal.api_id, refusal.digest) for refusal in report.refusals] == [("api1", bad.digest)]
    assert node.invoke() == (200, b"good")
    assert node.status()["lastRefusal"]["digest"] == bad.digest
    console.deploy(answering("better"))
    console.wait_for_generation()
    assert node.invoke() == (200, b"better")
    assert node.log.count("refused api1/dev") == 1


def test_a_wrong_token_is_said_in_one_line(console: Console, start_node: Start) -> None:
    node = start_node(STAGEDOOR_NODE_TOKEN="wrong")
    node.wait_for_line("is of no use: it answers 401 .* is STAGEDOOR_NODE_TOKEN the console's")
    assert node.stop() == 0
    assert node.log.count("it answers 401") == 1


# Without the console


def test_a_node_serves_on_without_its_console_and_starts_without_it(console: Console, start_node: Start) -> None:
    console.deploy(answering("kept"))
    node = start_node(workers=2)
    console.wait_for_generation()
    console.stop()
    node.wait_for_line("no contact with the console")
    assert node.invoke() == (200, b"kept")
    assert node.stop() == 0
    again = start_node(workers=2)
    again.wait_until_ready()
    assert again.ask("/readyz")[0] == 200
    assert again.invoke() == (200, b"kept")
    console.deploy(answering("new"))
    console.start()
    console.wait_for_generation()
    assert again.invoke() == (200, b"new")
    again.wait_for_line("answers again")
    assert again.log.count("no contact with the console") == 1


def test_a_corrupt_file_costs_its_stage_a_step_back_and_no_more(
    console: Console, start_node: Start, tmp_path: Path
) -> None:
    console.deploy(answering("other", api_id="api2"))
    console.deploy(answering("one"))
    node = start_node()
    console.wait_for_generation()
    console.deploy(answering("two"))
    console.wait_for_generation()
    assert node.stop() == 0
    console.stop()
    file = tmp_path / "nodes" / "node-1" / "snapshots" / "stages" / file_name("api1", "dev")
    file.write_bytes(file.read_bytes()[:-1])
    again = start_node()
    again.wait_until_ready()
    assert again.invoke() == (200, b"one")
    assert again.invoke(api_id="api2") == (200, b"other")
    again.wait_for_line(f"stages/{file.name}: corrupt: .* api1/dev serves as it was before")
    console.start()
    console.wait_for_report(lambda report: report.generation == console.generation, len(console.reports))
    assert again.invoke() == (200, b"two")


# Workers


def test_a_worker_that_dies_is_replaced_and_its_siblings_serve_on(console: Console, start_node: Start) -> None:
    console.deploy(answering("one"))
    node = start_node(workers=2)
    node.wait_until_ready()
    before = pids(node)
    os.kill(before[1], signal.SIGKILL)
    node.wait_for_line(rf"worker 1 \(process {before[1]}\) was killed by SIGKILL: another starts now")
    after = node.wait_for_workers(2, without=before[1])
    assert after[2] == before[2]
    assert after[1] != before[1]
    assert node.ask("/readyz")[0] == 200
    assert {node.invoke()[1] for _ in range(10)} == {b"one"}
    assert b"stagedoor_worker_restarts_total 1\n" in node.ask("/metrics")[1]


def test_a_document_that_went_bad_on_disk_is_fetched_again_for_a_new_worker(
    console: Console, start_node: Start, tmp_path: Path
) -> None:
    entry = console.deploy(answering("one"))
    node = start_node()
    console.wait_for_generation()
    path = tmp_path / "nodes" / "node-1" / "snapshots" / "documents" / f"{entry.digest}.json"
    path.write_bytes(b"rot")
    os.kill(pids(node)[1], signal.SIGKILL)
    node.wait_for_line("refused api1/dev of generation 1: a worker could not take it: corrupt")
    node.wait_for_line("generation 1 is served: 1 changed", count=2)
    assert node.invoke() == (200, b"one")
    console.wait_for_report(lambda report: report.refusals == (), len(console.reports))
    assert path.read_bytes() == console.documents[entry.digest]


def test_a_worker_holds_no_socket_of_the_agent(console: Console, start_node: Start) -> None:
    node = start_node(workers=2)
    node.wait_until_ready()
    for pid in pids(node).values():
        assert {each.laddr.port for each in psutil.Process(pid).net_connections("inet")} == {node.ports[0]}


def test_workers_whose_agent_is_killed_finish_what_is_under_way_and_end(
    console: Console, start_node: Start, backend: HeldBackend
) -> None:
    console.deploy(document(held(backend)))
    node = start_node()
    console.wait_for_generation()
    (worker,) = (psutil.Process(pid) for pid in pids(node).values())
    answers: list[tuple[int, bytes]] = []
    caller = threading.Thread(target=lambda: answers.append(node.invoke()))
    caller.start()
    assert backend.asked.wait(SECONDS)
    node.signal(signal.SIGKILL)
    node.wait_for_line("the node agent has gone: draining")
    backend.answer.set()
    caller.join()
    assert answers == [(200, b"late")]
    psutil.wait_procs([worker], timeout=SECONDS)
    assert not worker.is_running()


# Stopping


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_node_that_is_told_to_stop_finishes_what_is_under_way(
    console: Console, start_node: Start, backend: HeldBackend, number: signal.Signals
) -> None:
    console.deploy(document(held(backend)))
    node = start_node(workers=2)
    console.wait_for_generation()
    answers: list[tuple[int, bytes]] = []
    caller = threading.Thread(target=lambda: answers.append(node.invoke()))
    caller.start()
    assert backend.asked.wait(SECONDS)
    node.signal(number)
    node.wait_for_line("draining: ")
    assert node.ask("/readyz")[0] == 503
    backend.answer.set()
    caller.join()
    assert answers == [(200, b"late")]
    assert node.wait() == 0
    assert "stopped" in node.lines[-1]
    assert sum(count.count for count in console.reports[-1].counts) == 1


def test_a_node_stops_at_once_while_its_console_is_away(console: Console, start_node: Start) -> None:
    console.stop()
    node = start_node()
    node.wait_for_line("no contact with the console")
    assert node.stop() == 0


# Places that are taken


@pytest.mark.parametrize("variable", ["STAGEDOOR_GATEWAY_PORT", "STAGEDOOR_NODE_PORT"])
@pytest.mark.parametrize("shared", [False, True])
def test_a_taken_port_is_one_sentence_and_exit_code_1(start_node: Start, variable: str, shared: bool) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=shared) as taken:
        port = taken.getsockname()[1]
        node = start_node(**{variable: str(port)})
        assert node.wait() == 1
    assert node.lines == [f"dataplane: port {port} on 127.0.0.1 is taken: stop what uses it or set {variable}"]


def test_a_second_node_in_the_same_home_is_one_sentence_and_exit_code_1(start_node: Start, tmp_path: Path) -> None:
    start_node().wait_for_line("gateway on")
    second = start_node()
    assert second.wait() == 1
    home = tmp_path / "nodes" / "node-1"
    assert second.lines == [
        f"dataplane: another node uses {home}: stop it, or set STAGEDOOR_NODE_ID or STAGEDOOR_NODE_HOME"
    ]


@pytest.mark.parametrize("place", ["node-1", "node-1/snapshots"])
def test_a_home_that_cannot_be_written_to_is_one_sentence_and_exit_code_1(
    start_node: Start, tmp_path: Path, place: str
) -> None:
    in_the_way = tmp_path / "nodes" / place
    in_the_way.parent.mkdir(parents=True)
    in_the_way.write_text("a file where a folder should be")
    node = start_node()
    assert node.wait() == 1
    home = tmp_path / "nodes" / "node-1"
    (said,) = [line for line in node.lines if line.startswith("dataplane: ")]
    assert said.startswith(f"dataplane: {home} cannot be used (")
    assert said.endswith("): make it a folder that this user can write to, or set STAGEDOOR_NODE_HOME")
    assert not any("Traceback" in line for line in node.lines)


# Counting


def counted(console: Console) -> int:
    """As the console adds up: the last value of each key."""
    last = {
        (report.started_at, each.minute, each.api_id, each.resource_path, each.http_method, each.digest): each.count
        for report in console.reports
        for each in report.counts
    }
    return sum(last.values())


def test_counts_reach_the_console_once_over_an_outage_and_a_restart(console: Console, start_node: Start) -> None:
    console.deploy(answering("one"))
    node = start_node()
    console.wait_for_generation()
    for _ in range(3):
        node.invoke()
    console.wait_for_report(lambda report: counted(console) == 3)
    console.report_status = 500
    for _ in range(2):
        node.invoke()
    node.wait_for_line("does not take this node's reports: it answers 500")
    console.stop()
    node.invoke("/nowhere")
    node.wait_for_line("no contact")
    console.report_status = 204
    console.start()
    console.wait_for_report(lambda report: counted(console) == 6)
    assert node.stop() == 0
    again = start_node()
    again.wait_until_ready()
    again.invoke()
    assert again.stop() == 0
    assert counted(console) == 7


def test_metrics_name_each_method_with_its_classes_of_status(console: Console, start_node: Start) -> None:
    console.deploy(answering("one"))
    node = start_node()
    console.wait_for_generation()
    node.invoke()
    node.invoke()
    node.invoke("/nowhere")
    node.invoke(api_id="nobody")
    console.wait_for_report(lambda report: report.requests == 4)
    status, body = node.ask("/metrics")
    lines = body.decode().splitlines()
    method = 'api="api1",stage="dev",resource="/pets",method="GET"'
    assert status == 200
    assert f'stagedoor_requests_total{{{method},status="2xx"}} 2' in lines
    assert 'stagedoor_requests_total{api="api1",stage="dev",resource="",method="",status="4xx"} 1' in lines
    assert 'stagedoor_unrouted_requests_total{status="4xx"} 1' in lines
    assert f"stagedoor_latency_seconds_count{{{method}}} 2" in lines
    assert "stagedoor_generation 1" in lines
    assert "stagedoor_ready 1" in lines


# Access logs


def test_every_request_leaves_a_line_and_a_stop_loses_none(console: Console, start_node: Start, tmp_path: Path) -> None:
    digest = console.put(answering("one"))
    form = {
        "access_log_format": "$context.requestId $context.path",
        "access_log_destination": "arn:x:log-group:/my/pets",
    }
    console.point("api1", digest=digest, deployment_id="d", **form)
    node = start_node(workers=2, STAGEDOOR_ACCESS_LOG_FOLDER=str(tmp_path / "access"))
    console.wait_for_generation()
    for number in range(200):
        node.invoke(f"/pets?{number}")
    assert node.stop() == 0
    lines = (tmp_path / "access/my/pets.log").read_text().splitlines()
    assert len(lines) == len({line.split()[0] for line in lines}) == 200
    assert {line.split()[1] for line in lines} == {"/dev/pets"}


def test_lines_are_counted(console: Console, start_node: Start) -> None:
    console.point(
        "api1", digest=console.put(answering("one")), deployment_id="d", access_log_format="$context.requestId"
    )
    node = start_node()
    console.wait_for_generation()
    node.invoke()
    deadline = time.monotonic() + SECONDS
    while b"stagedoor_access_log_lines_written_total 1" not in node.ask("/metrics")[1]:
        assert time.monotonic() < deadline
    assert b"stagedoor_access_log_lines_dropped_total 0" in node.ask("/metrics")[1]
