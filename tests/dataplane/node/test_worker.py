"""A worker in this process, which its agent's end of the socket pair tells what to serve."""

import asyncio
import gc
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
import uvloop

from dataplane import snapshot
from dataplane.compiler import compile_stage
from dataplane.loader import documents
from dataplane.loader.documents import Documents
from dataplane.node.messages import Drain, Load, Loaded, receive_answer, send
from dataplane.node.worker import Worker
from dataplane.plan import Stage
from dataplane.snapshot import Integration, Method, StageEntry, StageName
from tests.dataplane.node.console import SECONDS, document, mock
from tests.dataplane.node.settings import settings_in

MANY = 40


class Told:
    """What the agent tells it, and what it compiled."""

    def __init__(self, home: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._documents = Documents(home / "snapshots" / "documents")
        self._documents.prepare()
        self._reader, self._writer = reader, writer
        self._sequence = 0
        self.compiled: list[tuple[str, str]] = []
        self.alive: WeakSet[Callable[..., Any]] = WeakSet()  # something of each stage that there is

    def entry(self, api_id: str, body: str) -> StageEntry:
        """On disk, as the agent puts it there before it tells of it."""
        drawn = snapshot.encode(
            document(
                Method(http_method="GET", integration=mock(200, body)),
                Method(http_method="PUT", integration=Integration(type="MOCK"), authorization_type="AWS_IAM"),
                api_id=api_id,
            )
        )
        digest = snapshot.digest(drawn)
        self._documents.add(digest, drawn)
        self._documents.commit()
        return StageEntry(api_id=api_id, stage_name="dev", generation=1, deployment_id="d", digest=digest)

    async def load(self, *changed: StageEntry, removed: tuple[StageName, ...] = ()) -> Loaded:
        self._sequence += 1
        send(self._writer, Load(self._sequence, changed, removed))
        while not isinstance(answer := await receive_answer(self._reader), Loaded):
            assert answer is not None
        return answer

    def compile(self, entry: StageEntry, *rest: Any) -> Stage:
        stage = compile_stage(entry, *rest)
        self.compiled.append((entry.api_id, entry.digest))
        match = stage.router.match("/pets")
        assert match is not None
        authorize = match[0]["PUT"].authorize
        assert authorize is not None
        self.alive.add(authorize)
        return stage


Scenario = Callable[[Told], Coroutine[Any, Any, None]]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Scenario], None]:
    async def play(scenario: Scenario) -> None:
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        own_reader, own_writer = await asyncio.open_unix_connection(sock=theirs)
        running = asyncio.create_task(Worker(settings_in(tmp_path), own_reader, own_writer).run())
        one = Told(tmp_path, reader, writer)
        monkeypatch.setattr(documents, "compile_stage", one.compile)
        async with asyncio.timeout(SECONDS):
            await scenario(one)
            send(writer, Drain(0.1))
            await running
        for each in (own_writer, writer):
            each.close()
            await each.wait_closed()

    return lambda scenario: uvloop.run(play(scenario))


@pytest.fixture(autouse=True)
def thawed() -> Any:
    yield
    gc.unfreeze()


def test_one_changed_stage_of_many_is_compiled_alone(told: Callable[[Scenario], None]) -> None:
    async def scenario(agent: Told) -> None:
        entries = [agent.entry(f"api{number}", "one") for number in range(MANY)]
        assert (await agent.load(*entries)).failures == ()
        assert len(agent.compiled) == MANY
        agent.compiled.clear()
        changed = agent.entry("api7", "two")
        await agent.load(changed)
        assert agent.compiled == [("api7", changed.digest)]

    told(scenario)


def test_what_is_replaced_or_removed_is_freed_at_once_and_without_the_collector(
    told: Callable[[Scenario], None],
) -> None:
    async def scenario(agent: Told) -> None:
        await agent.load(*(agent.entry(f"api{number}", "one") for number in range(MANY)))
        assert len(agent.alive) == MANY
        gc.disable()
        try:
            await agent.load(agent.entry("api7", "two"))
            assert len(agent.alive) == MANY
            names = tuple(StageName(api_id=f"api{number}", stage_name="dev") for number in range(10))
            await agent.load(removed=names)
            assert len(agent.alive) == MANY - 10
        finally:
            gc.enable()

    told(scenario)


def test_what_does_not_compile_is_told_and_the_others_are_served(told: Callable[[Scenario], None]) -> None:
    async def scenario(agent: Told) -> None:
        missing = StageEntry(api_id="api2", stage_name="dev", generation=1, deployment_id="d", digest="0" * 64)
        answer = await agent.load(agent.entry("api1", "one"), missing)
        assert [failure.entry.api_id for failure in answer.failures] == ["api2"]
        assert len(agent.alive) == 1

    told(scenario)
