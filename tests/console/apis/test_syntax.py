"""Documents as texts: two notations, lines, and what no honest document holds."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.apis.openapi.syntax import MAX_BYTES, SyntaxFault, parse

YAML = """\
swagger: "2.0"
info:
  title: Pets
  version: 2021-01-01
paths:
  /pets:
    get:
      responses:
        200:
          description: yes it is
    post: &post
      x: 1
  /dogs:
    post:
      <<: *post
      y: 2
"""


def test_yaml_keys_and_dates_are_texts_and_anchors_are_expanded():
    document = parse(YAML.encode())
    assert document.value["info"]["version"] == "2021-01-01"
    assert list(document.value["paths"]["/pets"]["get"]["responses"]) == ["200"]
    assert document.value["paths"]["/dogs"]["post"] == {"x": 1, "y": 2}


def test_members_know_their_lines_in_yaml():
    document = parse(YAML)
    assert document.line(("paths", "/pets", "get")) == 7
    assert document.line(("paths", "/pets", "post", "x")) == 12
    assert document.line(("paths", "/dogs", "post", "nothing", "here")) == 14
    assert document.line(("nothing",)) == 1


def test_members_know_their_lines_in_json():
    text = json.dumps(parse(YAML).value, indent=1)
    document = parse(text)
    lines = text.splitlines()
    for path in (("paths",), ("paths", "/pets", "get"), ("paths", "/dogs", "post", "x")):
        line = document.line(path)
        assert line is not None
        assert lines[line - 1].strip().startswith(json.dumps(path[-1]))


_texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(_texts, _values, max_size=5), st.sampled_from([None, 1, "\t"]))
def test_json_is_read_as_the_standard_library_reads_it(value, indent):
    text = json.dumps(value, indent=indent)
    assert parse(text).value == json.loads(text)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('{"a": 1,\n "b": }', 2, "JSON"),
        ('{"a": 1,\n "a": 2}', 2, "twice"),
        ('{"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1, "h": 2}}}}}}}}', 1, "twice"),
        ('{"a": 1}\n\n{', 3, "after the end"),
        ('{"a": 1\n "b": 2}', 2, "comma"),
        ("{'a': 1}", 1, "double quotes"),
        ('{"a" 1}', 1, "colon"),
        ('{"a": NaN}', 1, "NaN"),
        ("[]", 1, "not an object"),
        ("a: 1\nb: [1, 2\nc: 3", 3, "YAML"),
        ("a: 1\na: 2", 2, "twice"),
        ("a: 1\n? [x]\n: 1", 2, "must be a text"),
        ("a: *nothing", 1, "no anchor"),
        ("a: &x\n  b: *x", 2, "no anchor"),
        ("just a text", 1, "not an object"),
        ("a: 1\n---\nb: 2", None, "second document"),
        ("a: 1\nb: !!int twelve", None, "YAML"),
        ("", 1, "not an object"),
    ],
)
def test_a_syntax_error_names_its_line(text, line, said):
    with pytest.raises(SyntaxFault, match=said) as refusal:
        parse(text)
    if line is not None:
        assert refusal.value.line == line
        assert refusal.value.message.endswith(f"(line {line})")


def test_a_python_object_of_yaml_is_only_text():
    assert parse("a: !!python/object/apply:os.system ['true']").value == {"a": ["true"]}


@pytest.mark.parametrize(
    "text",
    [
        '{"a":' * 3000 + "1" + "}" * 3000,
        '{"a": ' + "[" * 100_000,
        "a: " + "[" * 100_000,
        "a: " + "{b: " * 3000,
        "a: " + "[" * 150 + "]" * 150,
        '{"a": ' + "[" * 150 + "]" * 150 + "}",
        # a billion laughs
        "a0: &a0 [x, x]\n" + "".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]\n" for n in range(20)),
        '{"a": "' + "x" * MAX_BYTES + '"}',
    ],
    ids=["json objects", "json lists", "yaml lists", "yaml maps", "yaml 150", "json 150", "laughs", "huge"],
)
def test_what_no_honest_document_holds_is_refused_fast(text):
    began = time.process_time()
    with pytest.raises(SyntaxFault):
        parse(text)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe{}",
        b'{"a": "\xc3\x28"}',
        b'{"a": "\0"}',
        rb'{"a": [{"\u0000": 1}]}',
        rb'{"a": "\ud83d"}',
        rb'a: "\0"',
        rb'a: "\x00"',
    ],
)
def test_what_postgresql_cannot_hold_is_refused(body):
    with pytest.raises(SyntaxFault):
        parse(body)


def test_a_pair_of_surrogates_is_a_character():
    assert parse(rb'{"a": "\ud83d\ude00 \\u0000"}').value == {"a": "\N{GRINNING FACE} \\u0000"}


def test_a_byte_order_mark_is_no_obstacle():
    assert parse(b'\xef\xbb\xbf{"a": 1}').value == {"a": 1}
