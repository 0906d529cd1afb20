import pytest
from django.conf import settings

from console.up import valkey
from console.up.refusal import Refusal
from tests.ports import free_port


def test_a_server_that_will_do_is_named_by_its_version():
    assert valkey.refuse_unusable(settings.VALKEY_URL)[0].isdigit()
    assert valkey.answers(settings.VALKEY_URL)


def test_a_server_that_is_not_there_is_refused():
    port = free_port()
    with pytest.raises(Refusal, match=r"the Valkey at 127.0.0.1 refused \(.*correct VALKEY_URL") as raised:
        valkey.refuse_unusable(f"valkey://:secret@127.0.0.1:{port}/0")
    assert "secret" not in str(raised.value)
    assert not valkey.answers(f"redis://127.0.0.1:{port}")


def test_what_is_no_address_is_refused():
    with pytest.raises(Refusal, match="correct VALKEY_URL"):
        valkey.refuse_unusable("http://127.0.0.1:6379")


def test_a_missing_wheel_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Refusal, match=r"Valkey is missing: install the wheel .* or set VALKEY_URL"):
        valkey.executable()


def test_what_it_holds_outlives_it(tmp_path):
    part = valkey.part(valkey.executable(), tmp_path, tmp_path, url="unix://", home=tmp_path)
    assert part.command[part.command.index("--appendonly") :][:2] == ["--appendonly", "yes"]
    assert part.command[1:3] == ["--port", "0"]
