"""Sources: the developer guide's "request and response data mapping reference", and behaviours seen on AWS."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.mapping.parameters import (
    InvalidBody,
    Mapped,
    MappingError,
    RequestParams,
    compile_request_parameters,
    compile_response_parameters,
)

PARAMS = RequestParams(
    path={"id": "7", "proxy": "a/b"},
    querystring={"q": ["1", "2"], "empty": [""]},
    header={"X-One": ["h"], "X-Two": ["a", "b"], "x-one": ["other"]},
)
BODY = '{"pets": [{"name": "Rex", "age": 3, "tags": ["a"], "nul": null}], "redirect": {"url": "http://x"}}'
CONTEXT = {"stage": "prod", "identity": {"sourceIp": "1.2.3.4"}, "requestTimeEpoch": 17}
VARIABLES = {"host": "example.com"}


def header_of(source: str, body: str = BODY) -> str | None:
    mapping = compile_request_parameters({"integration.request.header.out": source})
    assert mapping is not None
    return dict(mapping.apply(PARAMS, lambda: body, CONTEXT, VARIABLES).header).get("out")


SOURCES: list[tuple[str, str | None]] = [
    ("method.request.path.id", "7"),
    ("method.request.path.proxy", "a/b"),
    ("method.request.path.nope", None),
    ("method.request.querystring.q", "2"),
    ("method.request.querystring.empty", None),
    ("method.request.querystring.Q", None),
    ("method.request.multivaluequerystring.q", "1,2"),
    ("method.request.header.X-Two", "b"),
    ("method.request.header.X-One", "h"),
    ("method.request.header.X-ONE", None),
    ("method.request.multivalueheader.X-Two", "a,b"),
    ("method.request.multivalueheader.nope", None),
    ("method.request.body", BODY),
    ("method.request.body.pets[0].name", "Rex"),
    ("method.request.body.$.pets[0].name", "Rex"),
    ("method.request.body.pets[0].age", "3"),
    ("method.request.body.pets[0].tags", '["a"]'),
    ("method.request.body.pets[*].name", '["Rex"]'),
    ("method.request.body.pets[0].nul", None),
    ("method.request.body.nope", None),
    ("context.stage", "prod"),
    ("context.identity.sourceIp", "1.2.3.4"),
    ("context.requestTimeEpoch", "17"),
    ("context.identity", None),
    ("context.identity.user", None),
    ("stageVariables.host", "example.com"),
    ("stageVariables.nope", None),
    ("'static value'", "static value"),
    ("'it''s'", "it''s"),
    ("''", None),
]


@pytest.mark.parametrize(("source", "value"), SOURCES)
def test_a_source_is_read_or_left_out(source: str, value: str | None) -> None:
    assert header_of(source) == value


def test_each_destination_gets_its_value() -> None:
    mapping = compile_request_parameters(
        {
            "integration.request.path.integrationPathParam": "method.request.header.X-One",
            "integration.request.querystring.integrationQueryParam": "method.request.multivaluequerystring.q",
            "integration.request.header.body-header": "method.request.body.pets[0].name",
        }
    )
    assert mapping is not None
    assert mapping.apply(PARAMS, lambda: BODY, CONTEXT, VARIABLES) == Mapped(
        path={"integrationPathParam": "h"},
        querystring=[("integrationQueryParam", "1"), ("integrationQueryParam", "2")],
        header=[("body-header", "Rex")],
    )


def test_response_headers_come_from_the_answer() -> None:
    mapping = compile_response_parameters(
        {
            "method.response.header.location": "integration.response.body.redirect.url",
            "method.response.header.id": "integration.response.header.x-app-id",
            "method.response.header.items": "integration.response.multivalueheader.item",
            "method.response.header.Access-Control-Allow-Origin": "'*'",
            "method.response.header.stage": "context.stage",
            "method.response.header.host": "stageVariables.host",
            "method.response.header.gone": "integration.response.header.gone",
        }
    )
    assert mapping is not None
    headers = {"x-app-id": ["1", "9"], "item": ["a", "b"]}
    assert mapping.apply(headers, lambda: BODY, CONTEXT, VARIABLES) == [
        ("location", "http://x"),
        ("id", "9"),
        ("items", "a,b"),
        ("Access-Control-Allow-Origin", "*"),
        ("stage", "prod"),
        ("host", "example.com"),
    ]


def test_an_empty_mapping_compiles_to_nothing() -> None:
    assert compile_request_parameters({}) is None
    assert compile_response_parameters({}) is None


@pytest.mark.parametrize("body", ["{", '["a', '"x', "'x'"])
def test_a_body_that_begins_like_json_and_is_none_is_invalid(body: str) -> None:
    with pytest.raises(InvalidBody, match="Invalid JSON in request body"):
        header_of("method.request.body.a", body)


@pytest.mark.parametrize("depth", [700, 990, 5000, 20_000])
def test_a_body_that_is_nested_deeply_is_written_or_invalid(depth: int) -> None:
    """How deep JSON is read, and doubles are written, is each Python's choice; from 10 000 on none does."""
    try:
        written = header_of("method.request.body.a", '{"a":' * depth + "1e20" + "}" * depth)
    except InvalidBody as error:
        assert str(error) == "Invalid JSON in request body"
    else:
        assert depth < 10_000
        assert written == '{"a":' * (depth - 1) + "1.0E20" + "}" * (depth - 1)


