"""Paths against Jayway's JsonPath: hand-written ones as 2.0.0 answers, generated ones as 2.4.0 does, and the README."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.mapping.jsonpath import MISSING, PathError, compile_path
from tests.dataplane.mapping.golden import golden

PINNED = golden("jsonpath.json")
DOCUMENT = json.loads(PINNED["document"])
GENERATED = golden("paths.json")["cases"]


@pytest.mark.parametrize("case", PINNED["cases"], ids=lambda case: case["path"])
def test_a_path_finds_what_jayway_finds(case: dict[str, Any]) -> None:
    if "error" in case:
        with pytest.raises(PathError):
            compile_path(case["path"])
        return
    found = compile_path(case["path"]).find(DOCUMENT)
    assert (found is MISSING) == case.get("missing", False)
    if "out" in case:
        assert json.dumps(found) == json.dumps(case["out"])


def test_generated_paths_find_what_jayway_finds() -> None:
    found = [(case, compile_path(case["path"]).find(DOCUMENT)) for case in GENERATED]
    differing = [
        (case, answer)
        for case, answer in found
        if (answer is MISSING) != ("missing" in case)
        or ("out" in case and json.dumps(answer) != json.dumps(case["out"]))
    ]
    assert len(GENERATED) == 500
    assert differing == []


# https://github.com/json-path/JsonPath README: functions, negative indexes, filter operators
README = [
    ("$.n.length()", 3),
    ("$.n.min()", 1.0),
    ("$.n.max()", 5.0),
    ("$.n.avg()", 3.0),
    ("$.n.sum()", 9.0),
    ("$.n.first()", 5),
    ("$.n.last()", 3),
    ("$.n.index(1)", 1),
    ("$.n.append(7)", [5, 1, 3, 7]),
    ("$.x.keys()", ["y"]),
    ("$.store.bicycle.color.concat('-', $.store.book[0].author)", "-Nigel Rees"),
    ("$.store.book.length()", 3),
    ("$..price.sum()", 8.95 + 12.99 + 8.99 + 19.95),
    ("$..book[0,1].length()", 2),
    ("$.n[-1]", 3),
    ("$.n[-3:-1]", [5, 1]),
    ("$.n[0,9]", [5]),
    ("$..book[-1].price", [8.99]),
    ("$.store.book[?(@.title in ['Sword', 'Moby'])].price", [12.99, 8.99]),
    ("$.store.book[?(@.title nin ['Sword', 'Moby'])].price", [8.95]),
    ("$.store.book[?(@.tags size 2)].title", ["Sayings"]),
    ("$.store.book[?(@.tags empty true)].title", ["Sword"]),
    ("$.store.book[?(@.tags contains 'a')].title", ["Sayings"]),
    ("$.store.book[?(@.title contains 'wor')].title", ["Sword"]),
    ("$.store.book[?(@.tags subsetof ['a', 'b', 'c'])].title", ["Sayings", "Sword"]),
    ("$.store.book[?(@.tags anyof ['b', 'x'])].title", ["Sayings"]),
    ("$.store.book[?(@.tags noneof ['b', 'x'])].title", ["Sword"]),
    ("$.store.book[?(@.title =~ /s.*/i)].title", ["Sayings", "Sword"]),
    ("$.store.book[?(@.title == 'Moby' || !(@.price < 12))].title", ["Sword", "Moby"]),
    ("$.store.book[?(@.isbn && @.price > $.expensive)].title", ["Sword"]),
    ("$.store.book[?(10 > @.price)].title", ["Sayings", "Moby"]),
    ("$.store.book[?(@.tags.length() == 2)].title", ["Sayings"]),
    ("$.store['bicycle','nope'].color", ["red"]),
    ("$['it\\'s']", 2),
    ("$..tags[0]", ["a"]),
]


@pytest.mark.parametrize(("path", "found"), README)
def test_functions_and_filters_answer_as_documented(path: str, found: Any) -> None:
    assert compile_path(path).find(DOCUMENT) == found


@pytest.mark.parametrize(
    "path", ["$.missing", "$.missing.x", "$.missing[*]", "$.n[9]", "$.n.x", "$.expensive.x", "$.empty.avg()"]
)
def test_a_path_that_leads_nowhere_is_missing(path: str) -> None:
    assert compile_path(path).find(DOCUMENT) is MISSING


@pytest.mark.parametrize(
    ("path", "definite"),
    [
        *(("$.a.b[0]", True), ("$['a']['b','c']", True), ("$.a.length()", True), ("$..a.sum()", True), ("$..a", False)),
        *((f"$.a{step}", False) for step in ("[*]", ".*", "[0,1]", "[1:]", "[?(@.x)]", "['b','c'].d")),
    ],
)
def test_only_a_path_to_one_place_is_definite(path: str, definite: bool) -> None:
    assert compile_path(path).definite is definite


@pytest.mark.parametrize(
    "path",
    [
        *("", "$.", "$..", "$[", "$.a[", "$.a[x]", "$.a['b", "$.a b", "$.a[?(@.x]", "$.a[?(@.x ==)]", "$.a.nope()"),
        *(" ", "$.a[?(@ =~ /(/)]", "$[:]", "$.a[" + "?(" * 99, "$." + "a" * 5000, "$.a[?(" + "(" * 99),
    ],
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(PathError):
        compile_path(path)


def test_a_path_is_compiled_once() -> None:
    assert compile_path("$.once") is compile_path("$.once")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=4), children, max_size=4),
    max_leaves=20,
)


def _places(value: Any, path: str = "$") -> list[tuple[str, Any]]:
    found = [(path, value)]
    if isinstance(value, dict):
        for name, item in value.items():
            quoted = name.replace("\\", "\\\\").replace("'", "\\'")
            found += _places(item, f"{path}['{quoted}']")
    if isinstance(value, list):
        for at, item in enumerate(value):
            found += _places(item, f"{path}[{at}]")
    return found


@given(JSON)
def test_every_place_has_a_path(document: Any) -> None:
    for path, value in _places(document):
        assert compile_path(path).find(document) is value


@given(JSON)
def test_a_deep_wildcard_finds_every_place_below_the_root_once(document: Any) -> None:
    found = compile_path("$..*").find(document)
    assert sorted(map(repr, found)) == sorted(repr(value) for _, value in _places(document)[1:])


@given(JSON, st.integers(-6, 6), st.sampled_from(["{}:", ":{}"]))
def test_a_slice_with_one_bound_is_pythons(document: Any, bound: int, form: str) -> None:
    found = compile_path(f"$[{form.format(bound)}]").find(document)
    wanted = slice(None, bound) if form[0] == ":" else slice(bound, None)
    assert found == document[wanted] if isinstance(document, list) else found is MISSING


@given(JSON, st.integers(-6, 6), st.integers(-6, 6))
def test_a_slice_with_both_bounds_looks_up_each_number_between(document: Any, start: int, stop: int) -> None:
    found = compile_path(f"$[{start}:{stop}]").find(document)
    if not isinstance(document, list):
        assert found is MISSING
    else:
        size = len(document)
        assert found == [document[at] for at in range(start, min(stop, size)) if -size <= at < size]


@given(st.text(alphabet="$@.[]()?*'\"ab01:,=!<>&|~/ \\-", max_size=20), JSON)
def test_any_text_is_a_path_or_a_path_error(path: str, document: Any) -> None:
    try:
        compile_path(path).find(document)
    except PathError:
        return
