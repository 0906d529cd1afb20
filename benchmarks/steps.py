"""`python -m benchmarks.steps`: what each step of a request costs this Python, in microseconds, without a socket.

A client's connection and a backend's are real ones over transports that only take notice; so the sum is what the
gateway itself adds to the system calls and to the loop.
"""

import asyncio
import cProfile
import pstats
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice, repeat
from math import inf
from time import perf_counter
from typing import Any, cast

import uvloop
from msgspec.structs import replace

from benchmarks import snapshots
from benchmarks.load import BROWSER
from benchmarks.machine import described
from benchmarks.report import table
from dataplane.compiler import compile_stage
from dataplane.exchange import Exchange
from dataplane.gateway import Gateway
from dataplane.http1.head import header_lines
from dataplane.limits.clients import Clients
from dataplane.limits.meter import Meter
from dataplane.listener.connection import Connection
from dataplane.listener.http1 import Head, Reader
from dataplane.listener.responder import ClientResponder
from dataplane.listener.server import Server
from dataplane.pipeline import Pipeline
from dataplane.settings import Limits
from dataplane.snapshot import ApiDocument, decode
from dataplane.steps.cache import Caches
from dataplane.steps.respond import respond
from dataplane.telemetry.counters import Counters
from dataplane.trace import request_id
from dataplane.upstream.connection import Connection as UpstreamConnection
from dataplane.upstream.pool import Pool, pool_for

BODY = b"x" * 1_000
ANSWER = (
    b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 14:00:00 GMT\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n"
    b"Last-Modified: Sun, 22 Nov 2026 13:00:00 GMT\r\nConnection: keep-alive\r\n"
    b'ETag: "65-3e8"\r\nAccept-Ranges: bytes\r\n\r\n%b' % (len(BODY), BODY)
)
ID = b"2f1c9a60-2e9e-4a8b-9e1d-0b1d2c3e4f50"
IDENTIFIED = ANSWER.replace(b"Accept-Ranges", b"X-Request-Id: %b\r\nAccept-Ranges" % ID)
BACKENDS = count(9)  # each bench's own, so that no other's connection is used
ROUNDS, CALLS = 80, 250
LIMITS = Limits(header_seconds=3600, idle_seconds=3600)  # nobody is told to go while it is measured


class Transport(asyncio.Transport):
    """What is written goes to `taken`."""

    def __init__(self, taken: Callable[[bytes], object]) -> None:
        super().__init__()
        self._taken = taken

    def write(self, data: Any) -> None:
        self._taken(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 8080)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def is_closing(self) -> bool:
        return False

    def abort(self) -> None:
        raise AssertionError("nothing here should close a connection")

    close = abort


class Bench:
    """One client's connection to a stage, before a backend that answers at once."""

    def __init__(self, *, guarded: bool = False, **settings: Any) -> None:
        """`guarded`: its methods ask for an API key; `settings` of the stage."""
        loop = asyncio.get_running_loop()
        backend = next(BACKENDS)
        resources = [snapshots.proxy(backend, api_key_required=True)] if guarded else snapshots.standard(backend)
        body = snapshots.document(snapshots.API, resources)
        entry = (snapshots.guarded_entry if guarded else snapshots.entry)(body, 1)
        clients = Clients(Meter(loop.time, serving=True))
        clients.update(snapshots.access())
        document = decode(body, ApiDocument)
        stage = compile_stage(replace(entry, **settings), document, None, Caches(1 << 24), self, clients)
        gateway = Gateway()
        gateway.swap([stage])
        self.counters = Counters(loop.time)
        self.pipeline = Pipeline(gateway, self.counters)
        self.kept: list[Exchange] = []
        self.answers = 0
        server = Server(self.pipeline.serve, LIMITS)
        self.connection = Connection(server)
        self.connection.connection_made(Transport(self._answered))
        self.pool = pool_for("http", "127.0.0.1", backend)
        self.says: Iterator[bytes] = repeat(ANSWER)  # the backend, in turn
        self._loop = loop
        self.upstream = _connected(self.pool, self._asked)

    def _asked(self, connection: UpstreamConnection) -> None:
        self._loop.call_soon(connection.data_received, next(self.says))

    def _answered(self, data: bytes) -> None:
        self.answers += 1

    def add(self, group: str, line: str) -> None:
        """A line of an access log, whose writing is not measured: it is beside the requests."""

    def exchange(self, request: bytes) -> Exchange:
        """What the pipeline gets for these bytes."""
        kept: list[Exchange] = []

        async def keep(exchange: Exchange) -> None:
            kept.append(exchange)
            exchange.responder.send(200, [], b"")

        connection = Connection(Server(keep, LIMITS))
        connection.connection_made(Transport(lambda data: None))
        connection.data_received(request)
        return kept[0]


def _connected(pool: Pool, asked: Callable[[UpstreamConnection], object]) -> UpstreamConnection:
    """`asked` when a request is written to it."""
    connection = UpstreamConnection(pool)
    connection.connection_made(Transport(lambda data: asked(connection)))
    pool._loop = asyncio.get_running_loop()
    pool._members.add(connection)
    pool.returned(connection)
    return connection


def request(path: str, headers: dict[str, str] | None = None, stage: str = snapshots.STAGE) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in {"Host": snapshots.HOST, **(headers or {})}.items())
    return f"GET /{stage}{path} HTTP/1.1\r\n{lines}\r\n".encode()


