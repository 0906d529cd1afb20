import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import uvloop

from dataplane.node.messages import (
    Beat,
    Begin,
    Drain,
    Failure,
    FromWorker,
    Load,
    Loaded,
    ToWorker,
    receive_answer,
    receive_command,
    send,
)
from dataplane.snapshot import StageEntry, StageName
from dataplane.telemetry.counters import Tally
from tests.dataplane.node.settings import settings_in

ENTRY = StageEntry(api_id="api1", stage_name="dev", generation=1, deployment_id="d", digest="0" * 64)


class Written(asyncio.StreamReader):
    """A pipe's two ends in one: what is written can be read."""

    def is_closing(self) -> bool:
        return False

    def write(self, piece: bytes) -> None:
        self.feed_data(piece)


def said(*messages: ToWorker | FromWorker) -> Written:
    written = Written()
    for message in messages:
        send(written, message)  # type: ignore[arg-type]
    written.feed_eof()
    return written


def test_a_worker_hears_what_the_agent_says() -> None:
    async def run() -> None:
        messages = (
            Begin(2, settings_in(Path("/somewhere"))),
            Begin(3, replace(settings_in(Path("/somewhere")), access_log_folder=Path("/else/where"))),
            Load(3, (ENTRY,), (StageName(api_id="api2", stage_name="dev"),)),
            Drain(30.0),
        )
        reader = said(*messages)
        for message in messages:
            assert await receive_command(reader) == message
        assert await receive_command(reader) is None

    asyncio.run(run())


def test_the_agent_hears_what_a_worker_says() -> None:
    async def run() -> None:
        key = (60, "api1", "dev", "/pets", "GET", "d1")
        messages = (
            Loaded(3, (Failure(ENTRY, "does not compile"),)),
            Beat(7, Tally(2, [0] * 6, [(key, [0, 0, 2, 0, 0, 0, 0.5, 0.25, 0, 0])])),
        )
        reader = said(*messages)
        for message in messages:
            assert await receive_answer(reader) == message
        assert await receive_answer(reader) is None

    asyncio.run(run())


def test_a_message_that_was_cut_off_is_the_end() -> None:
    async def run() -> None:
        reader = Written()
        reader.feed_data(b"\0\0\0\x09{")
        reader.feed_eof()
        assert await receive_command(reader) is None

    asyncio.run(run())


def test_what_is_said_to_one_who_has_gone_is_nothing() -> None:
    """A worker drains when its agent was killed, and beats on meanwhile."""

    async def run() -> None:
        own, other = socket.socketpair()
        reader, writer = await asyncio.open_unix_connection(sock=own)
        other.close()
        for _ in range(3):
            send(writer, Beat(1, Tally(0, [0] * 6, [])))
            await asyncio.sleep(0.02)
        assert await receive_command(reader) is None
        writer.close()

    uvloop.run(run())
