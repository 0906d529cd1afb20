"""Minutes of mixed load with one deployment a second, and the memory of each of the node's processes meanwhile.

Mocks, templates, proxied GETs and POSTs of 20 KB, on connections that come and go: what a leak would need to show.
`python -m benchmarks.endurance --minutes 10 --rate 400` prints a row per sample; the last line says how much memory
grew over the second half.
"""

import argparse
import asyncio
import itertools
import random
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import cast

import psutil
import uvloop

from benchmarks import snapshots
from benchmarks.contenders import start_node
from benchmarks.deployments import Deployments
from dataplane import spawn
from dataplane.snapshot import Resource

CONNECTIONS = 32
APIS = 20
REQUESTS_PER_CONNECTION = 500  # then it is closed and opened anew
SAMPLE_SECONDS = 15.0
BODY = b"x" * 20_000


@dataclass
class Counts:
    good: int = 0
    bad: list[str] = field(default_factory=list)


class Backend(asyncio.Protocol):
    """Answers with 10 KB. Only one request comes at a time: when its last byte came, it is whole."""

    _ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n" + b"y" * 10_000

    def __init__(self) -> None:
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            head, _, body = data.partition(b"\r\n\r\n")
            _, found, rest = head.lower().partition(b"content-length:")
            self._missing = int(rest.split(b"\r\n")[0]) - len(body) if found else 0
        if self._missing == 0:
            self._transport.write(self._ANSWER)


def _api(number: int) -> str:
    return f"soak{number:06}"


def _drawn(generation: int, backend: int) -> list[Resource]:
    return [
        snapshots.mock("/mock", f'{{"generation": {generation}}}'),
        snapshots.mock("/rendered", snapshots.RENDERED),
        snapshots.proxy(backend),
    ]


def _request() -> bytes:
    path, method = random.choice((("mock", "GET"), ("rendered", "GET"), ("x", "GET"), ("x", "POST")))
    host = f"{_api(random.randrange(APIS))}.execute-api.localhost"
    body = BODY if method == "POST" else b""
    head = f"{method} /{snapshots.STAGE}/{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    """Empty, or what was wrong."""
    writer.write(_request())
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
    return "" if head.startswith(b"HTTP/1.1 200 ") else head.split(b"\r\n")[0].decode()


async def _client(port: int, pause: float, until: float, counts: Counts) -> None:
    while time.monotonic() < until:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(REQUESTS_PER_CONNECTION):
            try:
                wrong = await asyncio.wait_for(_ask(reader, writer), 30)
            except (OSError, asyncio.IncompleteReadError) as error:
                wrong = repr(error)
            if wrong:
                counts.bad.append(wrong)
                break
            counts.good += 1
            await asyncio.sleep(random.uniform(0, 2 * pause))
            if time.monotonic() > until:
                break
        writer.close()


async def _endure(folder: Path, arguments: argparse.Namespace) -> Counts:
    server = await asyncio.get_running_loop().create_server(Backend, "127.0.0.1", 0)
    backend = server.sockets[0].getsockname()[1]
    deployments = Deployments(lambda api, generation: _drawn(generation, backend))
    for number in range(APIS):
        deployments.deploy(_api(number))
    node = await asyncio.to_thread(start_node, folder, deployments.console, None, arguments.workers)
    try:
        with deployments.every(arguments.every, itertools.cycle(map(_api, range(APIS)))):
            return await _loaded(deployments, node.port, arguments)
    finally:
        node.stop()
        server.close()


async def _loaded(deployments: Deployments, port: int, arguments: argparse.Namespace) -> Counts:
    counts = Counts()
    until = time.monotonic() + arguments.minutes * 60
    pause = CONNECTIONS / arguments.rate
    work = [spawn.background(_client(port, pause, until, counts), f"client {n}") for n in range(CONNECTIONS)]
    await _sampled(until, counts, deployments, work)
    return counts


async def _sampled(until: float, counts: Counts, deployments: Deployments, work: list[asyncio.Task[None]]) -> None:
    (agent,) = psutil.Process().children()
    began = time.monotonic()
    sizes: list[float] = []
    print("| seconds | requests | deployments | failed | agent MB | workers MB |\n|---|---|---|---|---|---|")
    while True:
        own, *workers = (process.memory_info().rss / 1e6 for process in (agent, *agent.children()))
        sizes.append(sum(workers))
        each = " ".join(f"{size:.1f}" for size in workers)
        seconds = time.monotonic() - began
        row = f"| {seconds:.0f} | {counts.good} | {deployments.count - APIS} | {len(counts.bad)} | {own:.1f} | {each} |"
        print(row, flush=True)
        left = until - time.monotonic()
        if left <= 0:
            break
        await asyncio.wait(work, timeout=min(SAMPLE_SECONDS, left))
    await asyncio.wait(work)
    half, quarter = len(sizes) // 2, len(sizes) // 4
    if quarter:
        grown = fmean(sizes[-quarter:]) - fmean(sizes[half : half + quarter])
        print(f"between the third and the fourth quarter, the workers grew by {grown:+.2f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endurance", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=400, help="requests a second")
    parser.add_argument("--every", type=float, default=1, help="seconds between deployments")
    parser.add_argument("--workers", type=int, default=1)
    with tempfile.TemporaryDirectory() as folder:
        counts = uvloop.run(_endure(Path(folder), parser.parse_args()))
    for wrong in counts.bad[:10]:
        print(f"failed: {wrong}")
    raise SystemExit(bool(counts.bad))


if __name__ == "__main__":
    main()
