"""Children as the operating system sees them: tied to their parent, recognised by pid and start time."""

import os
import shlex
import signal
import subprocess
import sys

import psutil
import pytest

from console.up import processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
SECONDS = 30.0  # for what has to come: a busy machine takes its time to start a process
LEADER = ["sh", "-c", f"{shlex.join(SLEEP)} & wait"]


@pytest.fixture
def spawn(tmp_path):
    started = []

    def start(command=SLEEP, **extra):
        with (tmp_path / "log").open("ab") as output:
            environment = {**os.environ, "STAGEDOOR_HOME": str(tmp_path)}
            started.append(processes.spawn(command, environment=environment, output=output, **extra))
        return started[-1]

    yield start
    for process in started:
        processes.end_session(process.pid, tmp_path)
        process.kill()
        process.wait()


def test_how_a_child_ended_is_said_in_words():
    assert processes.how_it_ended(3) == "ended with exit code 3"
    assert processes.how_it_ended(-signal.SIGKILL) == "was killed by SIGKILL"


def test_a_recorded_child_is_found_again(spawn, tmp_path):
    child = spawn()
    processes.record(tmp_path / "a.pid", child.pid)
    assert processes.recorded(tmp_path / "a.pid").pid == child.pid


def test_a_process_that_only_has_the_same_pid_is_not_taken_for_the_child(spawn, tmp_path):
    child = spawn()
    (tmp_path / "a.pid").write_text(f"{child.pid} {psutil.Process(child.pid).create_time() - 100}")
    assert processes.recorded(tmp_path / "a.pid") is None
    assert processes.end_leftovers(tmp_path, tmp_path / "other", {"a": signal.SIGTERM}) == []
    assert child.poll() is None


def test_what_a_killed_start_left_running_is_ended_in_order(spawn, tmp_path):
    children = {name: spawn() for name in ("console", "postgres")}
    for name, child in children.items():
        processes.record(tmp_path / f"{name}.pid", child.pid)
    order = {"dataplane": signal.SIGTERM, "console": signal.SIGTERM, "postgres": signal.SIGINT}
    assert processes.end_leftovers(tmp_path, tmp_path, order) == ["console", "postgres"]
    assert not any(_runs(child.pid) for child in children.values())
    assert list(tmp_path.glob("*.pid")) == []


def test_a_worker_that_outlives_its_leader_is_ended(spawn, tmp_path):
    leader = spawn(LEADER)
    assert processes.wait_until(lambda: len(processes.session_of(leader.pid, tmp_path)) == 1, seconds=SECONDS)
    [member] = processes.session_of(leader.pid, tmp_path)
    leader.kill()
    leader.wait()
    processes.end_session(leader.pid, tmp_path)
    assert processes.wait_until(lambda: not member.is_running(), seconds=SECONDS)


def test_a_session_of_another_home_is_left_alone(spawn, tmp_path):
    leader = spawn(LEADER)
    assert processes.wait_until(lambda: len(processes.session_of(leader.pid, tmp_path)) == 1, seconds=SECONDS)
    assert processes.session_of(leader.pid, tmp_path / "other") == []


def test_one_that_does_not_stop_when_asked_is_killed(spawn, tmp_path):
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    child = spawn([sys.executable, "-c", code])
    assert processes.wait_until(lambda: "deaf" in (tmp_path / "log").read_text(), seconds=SECONDS)
    processes.end([psutil.Process(child.pid)], signal.SIGTERM, patience=0.3)
    assert not _runs(child.pid)


def test_a_child_ends_when_its_parent_is_killed_outright(tmp_path):
    parent = f"""
import os, pathlib, signal, sys
from console.up import processes
with open({str(tmp_path / "log")!r}, "ab") as output:
    child = processes.spawn({SLEEP!r}, environment=dict(os.environ), output=output)
print(child.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    said = subprocess.run([sys.executable, "-c", parent], capture_output=True, text=True, check=False).stdout
    assert processes.wait_until(lambda: not _runs(int(said)), seconds=SECONDS)


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
