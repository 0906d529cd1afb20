import os
import socket
import tomllib
from pathlib import Path

import pytest

from dataplane.settings import VERSION, from_environment


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:

    for name in [name for name in os.environ if name.startswith("STAGEDOOR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("STAGEDOOR_HOME", str(tmp_path))
    monkeypatch.setenv("STAGEDOOR_NODE_TOKEN", "token")
    return monkeypatch


def test_what_a_worker_may_hold_is_given_in_megabytes(environment: pytest.MonkeyPatch) -> None:
    assert from_environment().held_bytes == 256 * 1024 * 1024
    environment.setenv("STAGEDOOR_HELD_MB", "64")
    assert from_environment().held_bytes == 64 * 1024 * 1024


@pytest.mark.usefixtures("environment")
def test_the_defaults_are_the_documented_ports_on_this_machine() -> None:
    settings = from_environment()
    assert (settings.host, settings.gateway_port) == ("127.0.0.1", 8080)
    assert (settings.node_host, settings.node_port) == ("127.0.0.1", 8081)
    assert settings.console_url == "http://127.0.0.1:8000"
    assert (settings.workers, settings.poll_seconds) == (1, 0.25)


def test_each_node_of_a_home_has_its_own_folder(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("STAGEDOOR_NODE_ID", "blue")
    assert from_environment().home == tmp_path / "nodes" / "blue"


def test_the_console_is_found_by_its_port_or_its_url(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("STAGEDOOR_CONSOLE_PORT", "9000")
    assert from_environment().console_url == "http://127.0.0.1:9000"
    environment.setenv("STAGEDOOR_CONSOLE_URL", "https://console.example/behind/")
    assert from_environment().console_url == "https://console.example/behind"


def test_the_token_is_the_one_that_the_console_keeps(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.delenv("STAGEDOOR_NODE_TOKEN")
    with pytest.raises(SystemExit, match="set STAGEDOOR_NODE_TOKEN to the console's, or start the console first"):
        from_environment()
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "node_token").write_text("kept\n")
    assert from_environment().node_token == "kept"
    environment.setenv("STAGEDOOR_NODE_TOKEN", "given\n")  # no header can hold a line break
    assert from_environment().node_token == "given"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("STAGEDOOR_GATEWAY_PORT", "http", "STAGEDOOR_GATEWAY_PORT is 'http': give a whole number from 0 to 65535"),
        ("STAGEDOOR_NODE_PORT", "70000", "STAGEDOOR_NODE_PORT is '70000': give a whole number from 0 to 65535"),
        ("STAGEDOOR_WORKERS", "0", "STAGEDOOR_WORKERS is '0': give a whole number from 1 to 256"),
        ("STAGEDOOR_POLL_SECONDS", "soon", "STAGEDOOR_POLL_SECONDS is 'soon': give a number from 0.01 to 60"),
        ("STAGEDOOR_POLL_SECONDS", "nan", "STAGEDOOR_POLL_SECONDS is 'nan': give a number from 0.01 to 60"),
        ("STAGEDOOR_CONSOLE_URL", "console:8000", "STAGEDOOR_CONSOLE_URL is 'console:8000': give it as http://host"),
        ("STAGEDOOR_HELD_MB", "1", "STAGEDOOR_HELD_MB is '1': give a whole number from 32 to 1.04858e+06"),
        ("STAGEDOOR_LOG_LEVEL", "loud", "STAGEDOOR_LOG_LEVEL is 'LOUD': give one of DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(
    environment: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        from_environment()
    assert str(stopped.value).startswith(f"dataplane: {sentence}")


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_the_console_finds_the_node_endpoint_where_it_listens_or_where_it_says(environment: pytest.MonkeyPatch) -> None:
    assert from_environment().node_url == "http://127.0.0.1:8081"
    environment.setenv("STAGEDOOR_NODE_HOST", "0.0.0.0")
    assert from_environment().node_url == f"http://{socket.gethostname()}:8081"
    environment.setenv("STAGEDOOR_NODE_HOST", "::1")
    assert from_environment().node_url == "http://[::1]:8081"
    environment.setenv("STAGEDOOR_NODE_ADVERTISE", "https://node-1.example/inner/")
    assert from_environment().node_url == "https://node-1.example/inner"
    environment.setenv("STAGEDOOR_NODE_ADVERTISE", "node-1")
    with pytest.raises(SystemExit, match="STAGEDOOR_NODE_ADVERTISE is 'node-1': give it as http://host"):
        from_environment()
