"""Host names to addresses. A name that takes long holds up nobody who asks for another.

The look-up of the C library blocks and cannot be given up, so each runs in a thread of its own, which ends with it:
in a pool, a few names whose servers are silent would take all threads, as they do in uvloop's (four). One look-up per
name at a time, and so many at once; those beyond are refused rather than queued behind what hangs.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, NamedTuple

from dataplane.faults import UpstreamUnreachable

FRESH_SECONDS: Final = 10.0  # the C library does not tell a record's own time to live
PATIENCE_SECONDS: Final = 1.0  # for a newer answer, where there is an old one
AT_ONCE: Final = 256
KNOWN: Final = 4096

Addresses = Sequence[str]
LookUp = Callable[[str], Addresses]


class _Known(NamedTuple):
    addresses: Addresses
    until: float  # on the loop's clock


def look_up(host: str) -> Addresses:
    """Blocks. Raises OSError, UnicodeError (not a host name)."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


class Resolver:
    def __init__(self, look_up: LookUp = look_up) -> None:
        self._look_up = look_up
        self._loop: asyncio.AbstractEventLoop | None = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._known: dict[str, _Known] = {}
        self._asking: dict[str, asyncio.Future[Addresses]] = {}

    async def addresses(self, host: str) -> Addresses:
        """In the order to try them. Raises OSError, UnicodeError, UpstreamUnreachable."""
        if _is_address(host):
            return (host,)
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop = loop
            self._begin_anew()
        known = self._known.get(host)
        if known is not None and loop.time() < known.until:
            return known.addresses
        asking = self._asking.get(host) or self._ask(loop, host)
        try:
            return await (asyncio.shield(asking) if known is None else _newer(asking, known.addresses))
        finally:
            del asking  # or what it failed with would hold it, by this frame in its traceback

    def _ask(self, loop: asyncio.AbstractEventLoop, host: str) -> "asyncio.Future[Addresses]":
        if len(self._asking) >= AT_ONCE:
            raise UpstreamUnreachable(f"{AT_ONCE} look-ups of host names hang already")
        asking = self._asking[host] = loop.create_future()
        asking.add_done_callback(_retrieve)
        threading.Thread(target=self._run, args=(loop, host, asking), name=f"look-up of {host}", daemon=True).start()
        return asking

    def _run(self, loop: asyncio.AbstractEventLoop, host: str, asking: "asyncio.Future[Addresses]") -> None:
        found: Addresses | Exception
        try:
            found = self._look_up(host)
        except (OSError, UnicodeError) as error:
            found = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._told, loop, host, asking, found)
        del found, asking  # what failed holds this frame, by its traceback

    def _told(
        self,
        loop: asyncio.AbstractEventLoop,
        host: str,
        asking: "asyncio.Future[Addresses]",
        found: Addresses | Exception,
    ) -> None:
        del self._asking[host]
        if isinstance(found, Exception):
            asking.set_exception(found)
            return
        if len(self._known) >= KNOWN:
            self._known.pop(next(iter(self._known)))
        self._known[host] = _Known(found, loop.time() + FRESH_SECONDS)
        asking.set_result(found)


async def _newer(asking: "asyncio.Future[Addresses]", old: Addresses) -> Addresses:
    """A name server that is slow or away takes no backend away that was known; one that says no does."""
    await asyncio.wait((asking,), timeout=PATIENCE_SECONDS)
    if not asking.done():
        return old
    try:
        return asking.result()
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            return old
        raise
    finally:
        del asking


def _retrieve(asking: "asyncio.Future[Addresses]") -> None:
    """Whoever asked may have gone."""
    if not asking.cancelled():
        asking.exception()


@lru_cache(maxsize=4096)
def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
