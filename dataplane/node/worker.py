"""One worker process: `python -m dataplane.node.worker FD`, FD its end of the node agent's socket pair.

It serves what it is told to, from documents that the agent has put on disk. When the agent goes, it drains and exits.
"""

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Iterable

import uvloop
from msgspec.structs import replace

from dataplane import spawn
from dataplane.authorizers.keys import fetch_missing
from dataplane.compiler import do_not_rest
from dataplane.gateway import Gateway
from dataplane.http1.held import HELD
from dataplane.limits.clients import Clients
from dataplane.limits.meter import Meter
from dataplane.listener.server import Server
from dataplane.loader.documents import Documents, Unfit, compile_entry
from dataplane.node.files import within_files
from dataplane.node.logs import log_to_stderr
from dataplane.node.messages import (
    DRAIN_SECONDS,
    Beat,
    Begin,
    Drain,
    Failure,
    Hear,
    Load,
    Loaded,
    Tell,
    receive_command,
    send,
)
from dataplane.node.ports import bind_shared
from dataplane.node.upkeep import Collector, Rests
from dataplane.pipeline import Pipeline
from dataplane.plan import Stage
from dataplane.settings import Settings
from dataplane.snapshot import StageEntry
from dataplane.steps.cache import Caches
from dataplane.telemetry.access_logs import AccessLogs
from dataplane.telemetry.counters import Counters

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
TELL_SECONDS = 0.05


class Worker:
    def __init__(self, settings: Settings, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._settings = settings
        self._reader = reader
        self._writer = writer
        self._documents = Documents(settings.home / "snapshots" / "documents")
        self._counters = Counters(asyncio.get_running_loop().time)
        self._caches = Caches(settings.cache_bytes)
        HELD.most = settings.held_bytes
        self._access_logs = AccessLogs(
            settings.access_logs, file_bytes=settings.access_log_bytes, files=settings.access_log_files
        )
        self._gateway = Gateway()
        self._collector = Collector()
        self._meter = Meter(asyncio.get_running_loop().time, serving=True, wake=self._tell_soon)
        self._clients = Clients(self._meter)
        self._server = Server(Pipeline(self._gateway, self._counters).serve, within_files(settings.limits))
        self._listens = False

    async def run(self) -> None:
        beating = spawn.background(self._beat_on(), "heartbeat")
        spawn.background(self._access_logs.run(), "access logs")
        seconds = await self._obey()
        await self._server.drain(seconds)
        await self._access_logs.close()
        beating.cancel()
        self._tell(last=True)
        self._beat()
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()

    async def _obey(self) -> float:
        """Until it is time to drain; returns how many seconds that may take."""
        while True:
            message = await receive_command(self._reader)
            if isinstance(message, Load):
                await self._load(message)
            elif isinstance(message, Hear):
                self._meter.hear(message.levels)
            elif isinstance(message, Drain):
                return message.seconds
            elif message is None:
                log.warning("the node agent has gone: draining")
                return DRAIN_SECONDS
            del message  # which, of a whole set, is large

    async def _load(self, load: Load) -> None:
        """Compiles in a thread, so that requests are served meanwhile."""
        if load.access is not None:
            self._clients.update(load.access, whole=load.whole_access)
        with self._collector.aside():
            stages, failures = await asyncio.to_thread(self._compile, load.changed)
        self._gateway.swap(stages, load.removed)
        fetch_missing()
        if not self._listens:  # not before there is something to serve
            await self._listen()
        send(self._writer, Loaded(load.sequence, tuple(failures)))

    async def _listen(self) -> None:
        host, port = self._settings.host, self._settings.gateway_port
        try:
            await self._server.listen(bind_shared(host, port))
        except OSError as error:
            log.error("cannot listen on port %d of %s: %s", port, host, error.strerror)
            raise SystemExit(1) from error
        self._listens = True

    def _compile(self, entries: Iterable[StageEntry]) -> tuple[list[Stage], list[Failure]]:
        stages: list[Stage] = []
        failures: list[Failure] = []
        rest = Rests() if self._listens else do_not_rest
        for entry in sorted(entries, key=lambda entry: entry.digest):
            try:
                stages.append(
                    compile_entry(entry, self._documents, self._caches, self._access_logs, self._clients, rest)
                )
            except Unfit as unfit:
                failures.append(Failure(entry, str(unfit)))
        self._documents.let_go()
        return stages, failures

    def _tell_soon(self) -> None:
        asyncio.get_running_loop().call_later(TELL_SECONDS, self._tell)

    def _tell(self, *, last: bool = False) -> None:
        spent = self._meter.spent(last=last)
        if spent is not None:
            send(self._writer, Tell(spent))

    async def _beat_on(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self._beat()

    def _beat(self) -> None:
        logs = self._access_logs
        told = {"lines_written": logs.written, "lines_dropped": logs.dropped, "given_up": HELD.given_up}
        logs.written = logs.dropped = HELD.given_up = 0
        send(self._writer, Beat(self._server.connections, replace(self._counters.take(), **told), HELD.bytes))


async def _serve(sock: socket.socket) -> None:
    reader, writer = await asyncio.open_unix_connection(sock=sock)
    begin = await receive_command(reader)
    if isinstance(begin, Begin):
        log_to_stderr(begin.settings.log_level, f"worker {begin.number}")
        await Worker(begin.settings, reader, writer).run()
    writer.close()


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # sent to a whole group: the agent decides, and says so
    uvloop.run(_serve(socket.socket(fileno=int(sys.argv[1]))))


if __name__ == "__main__":
    main()
