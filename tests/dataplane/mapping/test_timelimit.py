"""Patterns that go back and try again for ever, on texts as clients send them."""

import json
import threading
import time

import pytest

from dataplane.mapping import timelimit
from dataplane.mapping.input import RequestParams, Scope
from dataplane.mapping.javaregex import compile_regex, matches
from dataplane.mapping.jsonpath import compile_path
from dataplane.mapping.timelimit import TooSlow, limited
from dataplane.mapping.vtl import TemplateError, compile_template

PATTERN = "(a+)+b"
TEXT = "a" * 60


@pytest.fixture(autouse=True)
def a_short_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelimit, "SECONDS", 0.05)


def render(template: str, body: str) -> str:
    return compile_template(template).render(Scope(body, RequestParams(), {}, {}))


@pytest.mark.parametrize(
    "call",
    [f'matches("{PATTERN}")', f'replaceAll("{PATTERN}", "x")', f'split("{PATTERN}")', f'replaceFirst("{PATTERN}", "")'],
)
def test_a_template_ends_at_the_place_that_takes_too_long(call: str) -> None:
    with pytest.raises(TemplateError, match="regular expressions took more than") as refused:
        render(f"one\n$input.body.{call}", TEXT)
    assert refused.value.line == 2


def test_many_matches_that_are_quick_alone_have_no_more_time_together() -> None:
    slow = "a" * 18
    with pytest.raises(TemplateError, match="took more than"):
        render(f'#foreach($i in [1..1000])$input.body.matches("{PATTERN}")#end', slow)


def test_a_filter_of_a_path_ends_too() -> None:
    document = {"pets": [{"name": TEXT}]}
    path = compile_path(f"$.pets[?(@.name =~ /{PATTERN}/)]")
    with pytest.raises(TooSlow):
        path.find(document)
    with pytest.raises(TemplateError, match="took more than"):
        render(f"$input.json('{path.text}')", json.dumps(document))


def test_a_match_that_ends_in_time_says_what_it_always_said() -> None:
    pattern = compile_regex("[a-z]+")
    assert matches(pattern, "a" * 100) and not matches(pattern, "A" * 100)
    assert render('$input.body.replaceAll("a+", "b")', TEXT) == "b"
    with pytest.raises(TooSlow):
        matches(compile_regex(PATTERN), TEXT)


def test_the_time_is_over_with_the_work() -> None:
    assert limited(lambda: 1) == 1
    end = time.process_time() + 0.1
    while time.process_time() < end:
        pass
    with pytest.raises(ValueError, match="of its own"):
        limited(_fail)
    assert limited(lambda: 2) == 2


def _fail() -> None:
    raise ValueError("of its own")


def test_work_within_work_has_the_outer_ones_time() -> None:
    with pytest.raises(TooSlow):
        limited(lambda: limited(lambda: matches(compile_regex(PATTERN), TEXT)))
    assert limited(lambda: limited(lambda: 3)) == 3


def test_another_thread_works_without_a_bound() -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(limited(lambda: 4)))
    thread.start()
    thread.join()
    assert found == [4]
