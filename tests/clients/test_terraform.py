"""A module with every `aws_api_gateway_*` resource and data source of Terraform's AWS provider."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.core.actor import Role
from console.sdks.services import generator
from tests.clients import terraform
from tests.clients.terraform import Terraform
from tests.parity.server import Server, key_of, working

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

# What the provider itself cannot change in place: these arguments are new things to it.
REPLACED = {"aws_api_gateway_deployment", "aws_api_gateway_rest_api_put"}
LISTS = ("rest_apis", "api_keys", "usage_plans", "domain_names", "vpc_links", "client_certificates")


@pytest.fixture
def server(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(generator, "generate", lambda document, **how: b"PK")  # an SDK is not what is asked here
    with working():
        yield Server(live_server.url)


def left(client: Any) -> dict[str, int]:
    counts = {name: len(getattr(client, f"get_{name}")()["items"]) for name in LISTS}
    return {name: count for name, count in counts.items() if count}


def named(schema: dict[str, Any], part: str) -> set[str]:
    return {name for name in schema[part] if name.startswith("aws_api_gateway_")}


def test_what_is_missing_is_said_and_fails_where_clients_are_required():
    assert terraform.missing() is None or os.environ.get("STAGEDOOR_CLIENTS") != "required", terraform.missing()


def test_every_resource_is_applied_unchanged_changed_in_place_and_destroyed(server: Server, tmp_path: Path):
    if terraform.missing():  # which the end of the run tells
        return
    key = key_of(Role.ADMIN)
    tool = Terraform(tmp_path, server.endpoint, key.row.id, key.secret)
    tool.run("init", "-no-color")
    created = tool.events("apply", "-auto-approve")
    assert {event.kind for event in created} == named(tool.schema(), "resource_schemas")
    assert tool.events("plan") == [], tool.run("plan", "-no-color")
    changed = tool.events("apply", "-auto-approve", "-var", "word=second")
    assert {event for event in changed if event.action not in ("update", "replace")} == set()
    assert {event.kind for event in changed if event.action == "replace"} == REPLACED
    assert tool.events("plan", "-var", "word=second") == [], tool.run("plan", "-no-color", "-var", "word=second")
    destroyed = tool.events("destroy", "-auto-approve", "-var", "word=second")
    assert {event.action for event in destroyed} == {"delete"}
    assert len(destroyed) == len(created)
    assert left(server.boto(key)) == {}
