"""Templates against Apache Velocity 1.7 (pinned), and against the developer guide where API Gateway differs."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataplane.mapping.input import RequestParams, Scope
from dataplane.mapping.vtl import Template, TemplateError, compile_template
from tests.dataplane.mapping.golden import golden

HAND_WRITTEN, GENERATED, GUIDE = golden("velocity.json"), golden("generated.json"), golden("guide.json")


class Variables:
    def __init__(self, values: dict[str, Any]) -> None:
        self.values = copy.deepcopy(values)

    def variables(self, roots: frozenset[str]) -> dict[str, Any]:
        return self.values


def velocity(template: str, values: dict[str, Any]) -> str | None:
    """What is printed; None for an error."""
    try:
        return compile_template(template, plain=True).render(Variables(values))
    except TemplateError:
        return None


def render(template: str, body: str = "", **given_context: Any) -> str:
    scope = Scope(body, RequestParams({"id": "7"}, {"q": ["1", "2"]}, {"H": ["x"]}), given_context, {"var": "v-1"})
    return compile_template(template).render(scope)


@pytest.mark.parametrize("case", HAND_WRITTEN["cases"], ids=lambda case: case["template"][:40])
def test_a_template_prints_what_velocity_prints(case: dict[str, Any]) -> None:
    assert velocity(case["template"], HAND_WRITTEN["variables"]) == case.get("out")


def test_generated_templates_print_what_velocity_prints() -> None:
    differing = [
        (case, answer)
        for case in GENERATED["cases"]
        if (answer := velocity(case["template"], GENERATED["variables"])) != case.get("out")
    ]
    assert len(GENERATED["cases"]) > 1000
    assert differing == []


def test_a_long_template_whose_code_is_compact_prints_the_same() -> None:
    padding = " " * 33_000
    values = HAND_WRITTEN["variables"]
    for case in HAND_WRITTEN["cases"]:
        if "out" in case and not case["template"].startswith(("$", "#")):
            assert velocity(f"{padding}.{case['template']}", values) == f"{padding}.{case['out']}"


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("$m.a.b $m.a.c $m.a.put('b', 3)$m.a.b $m.a.c", "1 2 13 2"),
        ("$m.a.b$m.a.c#set($m.a = {'b': 7, 'c': 8})$m.a.b$m.a.c", "1278"),
        ("$m.a.b$m.a.c#set($m = {'a': {'b': 7, 'c': 8}})$m.a.b$m.a.c", "1278"),
        ("#if(false)$m.a.b$m.a.c#set($x = 1)#elseif($m.a.c == 2)$m.a.b$m.a.d.e$m.a.d.f#end", "1"),
        ("$m.x.y$m.x.z$m.l.empty$m.l.size()", "false2"),
        (
            "#foreach($e in $m.l)$e.n$e.n$e.n#foreach($e in [$m])$e.a.b$e.a.c$e.a.b#end$e.n,#end$e.n",
            "1111211,2221212,$e.n",
        ),
        ("#foreach($e in [$m.a, 5, $m.l])<$e.b$e.b$e.b>#end", "<111><><>"),
    ],
)
def test_what_several_references_share_is_looked_up_again_after_a_change(template: str, printed: str) -> None:
    values = "#set($m = {'a': {'b': 1, 'c': 2}, 'l': [{'n': 1}, {'n': 2}]})"
    assert render(values + template) == printed


@pytest.mark.parametrize("case", GUIDE["cases"], ids=lambda case: case["name"])
def test_the_developer_guides_templates_print_what_velocity_prints(case: dict[str, Any]) -> None:
    printed = compile_template(case["template"]).render(Scope(case["body"], RequestParams(), {}, {}))
    assert printed == case["out"]


# the guide's template that passes all parameters (api-gateway-mapping-template-reference, "Parameter mapping template")
ALL_PARAMETERS = """#set($allParams = $input.params())
{
  "params" : {
    #foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
    "$type" : {
      #foreach($paramName in $params.keySet())
      "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
      #if($foreach.hasNext),#end
      #end
    }
    #if($foreach.hasNext),#end
    #end
  }
}
"""


def test_the_guides_template_passes_all_parameters_through() -> None:
    assert json.loads(render(ALL_PARAMETERS)) == {
        "params": {"path": {"id": "7"}, "querystring": {"q": "2"}, "header": {"H": "x"}}
    }


# where API Gateway does not print what Velocity prints, and where Velocity's lexer has accidents that are not copied
DIFFERENCES = [
    ("null below a variable that is set prints empty", "#set($r = $input.path('$'))[$r.nope][$r.a.b.c]", "[][]"),
    (
        "null of an API Gateway variable prints empty",
        "[$context.nope][$stageVariables.nope][$input.path('$.x')]",
        "[][][]",
    ),
    ("an unset variable prints as it is written", "$nope ${nope.a} $nope.b()", "$nope ${nope.a} $nope.b()"),
    ("a silent reference prints empty", "[$!nope][$!{nope.a}]", "[][]"),
    ("a bracket after #set after a reference is text", "$input.params('q') #set($x = 1)[2]", "2[2]"),
    ("a dot after a call is kept", "$input.params('q').length()px.b", "1px.b"),
    ("an array prints as a list", '#set($s = "a-b")$s.split("-")', "[a, b]"),
]


@pytest.mark.parametrize(("why", "template", "printed"), DIFFERENCES, ids=[row[0] for row in DIFFERENCES])
def test_it_differs_from_velocity_where_api_gateway_does(why: str, template: str, printed: str) -> None:
    assert render(template, '{"a": 1}') == printed


def test_a_template_without_references_and_directives_is_a_constant() -> None:
    template = compile_template('{"statusCode": 200} ## ok')
    assert template.constant == '{"statusCode": 200} '
    assert compile_template("$x").constant is None


@pytest.mark.parametrize("name", ["evaluate", "parse", "include"])
def test_directives_that_read_other_templates_are_refused(name: str) -> None:
    with pytest.raises(TemplateError, match=f"#{name} is not supported") as refused:
        compile_template(f"a\n  #{name}('x')")
    assert (refused.value.line, refused.value.column) == (2, 3)


MISTAKES = [
    ("#if($x)\na", 1, 1),
    ("a\n#end", 2, 1),
    ("#set($x = )", 1, 11),
    ("a\nb #foreach($x on $y)#end", 2, 17),
    ('#set($x = "abc)', 1, 11),
    ("ab ${x", 1, 7),
    ("#[[ abc", 1, 1),
    ("$x[", 1, 4),
    ('#set($x = "\\u12")', 1, 11),
    ("cost: 5$", 1, 9),
]


@pytest.mark.parametrize(("template", "line", "column"), MISTAKES)
def test_a_mistake_is_told_with_its_place(template: str, line: int, column: int) -> None:
    with pytest.raises(TemplateError) as found:
        compile_template(template)
    assert (found.value.line, found.value.column) == (line, column)


def test_what_fails_while_rendering_is_told_with_its_place() -> None:
    with pytest.raises(TemplateError) as found:
        render('a\n b $input.path("$.l").get(9)', '{"l": []}')
    assert (found.value.line, found.value.column) == (2, 4)
    assert "out of range" in found.value.message


# limits


def test_a_template_of_more_than_300_kb_is_refused() -> None:
    compile_template("x" * 300 * 1024)
    with pytest.raises(TemplateError, match="300 KB"):
        compile_template("ü" * 200 * 1024)


def test_a_loop_ends_after_1000_rounds() -> None:
    assert render("#foreach($i in [1..1500])#if($foreach.count > 998)$i,#end#end") == "999,1000,"


@pytest.mark.parametrize(
    "template",
    [
        "#foreach($i in [1..1000])#foreach($j in [1..1000])#foreach($k in [1..1000])#end#end#end",
        "#macro(again)#again()#end#again()",
        '#set($s = "0123456789")#foreach($i in [1..100])#set($s = "$s$s")#end',
        "#set($n = 12345678901)#foreach($i in [1..100])#set($n = $n * $n)#end",
        "#set($l = [1])#set($x = $l.add($l))$l",
        "#foreach($i in [1..1000])#foreach($j in [1..100])$input.body#end#end",
        "$stageVariables.var.repeat(99999999)",
        '$stageVariables.var.format("%99999999s", "x")',
        "#set($r = [1..999999999])",
    ],
)
def test_a_greedy_template_is_stopped(template: str) -> None:
    with pytest.raises(TemplateError):
        render(template, "x" * 100_000)


@pytest.mark.parametrize(
    "template",
    [
        "#if($a)" * 500,
        "#set($x = " + "(" * 5000,
        "#set($x = " + "!" * 5000 + "$a)",
        "$a" + ".b($a" * 500,
        "#set($x = " + "[" * 5000,
        "$a[" * 5000,
        "#set($x = " + '{"a":' * 500,
        "#foreach($x in $y)" * 100,
    ],
)
def test_a_template_that_nests_too_deeply_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        compile_template(template)


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("#set($x = 1" + " + 1" * 2000 + ")$x", "2001"),
        ("#if($input.body" + " && true" * 2000 + ")y#end", "y"),
        ("#set($m = {})#set($m.a = $m)$!m" + ".a" * 2000 + ".b", ""),
        ("#if(false)" + "#elseif(false)" * 20000 + "#{else}e#end", "e"),
        ("#if(false)" + "#elseif(false)" * 40 + "#elseif($input)i#elseif(true)j#end", "i"),
        ("#foreach($i in [1])" * 30 + "x" + "#end" * 30, "x"),
        ("#if(true)" * 39 + "x" + "#end" * 39, "x"),
    ],
)
def test_length_is_no_depth(template: str, printed: str) -> None:
    assert render(template, "b") == printed


# the sandbox

REACHES = [
    *(".class", ".getClass()", ".format_map('x')", ".func_globals", ".document()", ".find('$')", ".given", ".written"),
    *(".index", ".encode('utf-8')", ".render", ".mro()", ".code", ".owner", ".saved", ".body.encode()"),
    *("['__class__']", "['__init__']", ".get('__dict__')", "['__class__']['__mro__']"),
]


@pytest.mark.parametrize("reach", REACHES)
@pytest.mark.parametrize("root", ["input", "util", "context", "stageVariables", "context.requestOverride.header"])
def test_nothing_of_python_can_be_reached(root: str, reach: str) -> None:
    assert render(f"[$!{root}{reach}]", '"x"') == "[]"


@pytest.mark.parametrize("reach", REACHES)
@pytest.mark.parametrize("value", ['"text"', "5", "1.5", "true", '{"a": 1}', "$m.entrySet()", "$input.path('$')"])
def test_no_attribute_of_a_value_can_be_reached(value: str, reach: str) -> None:
    assert render(f"#set($m = {{}})#set($x = {value})[$!x{reach}]", "{}") == "[]"


def test_a_property_begins_with_a_letter() -> None:
    """So what begins with underscores is text, as in Velocity."""
    assert render("$input.body.__class__", "b") == "b.__class__"


def test_text_of_a_template_is_never_code() -> None:
    evil = "'\"\\\n\r\u2028\x00{0}%s); raise SystemExit #"
    assert render(f"#[[{evil}]]#$input.body", evil) == evil * 2


PIECES = [
    *("#if(", "#set(", "#foreach(", "#macro(", "#define(", "#else", "#end", "#", "##", "#*", "*#", "$", "${", "$!"),
    *(")", "(", "[", "]", "{", "}", '"', "'", "\\", "x", " in ", "1", "==", "&&", "!", "-", ".", "..", ",", ":", "a.b"),
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*PIECES, " ", "\n"]), max_size=25).map("".join))
def test_any_text_compiles_and_renders_or_is_a_template_error(template: str) -> None:
    try:
        compiled = compile_template(template)
        assert isinstance(compiled, Template)
        assert isinstance(compiled.render(Scope("{}", RequestParams(), {}, {})), str)
    except TemplateError as error:
        assert error.line >= 1
        assert error.column >= 1


@given(st.text().filter(lambda text: not set("$#\\") & set(text)))
def test_text_prints_as_it_is(text: str) -> None:
    assert compile_template(text).constant == text.encode("utf-8", "replace").decode()
