"""Scripted workers: what the fleet tells them, and what it makes of what they say."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from dataplane.limits.meter import Counted, Level, Levels, Spent, Taken
from dataplane.loader.loader import Change
from dataplane.node import fleet as module
from dataplane.node.fleet import Fleet, restart_delay
from dataplane.node.messages import Beat, Begin, Drain, Failure, FromWorker, Hear, Load, Loaded, Tell, ToWorker
from dataplane.snapshot import StageEntry, StageName
from dataplane.telemetry.counters import Tally
from tests.dataplane.node.settings import settings_in
from tests.dataplane.sides import SECONDS, until

ENTRY = StageEntry(api_id="api1", stage_name="dev", generation=1, deployment_id="d", digest="0" * 64)
OTHER = StageEntry(api_id="api2", stage_name="dev", generation=2, deployment_id="d", digest="0" * 64)


class ScriptedProcess:
    started: list["ScriptedProcess"]

    def __init__(self, number: int) -> None:
        self.number = number
        self.pid = 100 + len(self.started)
        self.sequence = 0
        self.connections = 0
        self.told = self.answered = 0
        self.killed = 0
        self.heard: list[ToWorker] = []
        self.says: asyncio.Queue[FromWorker | None] = asyncio.Queue()
        self.started.append(self)

    @classmethod
    async def start(cls, number: int) -> "ScriptedProcess":
        return cls(number)

    def send(self, message: ToWorker) -> None:
        self.heard.append(message)
        if isinstance(message, Drain):
            self.die()

    async def receive(self) -> FromWorker | None:
        return await self.says.get()

    async def ended(self) -> str:
        return "was killed by SIGKILL"

    def kill(self) -> None:
        self.killed += 1
        self.die()

    def die(self) -> None:
        self.says.put_nowait(None)


class Scene:
    def __init__(self, workers: int, folder: Path) -> None:
        self.served = 0
        self.now = 0.0
        self.asked = 0  # for the time
        self.tallies: list[Tally] = []
        self.failures: list[Failure] = []
        self.spent: list[Spent] = []
        self.counted: list[Counted] = []
        self.fleet = Fleet(
            settings_in(folder, workers=workers),
            served=self._serve,
            counted=self.tallies.append,
            failed=self.failures.append,
            spent=self.spent.append,
            standing=lambda: ([], self.counted),
            clock=self._clock,
        )

    def _serve(self) -> None:
        self.served += 1

    def _clock(self) -> float:
        self.asked += 1
        return self.now

    async def looked(self, times: int = 1) -> None:
        """Until the watch has, so many times more."""
        for _ in range(times):
            before = self.asked
            await until(lambda before=before: self.asked > before)  # type: ignore[misc]

    @property
    def processes(self) -> list[ScriptedProcess]:
        return ScriptedProcess.started


Play = Callable[[Scene], Awaitable[None]]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Play, int], None]:
    monkeypatch.setattr(module, "Process", ScriptedProcess)
    monkeypatch.setattr(ScriptedProcess, "started", [], raising=False)

    def run(scene: Play, workers: int) -> None:
        async def begin() -> None:
            stage = Scene(workers, tmp_path)
            stage.fleet.start()
            await settle()
            await scene(stage)
            await stage.fleet.drain()

        asyncio.run(begin())

    return run


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_set_is_served_when_every_worker_says_so(play: Callable[[Play, int], None]) -> None:
    async def scene(scene: Scene) -> None:
        one, two = scene.processes
        scene.fleet.load(Change("o", 7, (ENTRY,)))
        assert one.heard[1:] == two.heard[1:] == [Load(1, (ENTRY,))]
        one.says.put_nowait(Loaded(1))
        await settle()
        assert (scene.fleet.ready, scene.served, scene.fleet.serving) == (False, 0, 1)
        two.says.put_nowait(Loaded(1))
        await settle()
        assert (scene.fleet.ready, scene.served, scene.fleet.position.generation) == (True, 1, 7)

    play(scene, 2)


def test_the_generation_is_that_of_the_slowest_worker(play: Callable[[Play, int], None]) -> None:
    async def scene(scene: Scene) -> None:
        one, two = scene.processes
        scene.fleet.load(Change("o", 7, (ENTRY,)))
        scene.fleet.load(Change("p", 2, (OTHER,), (("api1", "dev"),)))
        assert one.heard[-1] == Load(2, (OTHER,), (StageName(api_id="api1", stage_name="dev"),))
        for process, sequence in ((one, 1), (two, 1), (two, 2)):
            process.says.put_nowait(Loaded(sequence))
        await settle()
        assert (scene.fleet.position.origin, scene.fleet.position.generation) == ("o", 7)
        one.says.put_nowait(Loaded(2))
        await settle()
        assert (scene.fleet.position.origin, scene.fleet.position.generation) == ("p", 2)
        assert scene.served == 2

    play(scene, 2)


def test_a_worker_that_comes_later_is_told_the_whole_set(play: Callable[[Play, int], None]) -> None:
    async def scene(scene: Scene) -> None:
        scene.fleet.load(Change("o", 1, (ENTRY,)))
        scene.fleet.load(Change("o", 2, (OTHER,)))
        scene.processes[0].die()
        await settle()
        begin, load = scene.processes[1].heard
        assert isinstance(begin, Begin)
        assert load == Load(2, (ENTRY, OTHER))

    play(scene, 1)


def test_one_death_does_not_take_the_node_out(play: Callable[[Play, int], None]) -> None:
    async def scene(scene: Scene) -> None:
        scene.fleet.load(Change("o", 1, (ENTRY,)))
        for process in scene.processes:
            process.says.put_nowait(Loaded(1))
        await settle()
        scene.processes[0].die()
        await settle()
        assert (scene.fleet.ready, scene.fleet.serving, scene.fleet.restarts) == (True, 1, 1)
        scene.processes[1].die()
        await settle()
        assert (scene.fleet.ready, scene.fleet.position.generation) == (False, 0)
        scene.processes[2].says.put_nowait(Loaded(1))
        await settle()
        assert (scene.fleet.ready, scene.fleet.position.generation) == (True, 1)

    play(scene, 2)


def test_a_worker_that_dies_at_once_twice_is_given_time(
    play: Callable[[Play, int], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)

    async def scene(scene: Scene) -> None:
        for lived in (60.0, 0.1, 0.1):
            scene.now += lived
            scene.processes[-1].die()
            await settle()
        assert len(scene.processes) == 3

    play(scene, 1)
    assert caplog.messages == [
        "worker 1 (process 100) was killed by SIGKILL: another starts now",
        "worker 1 (process 101) was killed by SIGKILL: another starts now",
        "worker 1 (process 102) was killed by SIGKILL: another starts in 1 s, as it died at once 2 times in a row",
    ]


def test_a_worker_that_cannot_be_started_is_tried_again(
    play: Callable[[Play, int], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene(scene: Scene) -> None:
        start = ScriptedProcess.start
        with monkeypatch.context() as patched:
            failures = [OSError("no memory")]

            async def fails_once(number: int) -> ScriptedProcess:
                if failures:
                    raise failures.pop()
                return await start(number)

            patched.setattr(ScriptedProcess, "start", fails_once)
            scene.now += 60.0
            scene.processes[0].die()
            await settle()
        assert len(scene.processes) == 2

    play(scene, 1)
    assert caplog.messages[-1] == "worker 1 cannot be started (no memory): another starts now"


def test_the_wait_for_another_worker_doubles_up_to_ten_seconds() -> None:
    assert [restart_delay(deaths) for deaths in range(8)] == [0, 0, 1, 2, 4, 8, 10, 10]


def test_tallies_failures_and_connections_are_passed_on(play: Callable[[Play, int], None]) -> None:
    tally = Tally(2, [0] * 6, [])

    async def scene(scene: Scene) -> None:
        scene.fleet.load(Change("o", 1, (ENTRY,)))
        for process in scene.processes:
            process.says.put_nowait(Beat(4, tally))
            process.says.put_nowait(Loaded(1, (Failure(ENTRY, "no"),)))
        await settle()
        assert scene.fleet.connections == 8
        assert scene.tallies == [tally, tally]
        assert scene.failures == [Failure(ENTRY, "no")] * 2

    play(scene, 2)


def test_a_fleet_that_drains_is_not_ready_and_starts_no_other_worker(play: Callable[[Play, int], None]) -> None:
    scenes: list[Scene] = []

    async def scene(scene: Scene) -> None:
        scene.fleet.load(Change("o", 1, (ENTRY,)))
        scene.processes[0].says.put_nowait(Loaded(1))
        await settle()
        scenes.append(scene)

    play(scene, 1)
    assert not scenes[0].fleet.ready
    assert len(scenes[0].processes) == 1
    assert scenes[0].fleet.processes == {}


def test_a_worker_that_was_being_started_when_the_fleet_drains_drains_too(
    play: Callable[[Play, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or it would serve new connections until the time to drain is over, and then be killed."""

    async def scene(scene: Scene) -> None:
        scene.fleet.load(Change("o", 1, (ENTRY,)))
        begun, leave = asyncio.Event(), asyncio.Event()

        async def slowly(number: int) -> ScriptedProcess:
            begun.set()
            await leave.wait()
            return ScriptedProcess(number)

        monkeypatch.setattr(ScriptedProcess, "start", slowly)
        scene.processes[0].die()
        await begun.wait()
        draining = asyncio.create_task(scene.fleet.drain())
        await settle()
        leave.set()
        async with asyncio.timeout(SECONDS):
            await draining
        begin, drain = scene.processes[1].heard
        assert isinstance(begin, Begin) and isinstance(drain, Drain)

    play(scene, 1)


