"""`$input`, `$util`, `$stageVariables` and the overrides. The rules' source is the developer guide's "mapping template
reference"; what it leaves open was seen on AWS."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.mapping.input import RequestParams, Scope
from dataplane.mapping.overrides import override_headers, override_request, override_status
from dataplane.mapping.parameters import Mapped
from dataplane.mapping.vtl import TemplateError, compile_template

PARAMS = RequestParams({"id": "p"}, {"id": ["q"], "multi": ["1", "2"]}, {"id": ["h"], "H": ["x", "y"]})


def scope(body: str = "", context: dict[str, Any] | None = None) -> Scope:
    return Scope(body, PARAMS, {} if context is None else context, {"url": "example.com", "with_under": "u"})


def render(template: str, body: str = "") -> str:
    return compile_template(template).render(scope(body))


INPUT = [
    ("$input.body", "", "{}"),
    ("$input.body", "raw $x", "raw $x"),
    ("$input.json('$')", '{"a": [1, 2.50, "\u00fc/"]}', '{"a":[1,2.5,"\u00fc/"]}'),
    ("$input.json('$.a')", '{"a": "text"}', '"text"'),
    ("$input.json('a[0]')", '{"a": [true]}', "true"),
    ("$input.json('$.nope')", '{"a": 1}', '""'),
    ("$input.json('$')", "no json", '""'),
    ("$input.json('$')", "", "{}"),
    ("$input.json('$.a')", '{"a": null}', "null"),
    ("$input.path('$.a')", '{"a": "text"}', "text"),
    ("$input.path('$.a.b')", '{"a": {"b": 5}}', "5"),
    ("$input.path('$').a.b", '{"a": {"b": 5}}', "5"),
    ("$input.path('$.things').size()", '{"things": {"1": {}, "2": {}, "3": {}}}', "3"),
    ("$input.path('$.pets').count()", '{"pets": [1, 2, 3]}', "3"),
    ("[$input.path('$.nope')]", "{}", "[]"),
    ("#if($input.path('$.nope') == $null)none#end", "{}", "none"),
    ("$input.path('$')", '{"foo": [{"nested": "bar"}]}', '{foo=[{"nested":"bar"}]}'),
    ("$input.path('$.foo')", '{"foo": [{"nested": "bar"}]}', '[{"nested":"bar"}]'),
    ("$input.params('id')", "", "p"),
    ("$input.params('multi')", "", "2"),
    ("$input.params('H')", "", "y"),
    ("[$input.params('h')]", "", "[]"),
    ("$input.params()", "", "{path={id=p}, querystring={id=q, multi=2}, header={id=h, H=y}}"),
    ("$input.params().header.get('H') $input.params().path.id", "", "y p"),
    ("$stageVariables.url $stageVariables['url'] ${stageVariables['with_under']}", "", "example.com example.com u"),
]


@pytest.mark.parametrize(("template", "body", "printed"), INPUT)
def test_input_and_stage_variables_print(template: str, body: str, printed: str) -> None:
    assert render(template, body) == printed


UTIL = [
    ('$util.escapeJavaScript("it\'s a \\ / test")', "it\\'s a \\\\ \\/ test"),
    ("$util.escapeJavaScript($input.body)", '\\"\\n\\t\\u00FC\\uD83D\\uDE00'),
    ('$util.parseJson(\'{"a": [1, {"b": 2}]}\').a[1].b', "2"),
    ("$util.urlEncode('a b&c=\u00fc~*')", "a+b%26c%3D%C3%BC%7E*"),
    ("$util.urlDecode('a+b%26c%3D%C3%BC')", "a b&c=\u00fc"),
    ("$util.base64Encode('h\u00e9llo')", "aMOpbGxv"),
    ("$util.base64Decode('aMOpbGxv')", "h\u00e9llo"),
    ("[$util.escapeJavaScript($nothing)]", "[]"),
    ("[$util.nope('x')]", "[]"),
]


@pytest.mark.parametrize(("template", "printed"), UTIL)
def test_util_prints(template: str, printed: str) -> None:
    assert render(template, '"\n\t\u00fc\U0001f600') == printed


def test_parse_json_reads_the_guides_example() -> None:
    body = r'{"errorMessage":"{\"key1\":\"var1\",\"key2\":{\"arr\":[1,2,3]}}"}'
    template = """#set ($errorMessageObj = $util.parseJson($input.path('$.errorMessage')))
{
   "errorMessageObjKey2ArrVal" : $errorMessageObj.key2.arr[0]
}
"""
    assert render(template, body) == '{\n   "errorMessageObjKey2ArrVal" : 1\n}\n'


@pytest.mark.parametrize("template", ["$util.parseJson('{')", "$util.base64Decode('*')", "$input.path('$.a[')"])
def test_what_cannot_be_read_fails_the_template(template: str) -> None:
    with pytest.raises(TemplateError):
        render(template)


@given(st.text())
def test_base64_and_url_encoding_read_back(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert render("$util.base64Decode($util.base64Encode($input.body))", text or "x") == (text or "x")
    assert render("$util.urlDecode($util.urlEncode($input.body))", text or "x") == (text or "x")


# overrides: apigateway-override-request-response-parameters


def test_the_guides_override_of_headers() -> None:
    template = """#set($header1Override = "foo")
