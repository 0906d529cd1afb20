"""Tells the console how the node is: about once a second, and at once after each swap."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from dataplane import snapshot
from dataplane.limits.ledger import PARCEL_ROWS as USAGE_ROWS
from dataplane.limits.ledger import Parcel
from dataplane.loader.console import Console, ConsoleAway, ConsoleRefused
from dataplane.node.node import Node
from dataplane.snapshot import ReportAnswer, UsageCount
from dataplane.telemetry.counters import Tally
from dataplane.telemetry.shipper import PARCEL_ROWS, Shipper, minute_counts

log = logging.getLogger(__name__)

REPORT_SECONDS: Final = 1.0
LAST_REPORTS_SECONDS: Final = 2.0


class Reporter:
    def __init__(self, node: Node, console: Console) -> None:
        self._node = node
        self._console = console
        self._thread = ThreadPoolExecutor(1, "report")
        self._due = asyncio.Event()
        self._shipper = Shipper()
        self._said = ""

    def count(self, tally: Tally) -> None:
        self._shipper.add(tally)

    def hurry(self) -> None:
        self._due.set()

    async def run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), REPORT_SECONDS)
            self._due.clear()
            if not self._node.contact.lost:  # the poll finds out when it is back
                await self._report()

    async def last(self) -> None:
        """All that is left to say, if the console listens."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_REPORTS_SECONDS):
                while await self._report(everything=True) and self._waiting():
                    pass
        if self._shipper.waiting():
            log.warning("the console has not taken the last counts: they are lost")
        self._console.close()

    def _waiting(self) -> int:
        return self._shipper.waiting() + self._node.sharing.hub.ledger.waiting()

    async def _report(self, *, everything: bool = False) -> bool:
        """Whether the console has taken it."""
        parcel = self._shipper.parcel(everything=everything)
        ledger = self._node.sharing.hub.ledger
        usage = ledger.parcel()
        body = snapshot.encode(self._node.report(minute_counts(parcel), _usage_counts(usage)))
        try:
            answer = await asyncio.get_running_loop().run_in_executor(self._thread, self._console.report, body)
            recorded = snapshot.decode(answer, ReportAnswer).quotas if answer else ()
        except ConsoleAway:
            return False
        except ConsoleRefused as error:
            self._complain(str(error))
            return False
        except Exception as error:  # its text may hold the token, as that of a header that cannot be sent does
            log.debug("reporting failed", exc_info=True)
            self._complain(f"sending them fails ({type(error).__name__})")
            return False
        self._said = ""
        self._shipper.taken(parcel)
        ledger.taken(usage)
        self._node.sharing.recorded(recorded)
        if len(parcel) == PARCEL_ROWS or len(usage) == USAGE_ROWS:
            self.hurry()
        return True

    def _complain(self, reason: str) -> None:
        if reason != self._said:
            self._said = reason
            log.warning("the console does not take this node's reports: %s", reason)


def _usage_counts(parcel: Parcel) -> Iterator[UsageCount]:
    for (plan_id, key_id, day), used in parcel:
        yield UsageCount(plan_id=plan_id, key_id=key_id, day=day, used=used)
