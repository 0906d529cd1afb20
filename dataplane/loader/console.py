"""The console's internal API as a node uses it: blocking, one keep-alive connection, from a thread of its own."""

import contextlib
import http.client
import socket
import threading
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, urlsplit

from dataplane import snapshot
from dataplane.snapshot import Digest, Wanted, unpack
from dataplane.tls import client_context

SECONDS: Final = 5.0  # for connecting, and for each piece of an answer


class ConsoleAway(Exception):
    """No answer from the console."""


class ConsoleRefused(Exception):
    """An answer that is none: a status that the internal API does not give to a node that is right."""


class Console:
    """Raises ConsoleAway, ConsoleRefused."""

    def __init__(self, url: str, token: str, seconds: float = SECONDS) -> None:
        parts = urlsplit(url)
        self._prefix = parts.path.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._connection = _connection(parts.scheme, parts.hostname or "", parts.port, seconds)
        self._closed = False
        self._calling = threading.Lock()

    def manifest(self, origin: str, since: int, account: str = "") -> bytes | None:
        """None: nothing has changed since, and `account` is what the limits of the account are."""
        query = f"origin={quote(origin)}&since={since}" + (f"&account={quote(account)}" if account else "")
        status, body = self._send("GET", f"/internal/manifest?{query}")
        return None if status == 304 else body

    def document(self, digest: Digest) -> bytes | None:
        """None: the console does not have it."""
        status, body = self._send("GET", f"/internal/documents/{digest}", missing=404)
        return None if status == 404 else body

    def parcel(self, digests: Sequence[Digest]) -> dict[Digest, bytes]:
        """Those that it has, or as many of them as it sends at once; not verified. Empty, too, of one that is older."""
        wanted = snapshot.encode(Wanted(digests=tuple(digests)))
        status, parcel = self._send("POST", "/internal/documents", wanted, missing=404)
        return {} if status == 404 else unpack(parcel)

    def report(self, body: bytes) -> bytes:
        """The answer; empty where there is none."""
        return self._send("POST", "/internal/report", body)[1]

    def close(self) -> None:
        """From any thread: who waits for an answer waits no longer."""
        self._closed = True
        sock = self._connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        if self._calling.acquire(blocking=False):  # or else the call that fails now closes it
            self._connection.close()
            self._calling.release()

    def _send(self, method: str, target: str, body: bytes | None = None, *, missing: int = 304) -> tuple[int, bytes]:
        with self._calling:
            if self._closed:
                raise ConsoleAway("this node is stopping")
            status, answer = self._send_anew(method, target, body)
        if status not in (200, 204, 304, missing):
            hint = ": is STAGEDOOR_NODE_TOKEN the console's?" if status in (401, 403) else ""
            raise ConsoleRefused(f"it answers {status} to {method} {target.partition('?')[0]}{hint}")
        return status, answer

    def _send_anew(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        """Once more, where the console has closed a kept connection meanwhile: all calls may be repeated."""
        kept = self._connection.sock is not None
        try:
            return self._exchange(method, target, body)
        except (http.client.HTTPException, OSError) as error:
            self._connection.close()
            if not kept or self._closed or isinstance(error, TimeoutError):
                raise ConsoleAway(_reason(error)) from error
        return self._send_anew(method, target, body)

    def _exchange(self, method: str, target: str, body: bytes | None) -> tuple[int, bytes]:
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        self._connection.request(method, self._prefix + target, body, headers)
        response = self._connection.getresponse()
        return response.status, response.read()


def _connection(scheme: str, host: str, port: int | None, seconds: float) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=seconds, context=client_context())
    return http.client.HTTPConnection(host, port, timeout=seconds)


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "the connection is refused"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(error) or type(error).__name__
