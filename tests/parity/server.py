"""The console behind a real socket for one module's tests, with keys of every role, and an empty database after."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from botocore.config import Config
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from console.accounts.services import NewAccessKey, create_access_key, create_user
from console.celery import app
from console.core.actor import SYSTEM, Role
from console.publishing.services import nodes
from tests.console.publishing.nodes import Node
from tests.dataplane.node.console import TOKEN
from tests.dataplane.node.running import RunningNode

REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Server:
    url: str

    @property
    def endpoint(self) -> str:
        """What a client of AWS is told."""
        return f"{self.url}/api"

    def boto(self, key: NewAccessKey, **config: Any) -> Any:
        return boto3.client(
            "apigateway",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=key.row.id,
            aws_secret_access_key=key.secret,
            config=Config(retries={"max_attempts": 0}, **config),
        )


@contextmanager
def serving(blocker: Any) -> Iterator[Server]:
    """`blocker` is pytest-django's django_db_blocker; tests that are marked django_db make the database."""
    assert connection.settings_dict["NAME"] == settings.DATABASES["default"]["TEST"]["NAME"], "no test database"
    with blocker.unblock():
        live = LiveServer("127.0.0.1")
        try:
            yield Server(live.url)
        finally:
            live.stop()
            call_command("flush", verbosity=0, interactive=False)


@contextmanager
def working() -> Iterator[None]:
    """A worker for each task that is sent, in a thread of its own as a worker is in its process."""
    threads: list[threading.Thread] = []

    def send(name: str, args: list[Any], **_: Any) -> None:
        threads.append(threading.Thread(target=_work, args=[name, args]))
        threads[-1].start()

    app.loader.import_default_modules()  # where tasks are, as a worker's start does
    with patch.object(app, "send_task", send):
        yield
    for thread in threads:
        thread.join()


def _work(name: str, args: list[Any]) -> None:
    try:
        app.tasks[name](*args)
    finally:
        connection.close()


@contextmanager
def node(folder: Path) -> Iterator[Callable[[], None]]:
    """A real node, for drafts to be tried on; what this gives makes it known to the console's database as it is."""
    running = RunningNode(folder, "http://127.0.0.1:9")  # it serves nothing, so that it needs no console
    # It is to count as alive after its one report.
    with override_settings(NODE_TOKEN=TOKEN), patch.object(nodes, "LIVE", dt.timedelta(hours=1)):
        try:
            yield lambda: _report(running)
        finally:
            running.kill()


def _report(running: RunningNode) -> None:
    answer = Node().report(endpoint=f"http://127.0.0.1:{running.ports[1]}")
    assert answer.status_code == 204, answer.content


def key_of(role: Role, name: str = "") -> NewAccessKey:
    username = name or role.name.lower()
    create_user(SYSTEM, username=username, password="an engine of 1843", role=role)
    return create_access_key(SYSTEM, username=username)
