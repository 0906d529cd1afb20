import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from dataplane.loader.console import Console
from dataplane.loader.loader import Loader
from dataplane.node.contact import Contact
from dataplane.node.endpoint import PAGES, Endpoint
from dataplane.node.fleet import Fleet
from dataplane.node.node import Node
from dataplane.node.sharing import Sharing
from dataplane.telemetry.counters import Tally
from tests.dataplane.node.exposition import read
from tests.dataplane.node.settings import settings_in


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """One that has just started: no set, no worker, no contact."""
    settings = settings_in(tmp_path)
    loader = Loader(settings, Console(settings.console_url, settings.node_token))
    sharing = Sharing(settings, lambda levels, counted: None)
    fleet = Fleet(
        settings,
        served=lambda: None,
        counted=lambda tally: None,
        failed=lambda failure: None,
        spent=sharing.spent,
        standing=sharing.hub.everything,
    )
    return Node(settings, loader, fleet, Contact(settings.console_url, 0.25), sharing)


def ask(node: Node, path: str, method: str = "GET") -> tuple[int, dict[bytes, bytes], bytes]:
    answers: list[Any] = []
    exchange: Any = SimpleNamespace(
        path=path.encode(),
        http_method=method,
        responder=SimpleNamespace(send=lambda status, headers, body: answers.append((status, dict(headers), body))),
    )
    asyncio.run(Endpoint(node).serve(exchange))
    return answers[0]  # type: ignore[no-any-return]


def test_a_node_lives_before_it_is_ready(node: Node) -> None:
    assert ask(node, "/healthz")[0] == 200
    assert ask(node, "/readyz")[0] == 503


def test_only_reading_is_allowed(node: Node) -> None:
    status, headers, _ = ask(node, "/status", "POST")
    assert (status, headers[b"Allow"]) == (405, b"GET, HEAD")
    assert ask(node, "/status", "HEAD")[0] == 200


def test_another_path_says_which_there_are(node: Node) -> None:
    status, _, body = ask(node, "/")
    assert status == 404
    assert all(path in body for path in PAGES)


def test_the_status_of_a_node_without_a_set_is_complete_all_the_same(node: Node) -> None:
    _, headers, body = ask(node, "/status")
    status = msgspec.json.decode(body)
    assert headers[b"Content-Type"] == b"application/json"
    assert (status["ready"], status["generation"], status["stages"], status["workers"]) == (False, 0, [], [])
    assert status["lastContactSeconds"] is None


def test_no_age_of_a_contact_that_never_was(node: Node) -> None:
    assert b"stagedoor_last_contact_age_seconds" not in ask(node, "/metrics")[2]
    node.contact.made()
    assert b"stagedoor_last_contact_age_seconds" in ask(node, "/metrics")[2]


def test_labels_are_escaped_as_prometheus_reads_them(node: Node) -> None:
    key = (60, "api1", "dev", '/a"b\\c', "GET", "d1")
    node.totals.add(Tally(1, [0] * 6, [(key, [0, 0, 1, 0, 0, 0, 0.5, 0.25, 2, 1])]))
    lines = ask(node, "/metrics")[2].decode().splitlines()
    labels = r'api="api1",stage="dev",resource="/a\"b\\c",method="GET"'
    assert f'stagedoor_requests_total{{{labels},status="2xx"}} 1' in lines
    assert f"stagedoor_integration_latency_seconds_sum{{{labels}}} 0.250000" in lines
    assert f"stagedoor_cache_hits_total{{{labels}}} 2" in lines
    assert f"stagedoor_cache_misses_total{{{labels}}} 1" in lines


def test_metrics_are_what_prometheus_reads_and_nothing_else(node: Node) -> None:
    odd = '/a"b\\c\nd{e}, f="g"'
    rows = [(60, "api1", "dev", path, "GET", "d1") for path in ("/a", odd, "/ä", "")]
    node.totals.add(Tally(4, [1] * 6, [(key, [1, 0, 1, 0, 3, 2, 0.5, 0.25, 2, 1]) for key in rows], 3, 2, 1))
    node.contact.made()
    families = read(ask(node, "/metrics")[2].decode())
    assert all(family.help and family.kind and family.name.startswith("stagedoor_") for family in families.values())
    labels = (("api", "api1"), ("method", "GET"), ("resource", odd), ("stage", "dev"), ("status", "5xx"))
    assert families["stagedoor_requests_total"].samples["stagedoor_requests_total", labels] == 2
    assert families["stagedoor_bodies_given_up_total"].samples["stagedoor_bodies_given_up_total", ()] == 1
    assert len(families["stagedoor_latency_seconds"].samples) == 2 * len(rows)
