import socket
import threading
from collections.abc import Iterator

import pytest

from dataplane import snapshot
from dataplane.loader.console import Console, ConsoleAway, ConsoleRefused
from dataplane.snapshot import SCHEMA_VERSION, Manifest, NodeReport
from tests.dataplane.node.console import SECONDS, TOKEN, answering
from tests.dataplane.node.console import Console as ScriptedConsole


@pytest.fixture
def scripted() -> Iterator[ScriptedConsole]:
    console = ScriptedConsole()
    console.start()
    yield console
    if console.running:
        console.stop()


@pytest.fixture
def console(scripted: ScriptedConsole) -> Iterator[Console]:
    client = Console(scripted.url, TOKEN)
    yield client
    client.close()


def test_the_calls(scripted: ScriptedConsole, console: Console) -> None:
    entry = scripted.deploy(answering("1"))
    manifest = snapshot.decode(console.manifest("", 0) or b"", Manifest)
    assert manifest.stages == (entry,)
    assert console.manifest(manifest.origin, manifest.generation) is None
    assert console.document(entry.digest) == scripted.documents[entry.digest]
    assert console.document("0" * 64) is None
    assert console.parcel([entry.digest, "0" * 64]) == {entry.digest: scripted.documents[entry.digest]}
    report = NodeReport(
        schema_version=SCHEMA_VERSION, node_id="n", version="1", origin="o", generation=1, workers=1, started_at=1.5
    )
    console.report(snapshot.encode(report))
    assert scripted.reports == [report]


def test_one_connection_is_kept_for_all_calls(scripted: ScriptedConsole, console: Console) -> None:
    for _ in range(5):
        console.manifest("", 0)
    assert scripted.connections == 1


def test_a_kept_connection_that_the_console_has_closed_is_opened_anew(
    scripted: ScriptedConsole, console: Console
) -> None:
    console.manifest("", 0)
    scripted.stop()
    scripted.start()
    assert console.manifest("", 0) is not None


def test_a_console_that_is_down_is_away(scripted: ScriptedConsole, console: Console) -> None:
    scripted.stop()
    with pytest.raises(ConsoleAway, match="the connection is refused"):
        console.manifest("", 0)


def test_a_wrong_token_says_what_to_look_at(scripted: ScriptedConsole) -> None:
    console = Console(scripted.url, "another")
    with pytest.raises(ConsoleRefused, match="answers 401 to GET /internal/manifest: is STAGEDOOR_NODE_TOKEN"):
        console.manifest("", 0)
    console.close()


def test_a_path_before_the_internal_api_is_kept(scripted: ScriptedConsole) -> None:
    console = Console(f"{scripted.url}/behind", TOKEN)
    with pytest.raises(ConsoleRefused, match="answers 500"):
        console.report(b"{}")
    assert scripted.paths == ["/behind/internal/report"]
    console.close()


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield sock


def test_a_console_that_says_nothing_is_away_after_a_while(silent: socket.socket) -> None:
    console = Console(f"http://127.0.0.1:{silent.getsockname()[1]}", TOKEN, seconds=0.05)
    with pytest.raises(ConsoleAway, match="no answer in time"):
        console.manifest("", 0)


def test_closing_ends_a_call_that_waits(silent: socket.socket) -> None:
    console = Console(f"http://127.0.0.1:{silent.getsockname()[1]}", TOKEN)
    failed = threading.Event()

    def call() -> None:
        with pytest.raises(ConsoleAway):
            console.manifest("", 0)
        failed.set()

    thread = threading.Thread(target=call)
    thread.start()
    asked, _ = silent.accept()
    with asked:
        assert asked.recv(1)
        console.close()
        assert failed.wait(SECONDS)
    thread.join()
