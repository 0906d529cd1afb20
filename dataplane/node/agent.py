"""The node agent, the parent of the workers: follows the console, keeps the set on disk, answers for the node."""

import asyncio
import contextlib
import fcntl
import logging
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from dataplane import spawn
from dataplane.listener.server import Server
from dataplane.loader.console import Console, ConsoleAway, ConsoleRefused
from dataplane.loader.loader import Change, Loader
from dataplane.node.contact import Contact
from dataplane.node.endpoint import Endpoint
from dataplane.node.fleet import Fleet
from dataplane.node.messages import Failure
from dataplane.node.node import Node
from dataplane.node.ports import listen, probe
from dataplane.node.reporter import Reporter
from dataplane.node.sharing import Sharing
from dataplane.settings import Settings
from dataplane.snapshot import SnapshotError
from dataplane.telemetry.counters import Tally

log = logging.getLogger(__name__)
T = TypeVar("T")


class HomeTaken(Exception):
    """One sentence that says what to do."""


def unusable(settings: Settings, error: OSError) -> HomeTaken:
    return HomeTaken(
        f"{settings.home} cannot be used ({error.strerror}): make it a folder that this user can write to, or set "
        "STAGEDOOR_NODE_HOME"
    )


async def run(settings: Settings) -> None:
    """Until SIGTERM or SIGINT. Raises PortTaken, HomeTaken before anything is served."""
    with _lock(settings):
        port = probe(settings.host, settings.gateway_port, "STAGEDOOR_GATEWAY_PORT")
        sock = listen(settings.node_host, settings.node_port, "STAGEDOOR_NODE_PORT")
        settings = replace(settings, gateway_port=port, node_port=sock.getsockname()[1])
        agent = Agent(settings)
        endpoint = Server(Endpoint(agent.node).serve, settings.limits)
        await endpoint.listen(sock)
        log.info(
            "gateway on http://%s:%d, node endpoint on http://%s:%d, %d workers, console at %s",
            settings.host,
            settings.gateway_port,
            settings.node_host,
            settings.node_port,
            settings.workers,
            settings.console_url,
        )
        await agent.run()
        await endpoint.drain(1.0)


class Agent:
    def __init__(self, settings: Settings) -> None:
        self._console = Console(settings.console_url, settings.node_token)
        sharing = Sharing(settings, lambda levels, counted: self.node.fleet.tell(levels, counted))
        fleet = Fleet(
            settings,
            served=self._served,
            counted=self._counted,
            failed=self._failed,
            spent=sharing.spent,
            standing=sharing.hub.everything,
        )
        contact = Contact(settings.console_url, settings.poll_seconds)
        self.node = Node(settings, Loader(settings, self._console), fleet, contact, sharing)
        self._reporter = Reporter(self.node, Console(settings.console_url, settings.node_token))
        self._thread = ThreadPoolExecutor(1, "loader")  # one: what the loader does, it does in turn
        self._stop = asyncio.Event()

    async def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)
        fleet = self.node.fleet
        fleet.start()
        try:
            self._take(await self._in_loader(self.node.loader.boot))
        except OSError as error:
            raise unusable(self.node.settings, error) from error
        following = spawn.background(self._follow(), "follower")
        reporting = spawn.background(self._reporter.run(), "reporter")
        sharing = spawn.background(self.node.sharing.run(), "sharing")
        await self._stop.wait()
        following.cancel()
        self._console.close()
        log.info("draining: %d connections are open", fleet.connections)
        await fleet.drain()
        sharing.cancel()
        reporting.cancel()
        if not self.node.contact.lost:
            await self._reporter.last()
        await self.node.sharing.close()
        log.info("stopped")

    async def _follow(self) -> None:
        while True:
            await self._poll()
            await asyncio.sleep(self.node.contact.delay)

    async def _poll(self) -> None:
        contact = self.node.contact
        try:
            change = await self._in_loader(self.node.loader.poll)
        except ConsoleAway as error:
            contact.away(str(error))
        except ConsoleRefused as error:
            contact.refused(str(error))
        except SnapshotError as error:
            contact.refused(f"its manifest is refused: {error}")
        except OSError as error:
            contact.unkept(str(error))
        except Exception as error:
            log.debug("polling failed", exc_info=True)
            # Its text may hold the token, as that of a header that cannot be sent does.
            contact.refused(f"polling it fails ({type(error).__name__}; DEBUG says more)")
        else:
            contact.made()
            self._take(change)

    def _take(self, change: Change | None) -> None:
        if change is not None:
            self.node.fleet.load(change)

    def _served(self) -> None:
        self._reporter.hurry()

    def _counted(self, tally: Tally) -> None:
        self.node.totals.add(tally)
        self._reporter.count(tally)

    def _failed(self, failure: Failure) -> None:
        spawn.background(self._distrust(failure), "distrust")

    async def _distrust(self, failure: Failure) -> None:
        self._take(await self._in_loader(lambda: self.node.loader.distrust(failure.entry, failure.reason)))

    async def _in_loader(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


@contextlib.contextmanager
def _lock(settings: Settings) -> Iterator[None]:
    """Two nodes in one folder would undo each other's files, and be one node to the console."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (settings.home / "node.lock").open("w")
    except OSError as error:
        raise unusable(settings, error) from error
    with lock as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeTaken(
                f"another node uses {settings.home}: stop it, or set STAGEDOOR_NODE_ID or STAGEDOOR_NODE_HOME"
            ) from None
        yield
