"""The whole house as a person starts it: `manage.py up` in a process of its own, with free ports and its own home."""

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any

import boto3
import psutil
from botocore.exceptions import BotoCoreError, ClientError

from tests.ports import free_ports

ROOT = Path(__file__).parents[1]
PORTS = ("STAGEDOOR_CONSOLE_PORT", "STAGEDOOR_GATEWAY_PORT", "STAGEDOOR_NODE_PORT", "STAGEDOOR_DEMO_PORT")
READY_SECONDS = 120.0
CURL = """import sys, urllib.request
said = sys.argv[1:]
headers = dict([said[said.index("-H") + 1].split(": ")]) if "-H" in said else {}
url = next(word for word in said if word.startswith("http"))
sys.stdout.buffer.write(urllib.request.urlopen(urllib.request.Request(url, headers=headers)).read())
"""
SECONDS = 60.0  # for what has to come: a busy machine may stand still for some of them


def path_with_curl(folder: Path) -> str:
    """A fresh machine may lack curl: there, what it says of a URL is said by a stand-in."""
    if shutil.which("curl"):
        return os.environ["PATH"]
    (folder / "curl.py").write_text(CURL)
    (folder / "curl").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{folder}/curl.py" "$@"\n')
    (folder / "curl").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


class House:
    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ},
            **{name: str(port) for name, port in zip(PORTS, free_ports(len(PORTS)), strict=True)},
            "STAGEDOOR_HOME": str(home),
            **environment,
        }
        self.lines: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self._fresh: queue.Queue[str] = queue.Queue()

    # -- its life

    def start(self, *arguments: str) -> "House":
        self.lines = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, args=[self.process], daemon=True).start()
        return self

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.lines.append(line.rstrip("\n"))
                self._fresh.put(line)
        self._fresh.put("")

    def wait_ready(self, seconds: float = READY_SECONDS) -> float:
        """The seconds it took."""
        begun = time.monotonic()
        self.wait_for_line(r"^ready:", seconds)
        took = time.monotonic() - begun
        self.wait_for_line(r"^  stop ")
        return took

    def wait_for_line(self, pattern: str, seconds: float = SECONDS) -> re.Match[str]:
        deadline = time.monotonic() + seconds
        while True:
            for line in list(self.lines):
                if found := re.search(pattern, line):
                    return found
            assert self.process is not None
            left = deadline - time.monotonic()
            if left < 0 or (self.process.poll() is not None and self._fresh.empty()):
                raise AssertionError(f"no line {pattern!r}:\n{self.told()}")
            try:
                self._fresh.get(timeout=min(left, 0.5))
            except queue.Empty:
                continue

    def stop(self, number: int = signal.SIGINT, seconds: float = 60.0) -> int:
        """The exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)

    def kill(self) -> None:
        """For a test's end, however it went."""
        if self.process is not None and self.process.poll() is None:
            self.stop(signal.SIGTERM, seconds=60)

    def told(self) -> str:
        logs = "\n".join(f"--- {path.name}\n{path.read_text()[-1500:]}" for path in (self.home / "logs").glob("*.log"))
        return "\n".join(self.lines) + "\n" + logs

    def pid(self, name: str) -> int:
        return int((self.home / "run" / f"{name}.pid").read_text().split()[0])

    def running(self) -> list[psutil.Process]:
        """Every process that was started for this home; PostgreSQL and Valkey write over their environment."""
        found = []
        for process in psutil.process_iter():
            try:
                marked = process.environ().get("STAGEDOOR_HOME") == str(self.home)
                ours = marked or str(self.home) in " ".join(process.cmdline())
                if ours and process.status() != psutil.STATUS_ZOMBIE and process.pid != os.getpid():
                    found.append(process)
            except psutil.Error:
                continue
        return found

    # -- its ways in

    def port(self, name: str) -> int:
        return int(self.environment[f"STAGEDOOR_{name}_PORT"])

    @property
    def console(self) -> str:
        return f"http://127.0.0.1:{self.port('CONSOLE')}"

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self.port('GATEWAY')}"

    @property
    def password(self) -> str:
        return self.wait_for_line(r"password: (\S+)")[1]

    @property
    def curl(self) -> str:
        return self.wait_for_line(r"^  call +(curl .*)$")[1]

    @property
    def aws(self) -> dict[str, str]:
        return {
            "AWS_CONFIG_FILE": str(self.home / "aws" / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.home / "aws" / "credentials"),
            "AWS_PROFILE": "stagedoor",
        }

    def client(self) -> Any:
        """boto3 with nothing but the files that `up` wrote."""
        before = {name: os.environ.get(name) for name in self.aws}
        os.environ.update(self.aws)
        try:
            return boto3.session.Session().client("apigateway")
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value

    def call(
        self, api_id: str, stage: str, path: str, *, method: str = "GET", host_style: bool = False
    ) -> tuple[int, str]:
        headers = {}
        if host_style:
            headers["Host"] = f"{api_id}.execute-api.localhost:{self.port('GATEWAY')}"
            url = f"{self.gateway}/{stage}{path}"
        else:
            url = f"{self.gateway}/restapis/{api_id}/{stage}/_user_request_{path}"
        return fetch(url, method=method, headers=headers)


def fetch(url: str, *, method: str = "GET", headers: dict[str, str] | None = None) -> tuple[int, str]:
    request = urllib.request.Request(url, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def eventually(holds: Callable[[], bool], *, what: str, seconds: float = SECONDS) -> float:
    """The seconds until it held; while nobody answers, it does not."""
    begun = time.monotonic()
    while not _holds(holds):
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return time.monotonic() - begun


def _holds(holds: Callable[[], bool]) -> bool:
    try:
        return holds()
    except (OSError, HTTPException, BotoCoreError, ClientError):
        return False
