"""Given databases that will not do, and the embedded one's cluster."""

import os
import socket
import struct
import threading

import pytest
from django.conf import settings

from console.up import postgres
from console.up.refusal import Refusal
from tests.ports import free_port


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


@pytest.fixture
def server():
    """A server that lets everybody in and says it is PostgreSQL 14.2."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(8)  # SSLRequest
                connection.sendall(b"N")
                connection.recv(4096)  # StartupMessage
                version = message(b"S", b"server_version\0" + b"14.2\0")
                encoding = message(b"S", b"client_encoding\0UTF8\0")
                connection.sendall(message(b"R", struct.pack("!I", 0)) + version + encoding + message(b"Z", b"I"))
                while connection.recv(4096):
                    connection.sendall(message(b"C", b"COMMIT\0") + message(b"Z", b"I"))

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)


def refusal(url: str) -> str:
    with pytest.raises(Refusal) as raised:
        postgres.refuse_unusable(url)
    text = str(raised.value)
    assert "\n" not in text
    return text


def test_a_server_that_will_do_is_named_by_its_version():
    assert postgres.refuse_unusable(settings.DATABASE_URL).split(".")[0].isdigit()


def test_a_server_that_is_not_there_is_refused():
    port = free_port()
    text = refusal(f"postgres://u:secret@127.0.0.1:{port}/db")
    assert text.startswith(f"the database at 127.0.0.1:{port}/db refused (")
    assert "correct DATABASE_URL" in text
    assert "secret" not in text


def test_a_user_that_is_not_known_is_refused():
    text = refusal(settings.DATABASE_URL.replace("postgres@", "nobody@"))
    assert 'role "nobody" does not exist' in text


def test_a_database_that_is_not_there_is_refused():
    url = settings.DATABASE_URL.replace("/postgres?", "/elsewhere?")
    assert 'database "elsewhere" does not exist' in refusal(url)


def test_a_server_that_is_too_old_is_refused(server):
    text = refusal(f"postgres://u@127.0.0.1:{server}/db")
    assert text.startswith(f"the database at 127.0.0.1:{server}/db is PostgreSQL 14: point DATABASE_URL at version 15")


def test_a_missing_wheel_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Refusal, match=r"PostgreSQL is missing: install the wheel .* or set DATABASE_URL"):
        postgres.binaries()


def test_one_on_the_path_will_do(monkeypatch, tmp_path):
    program = tmp_path / "postgres"
    program.touch(mode=0o755)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert postgres.binaries() == tmp_path.resolve()


def test_a_cluster_of_another_version_is_refused(tmp_path):
    data = tmp_path / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("12\n")
    with pytest.raises(Refusal, match=r"was made by PostgreSQL 12, but the installed one is 18"):
        postgres.prepare(postgres.binaries(), data, data)


def test_a_cluster_whose_making_was_interrupted_is_made_anew(tmp_path):
    data = tmp_path / "postgres"
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    postgres.prepare(postgres.binaries(), data, data)
    assert (data / "global" / "pg_control").exists()
    assert not half.exists()


def test_a_user_without_a_name_is_refused_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    with pytest.raises(
        Refusal, match=r"needs a user with a name, and user \d+ has none: give it a line in /etc/passwd"
    ):
        postgres.prepare(postgres.binaries(), tmp_path / "postgres", tmp_path / "sockets")
    assert not (tmp_path / "postgres.new").exists()


def test_an_initdb_that_fails_is_quoted_with_its_reason_alone(tmp_path):
    programs = tmp_path / "wheel" / "pg" / "bin"
    programs.mkdir(parents=True)
    (programs / "postgres").touch(mode=0o755)
    said = "creating ...\nFATAL:  could not extend file: No space left on device\ninitdb: removing contents"
    (programs / "initdb").write_text(f"#!/bin/sh\necho '{said}' >&2\nexit 1\n")
    (programs / "initdb").chmod(0o755)
    with pytest.raises(Refusal, match=r"initdb failed \(FATAL:  could not extend .* device\): see that .* has 100 MB"):
        postgres.prepare(programs, tmp_path / "home" / "postgres", tmp_path / "home" / "sockets")


def test_others_may_pass_through_but_not_look_in(tmp_path):
    programs, data = tmp_path / "wheel" / "pg" / "bin", tmp_path / "home" / "postgres"
    libraries = tmp_path / "wheel.libs"
    for folder in (programs, data.parent, libraries):
        folder.mkdir(parents=True)
    (programs / "postgres").touch(mode=0o700)
    (libraries / "libicu.so").touch(mode=0o600)
    libraries.chmod(0o700)
    data.parent.chmod(0o700)
    postgres.open_to_others(programs, data)
    assert data.parent.stat().st_mode & 0o007 == 0o001
    assert (programs / "postgres").stat().st_mode & 0o005 == 0o005
    assert libraries.stat().st_mode & 0o005 == 0o005
    assert (libraries / "libicu.so").stat().st_mode & 0o007 == 0o004


def test_only_this_user_gets_at_the_socket(tmp_path):
    options = postgres.part(tmp_path, tmp_path, tmp_path, url="postgres://", home=tmp_path).command
    assert "listen_addresses=" in options
    assert "unix_socket_permissions=0700" in options


def test_root_hands_over_to_a_user_of_its_own(tmp_path):
    part = postgres.part(tmp_path, tmp_path, tmp_path, url="postgres://", home=tmp_path)
    assert part.user == (postgres.SYSTEM_USER if os.geteuid() == 0 else None)
