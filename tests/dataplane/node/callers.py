"""Callers that never rest: each asks again as soon as it is answered, and notes whatever is not 200."""

import http.client
import itertools
import threading
import time
from collections.abc import Callable
from types import TracebackType

from tests.dataplane.node.console import SECONDS

PATH = "/restapis/api1/dev/_user_request_/pets"


class Callers:
    """`ports`: where to, one after another; a connection that cannot be opened or that ends unanswered is tried at the
    next port, as a load balancer or a retrying client does. An answer that has begun has to end."""

    def __init__(self, ports: Callable[[], list[int]], count: int = 4, pause: float = 0.002) -> None:
        self._ports = ports
        self._pause = pause
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._call_on, daemon=True) for _ in range(count)]
        self.answered = 0
        self.retried = 0
        self.wrong: list[str] = []

    def __enter__(self) -> "Callers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int) -> None:
        wanted = self.answered + more
        until = time.monotonic() + SECONDS
        while self.answered < wanted:
            assert time.monotonic() < until, (self.answered, self.wrong)
            time.sleep(0.005)

    def _call_on(self) -> None:
        turn = itertools.count()
        connection: http.client.HTTPConnection | None = None
        while not self._over.is_set():
            if connection is None:
                ports = self._ports()
                connection = http.client.HTTPConnection("127.0.0.1", ports[next(turn) % len(ports)], timeout=20)
            connection = self._called(connection)
            time.sleep(self._pause)
        if connection is not None:
            connection.close()

    def _called(self, connection: http.client.HTTPConnection) -> http.client.HTTPConnection | None:
        """The connection, if it can be used again."""
        try:
            connection.request("GET", PATH)
            response = connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionRefusedError):
            self.retried += 1  # closed before a byte of the answer: this request was not taken
            connection.close()
            return None
        except OSError as error:
            self.wrong.append(repr(error))
            connection.close()
            return None
        return self._read(connection, response)

    def _read(
        self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse
    ) -> http.client.HTTPConnection | None:
        try:
            response.read()
        except (http.client.HTTPException, OSError) as error:
            self.wrong.append(f"cut: {error!r}")
        if response.status != 200:
            self.wrong.append(f"{response.status}")
        self.answered += 1
        return None if response.will_close else connection
