"""AWS's services, stood in for by a moto server: another implementation, in a process of its own, over HTTP."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from tests.dataplane.aws.verifying import KEY, SECRET
from tests.ports import free_port

REGION = "us-east-1"
ACCOUNT = "123456789012"  # moto's
START_SECONDS = 60.0


@dataclass(frozen=True)
class Services:
    url: str

    def client(self, name: str) -> Any:
        return boto3.client(
            name, endpoint_url=self.url, region_name=REGION, aws_access_key_id=KEY, aws_secret_access_key=SECRET
        )


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        found = Services(f"http://127.0.0.1:{port}")
        _wait_for(found.url, process)
        yield found
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{url}/moto-api/", timeout=1).close()
            return
        except OSError:  # refused, or no answer within a second while it starts
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)
