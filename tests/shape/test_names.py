"""Names: the same ones in every room, none that says nothing, no mention of what will be done some day."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = [path for package in ("console", "dataplane", "tests", "benchmarks") for path in (ROOT / package).rglob("*.py")]
ROOMS = {
    path.parent
    for name in ("models.py", "wire.py")  # tags are of other rooms' rows
    for path in (ROOT / "console").glob(f"*/{name}")
    if path.parent.name != "core"
}
# What every room may have.
COMMON = {
    *("__init__", "models", "services", "wire", "forms", "pages", "tasks", "urls", "admin", "migrations"),
    *("management", "templatetags"),
}
# What one room has beside, and why.
OWN = {
    "apis": {"checks", "drawing", "openapi"},  # pure rules of a drawing, its form as values, documents in
    "domains": {"checks"},  # pure rules of names and certificates
    "publishing": {"builder", "differences", "internal"},  # rows to snapshots and between two, the nodes' door
}


def test_rooms_are_found():
    assert {room.name for room in ROOMS} >= {"accounts", "apis", "stages", "access", "telemetry", "publishing"}


def test_every_room_has_the_same_names_in_it():
    for room in ROOMS:
        names = {path.stem for path in room.iterdir() if not path.name.startswith("__pycache__")}
        assert names <= COMMON | OWN.get(room.name, set()), room.name


def test_every_room_is_in_the_order_of_the_import_contract():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [order] = [contract["layers"] for contract in config if contract["name"] == "Rooms lean down"]
    assert {f"console.{room.name}" for room in ROOMS} | {"console.core"} == set(order)


def test_no_module_is_named_by_nothing():
    nothing = {"utils", "util", "helpers", "helper", "misc", "common", "base", "manager", "managers"}
    assert [path for path in CODE if path.stem in nothing] == []


def test_nothing_is_put_off_or_pretended():
    words = "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error"])
    left = [path for path in CODE if re.search(rf"\b({words})\b", path.read_text())]
    assert left == []


def test_no_test_is_skipped():
    words = "|".join([r"mark\.skip", r"mark\.xfail", r"pytest\.skip\(", r"importorskip"])
    assert [path for path in CODE if path != Path(__file__) and re.search(words, path.read_text())] == []


def test_test_files_are_named_for_what_they_test():
    for path in (ROOT / "tests").rglob("*.py"):
        has_tests = re.search(r"^(?:async )?def test_|^    def test_", path.read_text(), re.MULTILINE)
        assert bool(has_tests) == path.name.startswith("test_"), path