GUARDED_REQUEST = request("/1kb", {"X-Api-Key": snapshots.API_KEY}, snapshots.GUARDED_STAGE)


def varied(data: bytes, calls: int) -> list[bytes]:
    """With an id that never comes again in the place of the one in it."""
    return [data.replace(ID, b"%036x" % random.getrandbits(120)) for _ in range(calls)]


async def never_again(bench: Bench, calls: int) -> float:
    """The same of requests of which each has another path and another head, as have the answers."""
    requests = varied(request(f"/{ID.decode()}", BROWSER), calls)
    bench.says = iter(varied(IDENTIFIED, calls))
    seconds = await served(bench, requests, calls)
    bench.says = repeat(ANSWER)
    return seconds


async def served(bench: Bench, requests: Iterable[bytes], calls: int) -> float:
    """Seconds per request, from its bytes to its answer's, one after another."""
    began = perf_counter()
    for data in islice(requests, calls):
        due = bench.answers + 1
        bench.connection.data_received(data)
        while bench.answers < due:  # noqa: ASYNC110  # a turn of the loop is what is measured
            await asyncio.sleep(0)
    return (perf_counter() - began) / calls


async def turn(calls: int) -> float:
    """Seconds of a turn of the loop, which a request that waits for the backend takes part of."""
    began = perf_counter()
    for _ in range(calls):
        await asyncio.sleep(0)
    return (perf_counter() - began) / calls


def called(step: Callable[[], object], calls: int = CALLS) -> float:
    began = perf_counter()
    for _ in range(calls):
        step()
    return (perf_counter() - began) / calls


def steps(bench: Bench) -> dict[str, Callable[[], object]]:
    """Each alone, on a request that has come as far."""
    exchange = bench.exchange(request("/1kb"))
    exchange.request_id = request_id()
    plan = bench.pipeline.route(exchange)
    outgoing = plan.transform_request(exchange)
    upstream = _connected(Pool("http", "127.0.0.1", next(BACKENDS)), lambda connection: None)
    answer = _asked(upstream)
    reply = plan.transform_response.reply(exchange, answer, b"")
    way = Connection(Server(bench.pipeline.serve, LIMITS))
    way.connection_made(Transport(lambda data: None))

    def answered() -> None:
        exchange.responder = ClientResponder(way, keep_alive=True, head_only=False, old=False)
        respond(exchange, reply)

    reader = Reader(cast(Any, _Receiver()), cast(Any, _Receiver()), LIMITS)
    plain, browser = request("/1kb"), request("/1kb", BROWSER)
    return {
        "read the request by the parser (Host only)": lambda: reader.feed(plain),
        "read the request by the parser (a browser's 9 headers)": lambda: reader.feed(browser),
        "request id": request_id,
        "locate the stage, route": lambda: bench.pipeline.route(exchange),
        "transform request: a proxy's target and headers": lambda: plan.transform_request(exchange),
        "write the backend's request": lambda: header_lines(outgoing.headers),
        "send it, read the answer (8 headers, 1 KB)": lambda: _asked(upstream),
        "transform response: a proxy's headers": lambda: plan.transform_response.reply(exchange, answer, b""),
        "respond (10 headers, 1 KB)": answered,
        "count": lambda: bench.counters.record(exchange),
    }


def _asked(upstream: UpstreamConnection) -> Any:
    waiter = upstream.ask(b"", b"", deadline=inf, head_only=False)
    upstream.data_received(ANSWER)
    return waiter.result()


class _Receiver:
    def requested(self, head: Head) -> None:
        pass


async def measure() -> dict[str, float]:
    bench = Bench()
    guarded = Bench(guarded=True)
    caching, logging = Bench(cache_enabled=True), Bench(access_log_format=snapshots.COMMON_LOG_FORMAT)
    whole = {
        "whole mock": (bench, request("/mock")),
        "whole proxy": (bench, request("/1kb")),
        "whole proxy, a browser's headers": (bench, request("/1kb", BROWSER)),
        "whole proxy, its answer from the stage's cache": (caching, request("/1kb")),
        "whole proxy, with a line in an access log": (logging, request("/1kb")),
        "whole proxy, API key, plan's throttle, access log": (guarded, GUARDED_REQUEST),
    }
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        found.setdefault("(a turn of the loop)", []).append(await turn(CALLS))
        for name, (asked, data) in whole.items():
            found.setdefault(name, []).append(await served(asked, repeat(data), CALLS))
        found.setdefault("whole proxy, nothing comes again", []).append(await never_again(bench, CALLS))
        for name, step in steps(bench).items():
            found.setdefault(name, []).append(called(step))
    return {name: min(values) * 1e6 for name, values in found.items()}


async def profile(path: str) -> None:
    guarded = path == "guarded"
    bench = Bench(guarded=guarded)
    data = GUARDED_REQUEST if guarded else request(path)
    profiler = cProfile.Profile()
    await served(bench, repeat(data), CALLS)
    profiler.enable()
    await served(bench, repeat(data), CALLS * 40)
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(45)


def main() -> None:
    """`--profile /mock` shows where the time of that path goes, `--profile guarded` of the one with a key."""
    if sys.argv[1:2] == ["--profile"]:
        uvloop.run(profile(sys.argv[2]))
        return
    costs = uvloop.run(measure())
    print(described())
    print(table(["step", "µs"], [[name, f"{cost:.1f}"] for name, cost in costs.items()]))


if __name__ == "__main__":
    main()
