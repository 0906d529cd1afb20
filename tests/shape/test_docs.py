"""What the code can list, the docs must name; what they name must exist."""

import re
from pathlib import Path

import pytest

from console.settings import AWS_LIMITS, kept_secret  # the name that the pattern below looks for

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
SETTINGS = ("console/settings.py", "dataplane/settings.py")


def variables_read() -> set[str]:
    source = "".join((ROOT / path).read_text() for path in SETTINGS)
    named = set(re.findall(r'"((?:STAGEDOOR|DATABASE|VALKEY)_[A-Z_]+)"', source))
    kept = re.findall(rf'{kept_secret.__name__}\("(\w+)"\)', source)
    return named | {f"STAGEDOOR_{name.upper()}" for name in kept}


def variables_documented() -> set[str]:
    table_row = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
    return set(table_row.findall((ROOT / "docs/operations.md").read_text()))


def test_the_pattern_finds_what_settings_read():
    assert {"STAGEDOOR_HOME", "DATABASE_URL", "STAGEDOOR_SECRET_KEY", "STAGEDOOR_WORKERS"} <= variables_read()


def test_operations_names_every_variable_and_no_other():
    assert variables_documented() == variables_read()


def test_operations_names_every_limit_and_its_default():
    rows = re.findall(r"^\| (`[a-z_`, ]+`) \| ([\d, ]+) \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    documented = {}
    for names, defaults in rows:
        documented |= dict(zip(re.findall(r"\w+", names), map(int, defaults.split(", ")), strict=True))
    assert documented == AWS_LIMITS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_docs_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_named_exists(page):
    targets = set(re.findall(r"^([a-z.]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name in re.findall(r"(?:`|^    )make (\.?[a-z]+)", page.read_text(), re.MULTILINE):
        assert name in targets, name


def test_every_room_and_part_is_on_the_page_of_architecture():
    text = (ROOT / "docs/architecture.md").read_text()
    for package in ("console", "dataplane"):
        for folder in (ROOT / package).iterdir():
            if (folder / "__init__.py").exists():
                assert re.search(rf"\b{folder.name}\b", text), folder.name