def test_a_worker_that_falls_silent_is_killed_and_its_siblings_are_not(
    play: Callable[[Play, int], None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.01)

    async def scene(scene: Scene) -> None:
        one, two = scene.processes
        for process in scene.processes:
            process.says.put_nowait(Beat(0, Tally(0, [0] * 6, [])))
        await settle()
        scene.now += module.SILENT_SECONDS - 1
        two.says.put_nowait(Beat(0, Tally(0, [0] * 6, [])))
        await settle()
        await scene.looked(2)
        scene.now += 2
        await scene.looked(2)
        await settle()
        assert (one.killed, two.killed) == (1, 0)
        assert [process.number for process in scene.processes] == [1, 2, 1]
        assert scene.fleet.processes == {1: scene.processes[2], 2: two}

    play(scene, 2)
    assert "worker 1 (process 100) hangs: killing it" in caplog.messages


def test_a_worker_is_given_longer_to_start(play: Callable[[Play, int], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.01)

    async def scene(scene: Scene) -> None:
        for _ in range(int(module.START_SECONDS) - 1):
            scene.now += 1
            await scene.looked()
        assert scene.processes[0].killed == 0
        for _ in range(3):
            scene.now += 1
            await scene.looked()
        assert scene.processes[0].killed == 1

    play(scene, 1)


def test_an_agent_that_was_held_up_itself_kills_nobody_for_it(
    play: Callable[[Play, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WATCH_SECONDS", 0.05)

    async def scene(scene: Scene) -> None:
        scene.processes[0].says.put_nowait(Beat(0, Tally(0, [0] * 6, [])))
        await settle()
        await scene.looked()
        scene.now += 1000  # between two looks
        await scene.looked()
        assert scene.processes[0].killed == 0

    play(scene, 1)


# Limits that workers share


def test_what_a_worker_tells_is_answered_and_where_limits_stand_is_told_to_all(
    play: Callable[[Play, int], None],
) -> None:
    async def scene(scene: Scene) -> None:
        one, two = scene.processes
        spent = Spent(7, [Taken("b", 10, 5, 3)], [])
        one.says.put_nowait(Tell(spent))
        await settle()
        assert scene.spent == [spent]
        level, counted = Level("b", 2.0), Counted("p", "k", "DAY 2026-11-25", 3)
        scene.fleet.tell([level], [counted])
        assert one.heard[-1] == Hear(Levels(7, [level], [counted]))
        assert two.heard[-1] == Hear(Levels(0, [level], [counted]))

    play(scene, 2)


def test_without_news_only_who_told_something_is_answered(play: Callable[[Play, int], None]) -> None:
    async def scene(scene: Scene) -> None:
        one, two = scene.processes
        one.says.put_nowait(Tell(Spent(7, [], [])))
        await settle()
        scene.fleet.tell([], [])
        scene.fleet.tell([], [])
        assert one.heard[1:] == [Hear(Levels(7, [], []))]
        assert two.heard[1:] == []

    play(scene, 2)


def test_a_worker_hears_where_limits_stand_before_it_is_given_anything_to_serve(
    play: Callable[[Play, int], None],
) -> None:
    async def scene(scene: Scene) -> None:
        scene.fleet.load(Change("o", 1, (ENTRY,)))
        scene.counted = [Counted("p", "k", "DAY 2026-11-25", 3)]
        scene.processes[0].die()
        await settle()
        begin, hear, load = scene.processes[1].heard
        assert isinstance(begin, Begin) and isinstance(load, Load)
        assert hear == Hear(Levels(0, [], scene.counted))

    play(scene, 1)
