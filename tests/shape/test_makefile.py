"""`make` on machines that lack something, and on one where all is there already."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("Makefile", "requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *arguments], cwd=folder, env=plain, capture_output=True, text=True, check=False)


def python(folder: Path, script: str) -> str:
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return f"PYTHON={path}"


def test_a_machine_without_python_is_told_what_to_install(folder):
    done = make(folder, "up", "PYTHON=no-such-python")
    assert done.returncode != 0
    assert done.stderr.startswith("Stagedoor needs Python 3.11, 3.12 or 3.13: install one, or name it")


def test_a_python_that_is_too_old_is_named(folder):
    done = make(folder, "up", python(folder, 'test "$1" = -V && echo Python 3.9.2 || exit 1'))
    assert done.returncode != 0
    assert f"and {folder}/python is Python 3.9.2: install one" in done.stderr


def test_a_python_without_venv_is_told_what_to_install(folder):
    done = make(folder, "up", python(folder, 'case "$*" in *ensurepip*|*-m*) exit 1; esac'))
    assert done.returncode != 0
    assert done.stderr.startswith("Python's module venv is incomplete: install it (Debian and Ubuntu: apt-get install")
    assert not (folder / ".venv").exists()


def test_a_folder_that_cannot_be_written_is_named(folder):
    done = make(folder, "up", python(folder, 'test "$1" = -c || { echo Read-only file system >&2; exit 1; }'))
    assert done.returncode != 0
    assert done.stderr.startswith(f"Read-only file system\nNo .venv could be made in {folder} (why is said above)")
    assert not (folder / ".venv").exists()


def test_an_installation_that_fails_says_what_it_takes(folder):
    make_venv = 'test "$1" = -c || { mkdir -p .venv/bin && ln -s /bin/false .venv/bin/python; }'
    done = make(folder, "up", python(folder, make_venv))
    assert done.returncode != 0
    assert done.stderr.startswith("Not everything could be installed (pip says why, above): it takes a network")
    assert not (folder / ".venv" / "up.stamp").exists()


def test_a_second_start_installs_nothing(folder):
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").touch(mode=0o755)
    (folder / ".venv" / "up.stamp").touch()
    assert make(folder, "--dry-run", "up").stdout == "exec .venv/bin/python manage.py up\n"


def test_a_lock_that_changed_is_installed_again(folder):
    test_a_second_start_installs_nothing(folder)
    os.utime(folder / ".venv" / "up.stamp", (0, 0))
    assert "install --progress-bar off --require-hashes -r requirements.lock" in make(folder, "--dry-run", "up").stdout


def test_an_environment_whose_python_was_replaced_is_made_anew(folder):
    test_a_second_start_installs_nothing(folder)
    (folder / ".venv" / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")  # as where it finds no pip
    told = make(folder, "--dry-run", "up").stdout
    assert told.index("making .venv anew") < told.index("-m venv --clear .venv") < told.index("-m pip")


def test_nothing_is_tested_where_no_browser_can_be_had(folder):
    test_a_second_start_installs_nothing(folder)
    (folder / ".venv" / "test.stamp").touch()
    (folder / ".venv" / "bin" / "python").write_text('#!/bin/sh\ntest "$2" != tests.chromium\n')
    done = make(folder, "test")
    assert done.returncode != 0
    assert done.stdout.split() == ["==", "chromium"]


def test_ci_runs_what_a_person_runs():
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec make test"
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_locks_pin_by_hash_and_name_no_registry():
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / name).read_text().splitlines()
        pins = [index for index, line in enumerate(lines) if "==" in line and not line.startswith((" ", "#"))]
        assert len(pins) > 40
        assert all("--hash=sha256:" in lines[index + 1] for index in pins)
        assert not any("://" in line or line.startswith("-") for line in lines)
