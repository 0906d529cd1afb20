"""How the house starts, lives through losses, and stops. Each test has a house of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from django.conf import settings

from tests.house import READY_SECONDS, ROOT, SECONDS, House, eventually, fetch

pytestmark = pytest.mark.e2e

Build = Callable[..., House]


@pytest.fixture
def build() -> Iterator[Build]:
    houses: list[House] = []
    folder = Path(tempfile.mkdtemp(prefix="stagedoor-life-"))

    def build(name: str = "home", **environment: str) -> House:
        houses.append(House(folder / name, **environment))
        return houses[-1]

    yield build
    for house in houses:
        house.kill()
    shutil.rmtree(folder, ignore_errors=True)


def answers(house: House) -> bool:
    return fetch(house.curl.split()[-1])[0] == 200


def refusal(house: House, *arguments: str) -> str:
    """What a start that is refused says on stderr: one sentence, and exit code 1."""
    done = subprocess.run(
        [sys.executable, "manage.py", "up", *arguments],
        cwd=ROOT,
        env=house.environment,
        capture_output=True,
        text=True,
        timeout=READY_SECONDS,
        check=False,
    )
    assert done.returncode == 1, done
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert house.running() == []
    return done.stderr


def test_it_stops_on_ctrl_c_and_the_second_start_goes_on_where_it_was(build):
    house = build()
    house.start().wait_ready()
    password, curl = house.password, house.curl
    assert house.stop(signal.SIGINT) == 0
    stopped = [line.split()[4] for line in house.lines if "] stopped: " in line]
    assert stopped == ["dataplane", "console", "worker", "beat", "backend", "valkey", "postgres"]
    assert house.running() == []
    took = house.start().wait_ready()
    assert took < READY_SECONDS / 2, house.told()
    assert (house.password, house.curl) == (password, curl)
    assert answers(house)


def test_every_killed_child_returns(build):
    house = build()
    house.start().wait_ready()
    for name in ("dataplane", "console", "worker", "beat", "backend", "valkey", "postgres"):
        pid = house.pid(name)
        os.kill(pid, signal.SIGKILL)
        house.wait_for_line(rf"restarted: {name} \(pid {pid} was killed by SIGKILL\)")
    eventually(lambda: answers(house), what="the demo answers again")
    eventually(lambda: fetch(f"{house.console}/sign-in")[0] == 200, what="the console answers again")
    client = house.client()
    eventually(lambda: bool(client.get_rest_apis()["items"]), what="the database answers again")
    assert house.stop() == 0
    assert house.running() == []


def test_the_gateway_serves_on_and_starts_again_without_console_and_database(build):
    house = build()
    house.start().wait_ready()
    # Stopped, not killed: `up` would start them again.
    for name in ("console", "postgres"):
        for process in [psutil.Process(house.pid(name)), *psutil.Process(house.pid(name)).children(recursive=True)]:
            process.suspend()
    try:
        assert answers(house)
        os.kill(house.pid("dataplane"), signal.SIGKILL)
        house.wait_for_line("restarted: dataplane")
        eventually(lambda: _ready(house) and answers(house), what="it serves again, from disk")
    finally:
        for name in ("postgres", "console"):
            leader = psutil.Process(house.pid(name))
            for process in [leader, *leader.children(recursive=True)]:
                process.resume()


def _ready(house: House) -> bool:
    return fetch(f"http://127.0.0.1:{house.port('NODE')}/readyz")[0] == 200


def test_nothing_is_left_when_up_itself_is_killed(build):
    house = build()
    house.start().wait_ready()
    assert house.process is not None
    house.process.kill()
    house.process.wait()
    eventually(lambda: house.running() == [], what="every child noticed")
    house.start().wait_ready()
    assert answers(house)


def test_a_second_interrupt_hurries(build):
    house = build()
    house.start().wait_ready()
    api = house.curl.split("/restapis/")[1].split("/")[0]
    call = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1])"
    slow = subprocess.Popen(
        [sys.executable, "-c", call, f"{house.gateway}/restapis/{api}/dev/_user_request_/slow?seconds=25"],
        stderr=subprocess.DEVNULL,
    )
    eventually(lambda: _connected(slow.pid), what="the slow call is under way")
    assert house.process is not None
    house.process.send_signal(signal.SIGINT)
    house.wait_for_line("stopping: ")
    house.process.send_signal(signal.SIGINT)
    assert house.process.wait(20) == 0
    slow.wait(SECONDS)
    assert house.running() == []


def _connected(pid: int) -> bool:
    return any(connection.status == "ESTABLISHED" for connection in psutil.Process(pid).net_connections())


def test_two_starts_in_one_home_are_refused(build):
    house = build()
    house.start().wait_for_line("starting in")
    second = House(house.home)
    done = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env=second.environment,
        capture_output=True,
        text=True,
        timeout=READY_SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"stagedoor: it already runs in {house.home} (pid ")
    assert len(done.stderr.splitlines()) == 1


def test_a_taken_port_is_refused(build):
    house = build()
    with socket.create_server(("127.0.0.1", house.port("GATEWAY"))):
        said = refusal(house)
    assert said.startswith(f"stagedoor: the gateway cannot use port {house.port('GATEWAY')} (it is taken)")


def test_a_port_that_is_no_number_is_refused(build):
    assert "STAGEDOOR_NODE_PORT is 'x'" in refusal(build(STAGEDOOR_NODE_PORT="x"))


def test_a_database_that_refuses_is_refused(build):
    house = build(DATABASE_URL="postgres://nobody:wrong@127.0.0.1:9/none", VALKEY_URL=settings.VALKEY_URL)
    said = refusal(house)
    assert said.startswith("stagedoor: the database at 127.0.0.1:9/none refused (")
    assert "wrong" not in said


def test_a_valkey_that_is_not_there_is_refused(build):
    assert "stagedoor: the Valkey at 127.0.0.1 refused" in refusal(build(VALKEY_URL="redis://127.0.0.1:9"))


def test_a_deep_home_with_blanks_works_and_the_demo_can_be_left_out(build):
    deep = Path("a folder") / ("d" * 60) / ("e" * 40) / "home"
    house = build(str(deep))
    house.start("--no-demo").wait_ready()
    assert house.client().get_rest_apis()["items"] == []
    assert not (house.home / "run" / "backend.pid").exists()
    assert house.stop() == 0


@pytest.fixture
def database() -> Iterator[Callable[[str], str]]:
    """Makes an empty database for a role; gives its URL."""
    name = f"given_{os.getpid()}"
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        connection.execute(f"CREATE ROLE {name} LOGIN")
        base = settings.DATABASE_URL.replace("/postgres?", f"/{name}?")
        yield lambda role: base.replace("postgres@", f"{role or name}@")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        connection.execute(f"DROP ROLE {name}")


def test_a_given_database_and_valkey_are_used(build, database):
    house = build(DATABASE_URL=database("postgres"), VALKEY_URL=settings.VALKEY_URL)
    house.start().wait_ready()
    assert answers(house)
    assert not (house.home / "postgres").exists()
    assert house.stop() == 0


def test_a_database_that_lets_its_user_make_no_tables_is_refused(build, database):
    said = refusal(build(DATABASE_URL=database(""), VALKEY_URL=settings.VALKEY_URL))
    assert said.startswith("stagedoor: the database refused ")
    assert "permission denied for schema public" in said
