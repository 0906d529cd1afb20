"""docker-compose.yml and Dockerfile, by the Compose Spec's schema and by what the rest of the project says.

No container engine runs where these tests run; what an engine would only find out later is checked here.
"""

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import yaml

from console import settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("migrate", "console", "worker", "beat", "dataplane")


def test_it_is_valid_by_the_compose_schema():
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema.validate(COMPOSE, json.loads(schema.read_text()))


def test_the_schema_refuses_what_is_misspelled():
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    wrong = {"services": {"console": {**SERVICES["console"], "comand": ["x"]}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, json.loads(schema.read_text()))


def test_every_process_of_the_house_is_a_service():
    assert set(SERVICES) == {"postgres", "valkey", *OURS}


def test_everything_that_can_be_asked_has_a_health_check():
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {"migrate", "beat"}


def test_who_waits_for_whom_exists_and_can_be_waited_for():
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], (name, other)
            else:
                assert other == "migrate", (name, other)


def test_a_console_has_as_many_threads_as_the_settings_say():
    assert f"--blocking-threads={settings.CONSOLE_THREADS}" in SERVICES["console"]["command"]


def test_dataplanes_can_be_scaled():
    dataplane = SERVICES["dataplane"]
    assert "container_name" not in dataplane
    assert dataplane["ports"] == ["8080-8089:8080"]  # a range, so that ten fit on one host


def test_only_console_and_gateway_are_published():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(published) == {"console", "dataplane"}
    assert published["console"] == ["127.0.0.1:8000:8000"]


def test_ours_run_without_privileges():
    for name in OURS:
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["read_only"] is True
    stages = DOCKERFILE.split("\nFROM ")
    assert re.search(r"^USER stagedoor$", stages[-1], re.MULTILINE)


def test_the_image_is_installed_from_the_lock():
    assert "--require-hashes -r requirements.lock" in DOCKERFILE


def test_what_the_image_copies_exists_and_is_not_ignored():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    sources = [line.split()[1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]
    assert "console" in sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored, source


def test_every_secret_that_is_asked_for_is_one_that_make_makes(tmp_path):
    asked = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    subprocess.run(["make", ".env"], cwd=tmp_path, check=True, capture_output=True)
    made = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    assert set(made) == asked
    assert all(len(value) == 48 for value in made.values())
    assert len(set(made.values())) == len(made)
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600


def test_every_variable_that_is_set_is_one_that_the_settings_read():
    read = (ROOT / "console/settings.py").read_text() + (ROOT / "dataplane/settings.py").read_text()
    kept = {f"STAGEDOOR_{name.upper()}" for name in re.findall(r'kept_secret\("(\w+)"\)', read)}
    known = set(re.findall(r'"((?:STAGEDOOR_|DATABASE_|VALKEY_)\w+)"', read)) | kept
    for name in OURS:
        assert set(SERVICES[name]["environment"]) <= known, name
