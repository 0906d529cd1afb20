"""`python -m dataplane` as a process, its log, and its two doors."""

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec

from tests.dataplane.node.console import SECONDS, TOKEN
from tests.ports import free_port

ROOT = Path(__file__).parents[3]


class RunningNode:
    def __init__(self, home: Path, console_url: str, *, workers: int = 1, **environment: str) -> None:
        self.home = home
        self.lines: list[str] = []
        self._more = threading.Condition()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "dataplane"],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            env={
                "PATH": os.environ["PATH"],
                "STAGEDOOR_HOME": str(home),
                "STAGEDOOR_NODE_ID": "node-1",
                "STAGEDOOR_NODE_TOKEN": TOKEN,
                "STAGEDOOR_CONSOLE_URL": console_url,
                "STAGEDOOR_GATEWAY_PORT": str(free_port()),  # its workers bind it when they have something to serve
                "STAGEDOOR_NODE_PORT": "0",
                "STAGEDOOR_WORKERS": str(workers),
                "STAGEDOOR_POLL_SECONDS": "0.05",
                **environment,
            },
        )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self._child.stderr is not None
        for line in self._child.stderr:
            with self._more:
                self.lines.append(line.rstrip("\n"))
                self._more.notify_all()

    def wait_for_line(self, pattern: str, count: int = 1) -> str:
        def found() -> list[str]:
            return [line for line in self.lines if re.search(pattern, line)]

        with self._more:
            assert self._more.wait_for(lambda: len(found()) >= count, SECONDS), self.log
            return found()[count - 1]

    @property
    def log(self) -> str:
        return "\n".join(self.lines)

    @property
    def ports(self) -> tuple[int, int]:
        """Of the gateway and of the node endpoint."""
        line = self.wait_for_line("gateway on http")
        gateway, node = re.findall(r"127\.0\.0\.1:(\d+)", line)[:2]
        return int(gateway), int(node)

    def ask(self, path: str) -> tuple[int, bytes]:
        """The node endpoint's answer."""
        return get(self.ports[1], path)

    def status(self) -> dict[str, Any]:
        return msgspec.json.decode(self.ask("/status")[1], type=dict[str, Any])

    def invoke(self, path: str = "/pets", api_id: str = "api1", stage_name: str = "dev") -> tuple[int, bytes]:
        return get(self.ports[0], f"/restapis/{api_id}/{stage_name}/_user_request_{path}")

    def wait_until_ready(self) -> None:
        """Until each of its workers serves; the console is told as soon as one does."""
        self.wait_for_line(r"generation \d+ is served")

    def wait_for_workers(self, count: int, *, without: int) -> dict[int, int]:
        """The process ids, by number, once so many serve and that one has gone."""
        ends = time.monotonic() + SECONDS
        while True:
            workers = self.status()["workers"]
            found = {worker["number"]: worker["pid"] for worker in workers if worker["serves"]}
            if len(found) == count and without not in found.values():
                return found
            assert time.monotonic() < ends, self.log
            time.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        self._child.send_signal(number)

    def wait(self) -> int:
        """Its exit code, once all it had to say has been read."""
        code = self._child.wait(SECONDS)
        self._reading.join(SECONDS)
        if self._child.stderr is not None:
            self._child.stderr.close()
        return code

    def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        if self._child.poll() is None:
            self._child.kill()
        self.wait()


def get(port: int, path: str, connection: http.client.HTTPConnection | None = None) -> tuple[int, bytes]:
    own = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        own.request("GET", path)
        response = own.getresponse()
        return response.status, response.read()
    finally:
        if connection is None:
            own.close()
