"""A fixed rate, whatever the pace of the answers: each request is due at its time, and its latency counts from then.

`python -m benchmarks.pace PORT PATH HOST RATE CONNECTIONS SECONDS` prints one line of JSON. The clock behind it is
select's, which knows microseconds.
"""

import asyncio
import gc
import json
import selectors
import sys
from collections import deque
from dataclasses import asdict, dataclass
from statistics import quantiles
from typing import cast

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


class Generator:
    def __init__(self, request: bytes, rate: float, seconds: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._interval = 1 / rate
        self._request = request
        self._start = self._loop.time() + 0.05
        self._end = self._start + WARM_SECONDS + seconds
        self._issued = 0
        self._idle: list[Client] = []
        self._due: deque[float] = deque()
        self.latencies: list[float] = []
        self.bad = 0
        self.done = self._loop.create_future()

    def tick(self) -> None:
        now = self._loop.time()
        while (due := self._start + self._issued * self._interval) <= now and due < self._end:
            self._issued += 1
            self._due.append(due)
        while self._due and self._idle:
            self._idle.pop().ask(self._request, self._due.popleft())
        if due < self._end:
            self._loop.call_at(due, self.tick)
        elif now < self._end + 5 and len(self.latencies) + self.bad < self._issued:
            self._loop.call_later(0.01, self.tick)
        elif not self.done.done():
            self.bad += self._issued - len(self.latencies) - self.bad
            self.done.set_result(None)

    def free(self, client: "Client") -> None:
        if self._due:
            client.ask(self._request, self._due.popleft())
        else:
            self._idle.append(client)

    def answered(self, due: float, good: bool) -> None:
        if good:
            self.latencies.append(self._loop.time() - due)
        else:
            self.bad += 1

    def paced(self, seconds: float) -> Paced:
        measured = self.latencies[int(WARM_SECONDS / self._interval) :]
        cuts = [round(1000 * cut, 3) for cut in quantiles(measured, n=1000)]
        rate = len(measured) / seconds
        return Paced(self._issued, rate, cuts[499], cuts[989], cuts[998], round(1000 * max(measured), 3), self.bad)


class Client(asyncio.Protocol):
    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._due = 0.0
        self._expected = 0  # bytes still to come; 0: the head is not complete
        self._head = b""
        self._good = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._generator.free(self)

    def ask(self, request: bytes, due: float) -> None:
        self._due = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self._expected == 0:
            data = self._read_head(self._head + data)
        self._expected -= len(data)
        if self._expected == 0 and not self._head:
            self._generator.answered(self._due, self._good)
            self._due = 0.0
            self._generator.free(self)

    def _read_head(self, data: bytes) -> bytes:
        """The beginning of the body, once there is a whole head."""
        head, end, rest = data.partition(b"\r\n\r\n")
        if not end:
            self._head = data
            return b""
        self._head = b""
        self._good = head.startswith(b"HTTP/1.1 2")
        self._expected = int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0])
        return rest

    def connection_lost(self, exc: Exception | None) -> None:
        if self._due:
            self._generator.answered(self._due, good=False)


async def _run(port: int, path: str, host: str, rate: float, connections: int, seconds: float) -> Paced:
    loop = asyncio.get_running_loop()
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    generator = Generator(request, rate, seconds)
    for _ in range(connections):
        await loop.create_connection(lambda: Client(generator), "127.0.0.1", port)
    generator.tick()
    await generator.done
    return generator.paced(seconds)


def main(port: str, path: str, host: str, rate: str, connections: str, seconds: str) -> None:
    gc.disable()
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        paced = runner.run(_run(int(port), path, host, float(rate), int(connections), float(seconds)))
    print(json.dumps(asdict(paced)))


if __name__ == "__main__":
    main(*sys.argv[1:])
