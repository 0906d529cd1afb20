"""Children that die, linger, never get ready: real processes, small ones."""

import os
import re
import signal
import sys
import time

import psutil
import pytest

from console.up import children as module
from console.up import processes
from console.up.children import Children, Part
from console.up.refusal import Refusal

STEADY = "import time; time.sleep(600)"
SECONDS = 30.0  # for what has to come: a busy machine takes its time to start a process


@pytest.fixture
def house(tmp_path):
    said: list[str] = []
    house = Children(tmp_path, said.append)
    house.said = said
    yield house
    house.hurry = True
    house.stop(list(house.children))


def part(name: str, code: str, tmp_path, **extra) -> Part:
    environment = {**os.environ, "STAGEDOOR_HOME": str(tmp_path)}
    command = [sys.executable, "-u", "-c", code]
    return Part(name, command, environment, **{"ready": lambda: True, **extra})


def watch_until(house: Children, said: str, seconds: float = SECONDS) -> None:
    def holds() -> bool:
        house.watch()
        return any(re.search(said, line) for line in house.said)

    assert processes.wait_until(holds, seconds=seconds), house.said


def test_a_killed_child_is_started_again_with_a_clear_line(house, tmp_path):
    house.start(part("dataplane", STEADY, tmp_path))
    first = house.children["dataplane"].pid
    os.kill(first, signal.SIGKILL)
    watch_until(house, rf"^restarted: dataplane \(pid {first} was killed by SIGKILL\)$")
    assert house.children["dataplane"].pid != first
    assert house.children["dataplane"].process.poll() is None


def test_a_child_that_keeps_dying_is_tried_ever_more_rarely(house, tmp_path):
    house.start(part("console", "raise SystemExit(3)", tmp_path))
    watch_until(house, r"restarted: console \(pid \d+ ended with exit code 3\)")
    watch_until(house, r"console keeps dying .* next try in 1 s; see .*console\.log")
    watch_until(house, r"console keeps dying .* next try in 2 s")


def test_a_child_that_ran_steadily_begins_anew(house, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "STEADY", 0.0)
    house.start(part("console", STEADY, tmp_path))
    house.children["console"].deaths = 5
    house.watch()
    assert house.children["console"].deaths == 0


def test_what_a_child_complains_of_reaches_the_terminal(house, tmp_path):
    code = "print('INFO fine'); print('ERROR broken', flush=True); import time; time.sleep(600)"
    house.start(part("worker", code, tmp_path))
    watch_until(house, r"^worker \| ERROR broken$")
    assert not any("fine" in line for line in house.said)


def test_a_flood_of_complaints_is_cut_short(house, tmp_path):
    code = "import time\nfor i in range(50): print('ERROR', i)\ntime.sleep(600)"
    house.start(part("worker", code, tmp_path))
    watch_until(house, r"ERROR 3$")
    assert processes.wait_until(lambda: "ERROR 49" in house.children["worker"].log.last_line(), seconds=SECONDS)
    house.watch()
    assert len(house.said) == module.LINES_SHOWN
    house.children["worker"].shown_since = 0.0
    house.watch()
    assert house.said[-1].startswith("worker | and 46 more such lines in ")


def test_one_that_dies_while_the_house_starts_is_refused_with_its_last_words(house, tmp_path):
    house.start(part("console", "raise SystemExit('no such table')", tmp_path, ready=lambda: False))
    with pytest.raises(Refusal, match=r"console ended 3 times while it started \(last words: 'no such table'\)"):
        house.await_ready("console", seconds=2 * SECONDS)


def test_one_that_never_gets_ready_is_refused(house, tmp_path):
    house.start(part("console", STEADY, tmp_path, ready=lambda: False))
    with pytest.raises(Refusal, match="console was not ready within 0 seconds"):
        house.await_ready("console", seconds=0.2)


def test_children_are_stopped_in_the_order_asked_for(house, tmp_path):
    for name in ("postgres", "console", "dataplane"):
        house.start(part(name, STEADY, tmp_path))
    house.stop(["dataplane", "console", "worker", "postgres"])
    assert [line.split()[1] for line in house.said] == ["dataplane", "console", "postgres"]
    assert list((tmp_path / "run").glob("*.pid")) == []


def test_each_is_stopped_with_its_own_signal(house, tmp_path):
    code = "import signal, time; signal.signal(2, lambda *_: (print('fast'), exit(0))); print('up'); time.sleep(600)"
    house.start(part("postgres", code, tmp_path, stop_signal=signal.SIGINT))
    log = house.children["postgres"].log
    assert processes.wait_until(lambda: log.last_line() == "up", seconds=SECONDS)
    house.stop(["postgres"])
    assert log.last_line() == "fast"


def deaf(house: Children, tmp_path, patience: float) -> int:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf'); time.sleep(600)"
    house.start(part("console", code, tmp_path, patience=patience))
    child = house.children["console"]
    assert processes.wait_until(lambda: child.log.last_line() == "deaf", seconds=SECONDS)
    return child.pid


def test_one_that_does_not_stop_in_time_is_killed(house, tmp_path):
    pid = deaf(house, tmp_path, patience=0.3)
    house.stop(["console"])
    assert not psutil.pid_exists(pid)


def test_a_second_interrupt_hurries(house, tmp_path):
    pid = deaf(house, tmp_path, patience=2 * SECONDS)
    house.hurry = True
    begun = time.monotonic()
    house.stop(["console"])
    assert not psutil.pid_exists(pid)
    assert time.monotonic() - begun < SECONDS


def test_a_ctrl_c_in_the_middle_of_a_look_at_a_child_does_not_keep_it_from_being_stopped(house, tmp_path):
    house.start(part("console", STEADY, tmp_path))
    process = house.children["console"].process
    assert process._waitpid_lock.acquire(blocking=False)  # which is how such a look leaves it
    house.stop(["console"])
    assert process.returncode == -signal.SIGTERM
    assert [line for line in house.said if line.startswith("stopped: console")]


def test_a_child_whose_end_was_seen_and_not_noted_has_ended(house, tmp_path):
    house.start(part("console", "", tmp_path))
    process = house.children["console"].process
    os.waitpid(process.pid, 0)
    assert processes.ended(process)
    house.stop(["console"])
