"""What the environment may say, as a start reads it: one sentence where it cannot be used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.settings import BASE_DIR, database, port, proxies


def read(name: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    code = f"import console.settings as s; print(s.{name})"
    plain = {key: os.environ[key] for key in ("PATH",)}
    home = {"STAGEDOOR_HOME": str(tmp_path), "TMPDIR": "/tmp"}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**plain, **home, **environment},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("given", ["eight thousand", "0", "70000", "-1", "8000.0", "٨"])
def test_what_is_no_port_ends_the_start_with_one_sentence(monkeypatch, given):
    monkeypatch.setenv("STAGEDOOR_CONSOLE_PORT", given)
    with pytest.raises(SystemExit, match=r"STAGEDOOR_CONSOLE_PORT is .* which is no port: set a number"):
        port("STAGEDOOR_CONSOLE_PORT", 8000)


def test_an_empty_port_is_the_default(monkeypatch):
    monkeypatch.setenv("STAGEDOOR_CONSOLE_PORT", "")
    assert port("STAGEDOOR_CONSOLE_PORT", 8000) == 8000


@pytest.mark.parametrize("given", ["mysql://u@h/db", "nonsense", "postgres://u@h:port/db"])
def test_what_is_no_database_url_ends_the_start_with_one_sentence(given):
    with pytest.raises(SystemExit, match="DATABASE_URL must look like postgres://"):
        database(given)


def test_a_database_url_is_read_whole():
    found = database("postgres://us%20er:p%40ss@db.example:5433/name?sslmode=require")
    assert (found["USER"], found["PASSWORD"], found["HOST"]) == ("us er", "p@ss", "db.example")
    assert (found["PORT"], found["NAME"]) == ("5433", "name")
    assert found["OPTIONS"]["sslmode"] == "require"


def test_no_connection_waits_for_a_lock_or_keeps_one_without_end():
    bounds = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
    assert database("postgres://u@h/db")["OPTIONS"]["options"] == bounds
    given = database("postgres://u@h/db?options=-c%20lock_timeout%3D1s")
    assert given["OPTIONS"]["options"] == f"{bounds} -c lock_timeout=1s"


def test_the_refusal_is_one_line_without_a_traceback(tmp_path):
    done = read("HOME", tmp_path, STAGEDOOR_GATEWAY_PORT="x")
    assert done.returncode == 1
    assert done.stderr.startswith("stagedoor: STAGEDOOR_GATEWAY_PORT is 'x'")
    assert len(done.stderr.splitlines()) == 1


def test_a_home_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    done = read("HOME", tmp_path / "file" / "home")
    assert done.returncode == 1
    assert "set STAGEDOOR_HOME to a folder that is" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_sockets_are_in_the_home(tmp_path):
    assert read("POSTGRES_SOCKETS", tmp_path).stdout.strip() == str(tmp_path / "postgres")


def test_sockets_of_a_home_too_deep_are_elsewhere(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    found = read("POSTGRES_SOCKETS", deep).stdout.strip()
    assert len(found) < 80
    assert found == read("POSTGRES_SOCKETS", deep).stdout.strip()
    assert found != read("POSTGRES_SOCKETS", deep / "f").stdout.strip()


def test_a_secret_is_made_once_and_private(tmp_path):
    first = read("SECRET_KEY", tmp_path).stdout
    assert read("SECRET_KEY", tmp_path).stdout == first
    assert (tmp_path / "secrets" / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("given", ["yes", "-1", "10", "1.0"])
def test_what_is_no_number_of_proxies_ends_the_start_with_one_sentence(given):
    with pytest.raises(SystemExit, match=r"STAGEDOOR_PROXIES is .*: set how many proxies"):
        proxies(given)


@pytest.mark.parametrize(
    ("origins", "secure"),
    [
        ("", False),
        ("https://console.example.com", True),
        ("https://console.example.com, https://other.example.com", True),
        ("https://console.example.com,http://intranet", False),
    ],
)
def test_cookies_are_for_https_where_browsers_come_by_nothing_else(tmp_path, origins, secure):
    found = read("SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE", tmp_path, STAGEDOOR_TRUSTED_ORIGINS=origins)
    assert found.stdout.strip() == f"{secure} {secure}"


def test_a_proxy_is_believed_when_there_is_one(tmp_path):
    assert read("SECURE_PROXY_SSL_HEADER", tmp_path).stdout.strip() == "None"
    said = read("SECURE_PROXY_SSL_HEADER", tmp_path, STAGEDOOR_PROXIES="1").stdout
    assert said.strip() == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_spaces_between_names_are_none_of_them(tmp_path):
    said = read("ALLOWED_HOSTS", tmp_path, STAGEDOOR_ALLOWED_HOSTS="a.example.com, b.example.com,").stdout
    assert said.strip() == "['a.example.com', 'b.example.com']"


def test_a_line_break_behind_a_secret_is_no_part_of_it(tmp_path):
    """A node could not send it in a header."""
    assert read("NODE_TOKEN", tmp_path, STAGEDOOR_NODE_TOKEN="token\n").stdout == "token\n"
    (tmp_path / "secrets").mkdir(exist_ok=True)
    (tmp_path / "secrets" / "node_token").write_text("kept\n")
    assert read("NODE_TOKEN", tmp_path).stdout == "kept\n"