@pytest.mark.parametrize("body", ["", "text", "5", "<xml/>"])
def test_another_body_just_has_no_such_member(body: str) -> None:
    assert header_of("method.request.body.a", body) is None


def test_the_body_is_read_once_and_only_when_a_mapping_asks_for_it() -> None:
    reads: list[int] = []

    def body() -> str:
        reads.append(1)
        return BODY

    two = {f"integration.request.header.h{number}": "method.request.body.pets[0].name" for number in (1, 2)}
    mapping, other = (
        compile_request_parameters(two),
        compile_request_parameters({"integration.request.header.h": "'x'"}),
    )
    assert mapping is not None
    assert other is not None
    mapping.apply(PARAMS, body, CONTEXT, VARIABLES)
    other.apply(PARAMS, body, CONTEXT, VARIABLES)
    assert reads == [1]


REFUSED_SOURCES = [
    "",
    "x",
    "method.request.cookie.x",
    "method.request.header.",
    "method.request.header.a b",
    "method.request.body.a[",
    "method.request.bodyx",
    "integration.response.header.x",
    "stageVariables",
    "context.",
    "'open",
    "$context.stage",
]


@pytest.mark.parametrize("source", REFUSED_SOURCES)
def test_a_source_that_does_not_parse_is_refused(source: str) -> None:
    with pytest.raises(MappingError) as refused:
        compile_request_parameters({"integration.request.header.x": source})
    assert refused.value.field == "integration.request.header.x"
    assert "Invalid mapping expression" in refused.value.message


@pytest.mark.parametrize(
    "destination",
    ["", "header.x", "integration.request.body.x", "integration.request.header.", "integration.request.header.a b"],
)
def test_a_destination_that_does_not_parse_is_refused(destination: str) -> None:
    with pytest.raises(MappingError) as refused:
        compile_request_parameters({destination: "'x'"})
    assert refused.value.field == destination


def test_a_response_mapping_reads_no_request() -> None:
    with pytest.raises(MappingError):
        compile_response_parameters({"method.response.header.x": "method.request.header.x"})
    with pytest.raises(MappingError):
        compile_response_parameters({"method.response.body.x": "'x'"})


NAMES = st.text("abcXYZ019._$-", min_size=1, max_size=8)
VALUES = st.lists(st.text(max_size=5), max_size=3)


@given(NAMES, st.dictionaries(NAMES, VALUES, max_size=4), st.sampled_from(["header", "querystring"]))
def test_one_value_is_the_last_and_several_keep_their_order(name: str, sent: dict[str, list[str]], place: str) -> None:
    params = RequestParams({}, sent, sent)
    one = compile_request_parameters({"integration.request.querystring.x": f"method.request.{place}.{name}"})
    several = compile_request_parameters(
        {"integration.request.querystring.x": f"method.request.multivalue{place}.{name}"}
    )
    assert one is not None
    assert several is not None
    values = sent.get(name, [])
    expected = values[-1:] if values and values[-1] else []
    assert [value for _, value in one.apply(params, str, {}, {}).querystring] == expected
    found = [value for _, value in several.apply(params, str, {}, {}).querystring]
    joined = ",".join(values)
    assert found == ([value for value in values if value] if place == "querystring" else [joined] if joined else [])


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_compiles_or_is_a_mapping_error(destination: str, source: str) -> None:
    for mapping in ({destination: source}, {"integration.request.header.x": source}):
        try:
            compiled: Any = compile_request_parameters(mapping)
        except MappingError as error:
            assert error.field in mapping
        else:
            assert compiled.apply(RequestParams(), str, {}, {}).path == {}
