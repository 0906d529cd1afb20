"""The public keys of token issuers: fetched off the path of requests where that can be, kept, and served on with when
the issuer is down.

A request waits only where it needs a key that is not there: at most MAX_WAIT seconds, and all who wait, wait for one
fetch. Source: behaviours 112.
"""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import msgspec

from dataplane.authorizers.flights import Flights
from dataplane.faults import UpstreamFault
from dataplane.upstream.pool import Pool, pool_for

if TYPE_CHECKING:
    from dataplane.authorizers.jwk import Key

log = logging.getLogger(__name__)

MAX_WAIT: Final = 1.5  # seconds
FETCH_SECONDS: Final = 10.0  # a fetch that nobody waits for any more may still be of use
FRESH_SECONDS: Final = 3600.0
# Between fetches, whatever tokens ask for: names of keys that do not exist must not become requests to the issuer.
FLOOR_SECONDS: Final = 5.0
_FETCH: Final = "fetch"
_MAX_BYTES: Final = 1024 * 1024
_DISCOVERY: Final = "/.well-known/openid-configuration"
_kept: "WeakValueDictionary[tuple[str, str], KeySet]" = WeakValueDictionary()


class IssuerAway(Exception):
    """No keys can be had of an issuer of whom none were ever had."""


class _Unusable(Exception):
    """What was fetched is no set of keys."""


class _Discovery(msgspec.Struct):
    issuer: str
    jwks_uri: str


def keys_at(url: str) -> "KeySet":
    """Of the JWK set at `url`. The same for the same place while anybody holds it."""
    return _key_set("", url)


def keys_of(issuer: str) -> "KeySet":
    """Of an issuer whose OpenID Connect discovery document says where they are."""
    return _key_set(issuer, "")


def fetch_missing() -> None:
    """Begin to fetch what has never been fetched, before a request asks for it."""
    for keys in list(_kept.values()):
        keys.prepare()


def _key_set(issuer: str, url: str) -> "KeySet":
    found = _kept.get((issuer, url))
    if found is None:
        found = _kept[issuer, url] = KeySet(issuer, url)
    return found


class KeySet:
    def __init__(self, issuer: str, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._url = url
        self._name = issuer or url
        self._clock = clock
        self._keys: dict[str, Key] | None = None
        self._fetched = 0.0
        self._tried = float("-inf")
        self._flights: Flights[None] = Flights()
        self._pool: Pool | None = None  # held, so that its connection is kept

    def at_hand(self, key_id: str) -> "Key | None":
        """Never waits; keys that have become old are fetched anew beside the request."""
        if self._keys is None:
            return None
        if self._clock() - self._fetched > FRESH_SECONDS and self._may_fetch():
            self._begin()
        return self._keys.get(key_id)

    async def find(self, key_id: str) -> "Key | None":
        """For a key that is not at hand. None: the issuer has no such key. Raises IssuerAway."""
        if self._may_fetch():
            self._begin()
        if self._flights.under_way(_FETCH):
            try:
                await self._flights.join(_FETCH, MAX_WAIT)
            except TimeoutError:
                log.warning("the keys of %s do not come within %g s", self._name, MAX_WAIT)
        if self._keys is None:
            raise IssuerAway(f"there are no keys of {self._name}")
        return self._keys.get(key_id)

    def prepare(self) -> None:
        if self._keys is None and self._may_fetch():
            self._begin()

    def _may_fetch(self) -> bool:
        return self._clock() - self._tried >= FLOOR_SECONDS

    def _begin(self) -> None:
        self._tried = self._clock()
        self._flights.begin(_FETCH, self._fetch)

    async def _fetch(self) -> None:
        # It takes 8 MB, which a worker that checks no token does not pay.
        from dataplane.authorizers.jwk import read_keys

        try:
            keys = read_keys(await self._get(self._url or await self._discovered()))
        except (UpstreamFault, _Unusable, ValueError) as error:
            log.warning("the keys of %s cannot be fetched: %s", self._name, error)
            return
        self._keys, self._fetched = keys, self._clock()

    async def _discovered(self) -> str:
        """Source: OpenID Connect Discovery 1.0, 4.3: the document must name the issuer that was asked."""
        try:
            said = msgspec.json.decode(await self._get(self._issuer.rstrip("/") + _DISCOVERY), type=_Discovery)
        except (msgspec.DecodeError, RecursionError) as error:
            raise _Unusable(f"its discovery document: {error}") from error
        if said.issuer != self._issuer:
            raise _Unusable(f"its discovery document is that of {said.issuer}")
        return said.jwks_uri

    async def _get(self, url: str) -> bytes:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise _Unusable(f"no URL to fetch: {url}")
        self._pool = pool = pool_for(
            parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
        )
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        headers = [(b"Host", parts.netloc.encode()), (b"Accept", b"application/json")]
        answer = await pool.send(b"GET", target.encode(), headers, b"", timeout=FETCH_SECONDS)
        try:
            if answer.status != 200:
                raise _Unusable(f"{url} answers {answer.status}")
            body = b""
            while piece := await answer.body.chunk():
                body += piece
                if len(body) > _MAX_BYTES:
                    raise _Unusable(f"{url} answers more than {_MAX_BYTES} bytes")
            return body
        except BaseException:
            answer.close()
            raise
