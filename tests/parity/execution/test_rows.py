"""Every row of docs/behaviours.md that is about execution is held by a test, or docs/execution.md says why not."""

import re
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SECTIONS = {
    1: range(1, 17),
    2: range(17, 31),
    3: range(31, 38),
    4: range(38, 50),
    5: range(50, 54),
    6: range(54, 69),
    7: range(69, 79),
    8: range(79, 89),
    9: range(89, 96),
}
STAGES = range(96, 108)
TABLES = [
    import_module(f"{__package__}.{path.stem}") for path in sorted(HERE.glob("test_*.py")) if path != Path(__file__)
]
NAMES = ("CASES", "VALIDATION", "REQUESTS", "STAGES")
# Rows that need more than one request to a deployed stage.
ELSEWHERE = {
    8: "tests/console/apis/test_resources.py",
    13: "tests/contract/test_builder_and_snapshot.py",
    21: "tests/console/apis/test_gateway_responses.py",
    24: "tests/dataplane/steps/test_gateway_response.py",
    27: "tests/dataplane/steps/test_gateway_response.py",
    36: "tests/console/access/test_usage_plan_keys.py",
    37: "tests/console/access/test_usage.py",
    67: "tests/dataplane/test_services.py",
    96: "tests/console/stages/test_stages.py",
    97: "tests/dataplane/test_http_proxy.py",
    98: "tests/console/stages/test_update_stage.py",
    99: "tests/console/stages/test_update_stage.py",
    102: "tests/console/stages/test_stages.py",
    104: "tests/dataplane/test_trace.py",
    105: "tests/dataplane/test_draft.py",
}


def held() -> set[int]:
    """By the lines of the tables, and by tests that carry a row's number."""
    found: set[int] = set()
    for table in TABLES:
        found |= {case.row for name in NAMES for case in getattr(table, name, ())}
        found |= {int(row) for row in re.findall(r"def test_row_(\d+)_", Path(str(table.__file__)).read_text())}
    return found


def reasoned() -> set[int]:
    lines = re.findall(r"^- \*\*(\d+(?:, \d+)*)\*\*", (ROOT / "docs/execution.md").read_text(), re.MULTILINE)
    return {int(number) for line in lines for number in line.split(", ")}


def test_every_row_is_tested_or_reasoned() -> None:
    wanted = {row for rows in SECTIONS.values() for row in rows} | set(STAGES)
    assert sorted(wanted - held() - reasoned() - set(ELSEWHERE)) == []


def test_the_numbers_are_those_of_the_page() -> None:
    page = (ROOT / "docs/behaviours.md").read_text()
    assert all(re.search(rf"^{row}\. ", page, re.MULTILINE) for row in held() | reasoned() | set(ELSEWHERE))


def test_what_is_tested_elsewhere_exists() -> None:
    assert [path for path in ELSEWHERE.values() if not (ROOT / path).exists()] == []


def test_each_line_of_the_tables_has_a_source_of_its_row() -> None:
    page = (ROOT / "docs/behaviours.md").read_text()
    for table in TABLES:
        for name in NAMES:
            for case in getattr(table, name, ()):
                text = re.search(rf"^{case.row}\. .*", page, re.MULTILINE)
                assert text is not None
                known = sources(text[0])
                assert not known or sources(case.source) <= known, str(case)


def sources(text: str) -> set[str]:
    return set(re.findall(r"REC|DOC|EMU|BOTO|\?", text))
