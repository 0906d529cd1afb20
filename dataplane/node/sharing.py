"""Limits that the workers of this node share with each other and, over Valkey, with other nodes.

What was counted is kept in `usage.json` beside the snapshots, so that neither a restart nor an absent console loses it.
Whoever is away, requests are served on: without Valkey by this node's part of the limits and the last known use of
quotas.
"""

import asyncio
import contextlib
import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from dataplane.limits.hub import Hub
from dataplane.limits.ledger import Kept, Ledger
from dataplane.limits.meter import Counted, Level, Spent
from dataplane.limits.quota import day_of
from dataplane.limits.shared import Away, Shared
from dataplane.loader import files
from dataplane.settings import Settings
from dataplane.snapshot import QuotaUse

log = logging.getLogger(__name__)

TELL_SECONDS: Final = 0.01  # what several workers tell within it is told on at once
EXCHANGE_SECONDS: Final = 0.05
SLOWEST_RETRY: Final = 2.0
KEEP_SECONDS: Final = 0.2  # at least; of the time no more than a twentieth
LIVE_SECONDS: Final = 1.0


class Sharing:
    def __init__(self, settings: Settings, tell: Callable[[list[Level], list[Counted]], None]) -> None:
        self._path = settings.home / "usage.json"
        ledger = self._restored()
        self.hub = Hub(time.monotonic, ledger)
        self.hub.workers = settings.workers
        self._tell = tell
        self._telling = False
        self._due = asyncio.Event()
        self._due.set()  # what is known is told first of all
        self._shared: Shared | None = None
        if settings.valkey_url:
            self._shared = Shared(settings.valkey_url, settings.node_token, settings.node_id, ledger.life)
        self.away = False  # Valkey, where there is one
        self._failures = 0
        self._lived_at = 0.0
        self._keep_at = 0.0
        self._unkept = False

    @property
    def valkey(self) -> str:
        """As /status says it."""
        return "none" if self._shared is None else "away" if self.away else "connected"

    # From the workers, and to them

    def spent(self, spent: Spent) -> None:
        self.hub.spent(spent)
        self._due.set()
        self.tell_soon()

    def tell_soon(self) -> None:
        if not self._telling:
            self._telling = True
            asyncio.get_running_loop().call_later(TELL_SECONDS, self._tell_now)

    def _tell_now(self) -> None:
        self._telling = False
        self._tell(*self.hub.news())

    def recorded(self, quotas: Iterable[QuotaUse]) -> None:
        """What the console says that all nodes used."""
        self.hub.recorded(Counted(one.plan_id, one.key_id, one.period, one.used) for one in quotas)
        self.tell_soon()

    # With Valkey and the disk

    async def run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), KEEP_SECONDS if self.hub.ledger.changed else LIVE_SECONDS)
            self._due.clear()
            await self._round()
            await asyncio.sleep(min(EXCHANGE_SECONDS * 2.0**self._failures, SLOWEST_RETRY))

    async def _round(self) -> None:
        if self._shared is not None:
            try:
                await self._exchange(self._shared)
            except Away as error:
                self._went_away(str(error))
            except Exception as error:  # whatever it is, limits are not worth a node that shares no more
                log.debug("sharing failed", exc_info=True)
                self._went_away(f"sharing fails ({type(error).__name__})")
        if time.monotonic() >= self._keep_at:
            await self._keep()

    async def _exchange(self, shared: Shared) -> None:
        """Raises Away."""
        if self.away or time.monotonic() - self._lived_at >= LIVE_SECONDS:
            self.hub.nodes = max(1, await shared.live())
            self._lived_at = time.monotonic()
        taken, used = self.hub.untold()
        if taken or used:
            levels, totals = await shared.exchange(taken, used)
            self.hub.told(levels, totals, _today().isoformat())
            self.tell_soon()
        if self.hub.has_untold:
            self._due.set()
        if self.away:
            self.away, self._failures = False, 0
            log.info("Valkey answers again: limits are shared")

    def _went_away(self, reason: str) -> None:
        self._failures = min(self._failures + 1, 16)
        self.hub.go_alone()
        if not self.away:
            self.away = True
            part = f"a part of {self.hub.nodes}" if self.hub.nodes > 1 else "all of them, as this node knows no other"
            log.warning("no contact with Valkey: %s; serving on, of limits %s", reason, part)

    def _restored(self) -> Ledger:
        try:
            return Ledger(msgspec.json.decode(self._path.read_bytes(), type=Kept))
        except FileNotFoundError:
            return Ledger()
        except (msgspec.DecodeError, OSError) as error:
            log.error("usage.json: %s; what it held and the console had not taken is lost", error)
            return Ledger()

    async def _keep(self) -> None:
        if not self.hub.ledger.changed:
            return
        began = time.monotonic()
        body = msgspec.json.encode(self.hub.ledger.keep(_today()))
        try:
            await asyncio.to_thread(files.write, self._path, body)
            self._unkept = False
        except OSError as error:
            self.hub.ledger.changed = True
            if not self._unkept:
                log.warning("usage.json cannot be written (%s): a restart would lose counts", error.strerror)
            self._unkept = True
        took = time.monotonic() - began
        self._keep_at = began + max(KEEP_SECONDS, 20 * took)

    async def close(self) -> None:
        """After the last worker has told the last."""
        if self._shared is not None:
            with contextlib.suppress(Away):
                taken, used = self.hub.untold()
                if (taken or used) and not self.away:
                    levels, totals = await self._shared.exchange(taken, used)
                    self.hub.told(levels, totals, _today().isoformat())
            await self._shared.close()
        await self._keep()


def _today() -> dt.date:
    return day_of(time.time())