#set($header3Value = "$input.params('H')$input.params('id')")
$input.json("$")
#set($context.requestOverride.header.header3 = $header3Value)
#set($context.requestOverride.header.header1 = $header1Override)
#set($context.requestOverride.header.multivalueheader=[$header1Override, $header3Value])
"""
    given_scope = scope('{"a":1}')
    assert compile_template(template).render(given_scope).strip() == '{"a":1}'
    assert given_scope.request_override["header"] == {
        "header3": "yp",
        "header1": "foo",
        "multivalueheader": ["foo", "yp"],
    }
    mapped = override_request(Mapped(header=[("Header1", "old"), ("header2", "kept")]), given_scope.request_override)
    assert mapped.header == [
        ("header2", "kept"),
        ("header3", "yp"),
        ("header1", "foo"),
        ("multivalueheader", "foo"),
        ("multivalueheader", "yp"),
    ]


def test_the_guides_override_of_a_status() -> None:
    template = """#set($inputRoot = $input.path('$'))
$input.json("$")
#if($inputRoot.toString().contains("error"))
#set($context.responseOverride.status = 400)
#end
"""
    failed, fine = scope('{"errors":[]}'), scope("{}")
    compile_template(template).render(failed)
    compile_template(template).render(fine)
    assert override_status(failed.response_override) == 400
    assert override_status(fine.response_override) is None


def test_path_and_query_overrides_beat_mappings() -> None:
    override = {"path": {"id": 5}, "querystring": {"q": ["a", "b"], "n": "1"}}
    mapped = override_request(Mapped({"id": "1", "x": "2"}, [("q", "old"), ("k", "kept")], []), override)
    assert mapped == Mapped({"id": "5", "x": "2"}, [("k", "kept"), ("q", "a"), ("q", "b"), ("n", "1")], [])


def test_an_override_of_the_request_template_reaches_the_response() -> None:
    context: dict[str, Any] = {}
    compile_template("#set($context.responseOverride.header.X = 'one')").render(scope("", context))
    later = scope("", context)
    compile_template("#set($context.responseOverride.header.Y = 'two')").render(later)
    assert override_headers([("x", "old")], later.response_override) == [("X", "one"), ("Y", "two")]


def test_a_second_override_of_the_same_parameter_in_a_template_fails() -> None:
    template = compile_template(
        "#set($context.responseOverride.status = 200)#set($context.responseOverride.status = 201)"
    )
    with pytest.raises(TemplateError, match="status is overridden a second time"):
        template.render(scope())


@pytest.mark.parametrize("status", [99, 600, "abc", None, True, 20.0, "0200"])
def test_only_a_status_from_100_to_599_counts(status: Any) -> None:
    assert override_status({"status": status}) is None


def test_there_are_no_overrides_before_a_rendering() -> None:
    assert scope().request_override == scope().response_override == {}
