"""The aws CLI through every story: each of its commands for API Gateway at least once."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from console.core.actor import Role
from console.sdks.services import generator
from tests.clients.aws_cli import AwsCli
from tests.parity.operations import SERVED
from tests.parity.server import Server, key_of, node, working
from tests.parity.stories import STORIES

# One worker: the CLI is installed once.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("aws_cli")]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], None]]:
    with node(tmp_path_factory.mktemp("node")) as report:
        yield report


@pytest.fixture
def cli(
    live_server: Any, report: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AwsCli]:
    report()
    monkeypatch.setattr(generator, "generate", lambda document, **how: b"PK")  # an SDK is not what is asked here
    key = key_of(Role.ADMIN)
    with working():
        cli = AwsCli(tmp_path, Server(live_server.url).endpoint, key.row.id, key.secret, SERVED)
        yield cli
        cli.close()


def test_every_command_does_what_it_says(cli: AwsCli):
    for story in STORIES:
        story(cli)
    assert cli.called == SERVED


def test_the_program_itself_works_with_an_endpoint_and_a_key(cli: AwsCli):
    made = json.loads(cli.alone("create-rest-api", "--name", "pets"))
    assert cli.alone("get-rest-apis", "--query", "items[].name", "--output", "text").split() == ["pets"]
    assert cli.alone("delete-rest-api", "--rest-api-id", made["id"]) == ""
