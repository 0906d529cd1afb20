"""A fixed rate, whatever the pace of the answers: each request is due at its time, and its latency counts from then.

`python -m benchmarks.pace PORT PATH HOST RATE CONNECTIONS SECONDS` prints one line of JSON. The clock behind it is
select's, which knows microseconds where epoll knows milliseconds.
"""

import gc
import json
import select
import socket
import sys
from collections import deque
from dataclasses import asdict, dataclass
from statistics import quantiles
from time import perf_counter

WARM_SECONDS = 0.5


@dataclass(frozen=True)
class Paced:
    count: int  # all, those before the measured time included
    per_second: float
    p50_ms: float
    p99_ms: float
    p999_ms: float
    worst_ms: float
    bad: int  # answers that are not 2xx, and connections that broke
    cpu_us: float = 0.0  # of the contender, per request


class Call:
    """A connection, and the request that it carries."""

    __slots__ = ("_due", "_expected", "_good", "_head", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)

    def ask(self, request: bytes, due: float) -> None:
        self._due = due
        self._head = b""
        self._expected = -1  # bytes of the body still to come; -1: the head is not complete
        self._good = False
        self.socket.send(request)

    def read(self) -> tuple[float, bool] | None:
        """When the answer was due to be asked for, and whether it is a good one; None: it is not complete."""
        try:
            data = self.socket.recv(262_144)
        except ConnectionError:
            data = b""
        if not data:
            return self._due, False
        if self._expected < 0:
            self._head += data
            head, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return None
            self._good = head.startswith(b"HTTP/1.1 2")
            self._expected = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
        self._expected -= len(data)
        return (self._due, self._good) if self._expected == 0 else None


class Generator:
    def __init__(self, port: int, request: bytes, connections: int) -> None:
        self._request = request
        self._idle = [Call(port) for _ in range(connections)]
        self._calls = {call.socket.fileno(): call for call in self._idle}
        self._poll = select.epoll()
        for number in self._calls:
            self._poll.register(number, select.EPOLLIN)
        self._due: deque[float] = deque()
        self._latencies: list[float] = []
        self._bad = 0
        self._issued = 0

    def run(self, rate: float, seconds: float) -> Paced:
        start = perf_counter()
        total = int((WARM_SECONDS + seconds) * rate)
        give_up = start + WARM_SECONDS + seconds + 10
        while len(self._latencies) + self._bad < total and perf_counter() < give_up:
            due = self._issue(start, rate, total)
            if select.select([self._poll], (), (), max(0.0, due - perf_counter()))[0]:
                self._collect()
        self._bad += total - len(self._latencies) - self._bad
        return self._paced(total, int(WARM_SECONDS * rate), seconds)

    def _issue(self, start: float, rate: float, total: int) -> float:
        """Sends what is due, as far as connections are free; when the next one is."""
        now = perf_counter()
        while self._issued < total and (due := start + self._issued / rate) <= now:
            self._due.append(due)
            self._issued += 1
        while self._due and self._idle:
            self._idle.pop().ask(self._request, self._due.popleft())
        return start + self._issued / rate if self._issued < total else now + 0.1

    def _collect(self) -> None:
        for number, _ in self._poll.poll(0):
            call = self._calls[number]
            answer = call.read()
            if answer is None:
                continue
            due, good = answer
            if good:
                self._latencies.append(perf_counter() - due)
                self._idle.append(call)
            else:
                self._bad += 1
                self._poll.unregister(number)

    def _paced(self, total: int, warm: int, seconds: float) -> Paced:
        measured = self._latencies[warm:]
        cuts = [round(1000 * cut, 3) for cut in quantiles(measured, n=1000)]
        rate = len(measured) / seconds
        return Paced(total, rate, cuts[499], cuts[989], cuts[998], round(1000 * max(measured), 3), self._bad)


def main(port: str, path: str, host: str, rate: str, connections: str, seconds: str) -> None:
    gc.disable()
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    generator = Generator(int(port), request, int(connections))
    print(json.dumps(asdict(generator.run(float(rate), float(seconds)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
