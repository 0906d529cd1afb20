"""docs/behaviours.md, section 9: VTL, as a deployed method renders it. The language itself: tests/dataplane/mapping."""

from collections.abc import Callable

import pytest

from tests.parity.execution.cases import Case, hold, http, mock, rows

r89, r90, r91, r92 = rows("REC/EMU", 89), rows("REC", 90), rows("DOC", 91), rows("REC", 92)
r93, r94, r95 = rows("DOC", 93), rows("EMU/?", 94), rows("DOC", 95)

BODY = b'{"a": {"b": [1, 2]}, "s": "it\'s", "n": null}'


def case(row: Callable[..., Case], template: str, rendered: str, body: bytes = BODY) -> Case:
    drawn = http(request_templates={"$default": template})
    asked = {"ask": "POST /dev/a?q=1", "body": body, "variables": {"v": "V"}}
    return row(template, drawn, sent_body=rendered.encode(), **asked)


CASES: list[Case] = [
    case(r89, "$input.body", BODY.decode()),
    case(r89, "$input.body", "{}", body=b""),
    case(r89, "$input.json('$.a')", '{"b":[1,2]}'),
    case(r89, "$input.json('$.none')", '""'),
    case(r89, "$input.json('$.a')", '""', body=b"no json"),
    case(r89, "$input.path('$.a.b[1]')", "2"),
    case(r89, "<$input.path('$.none')>", "<>"),
    case(r89, "#if($input.path('$.none') == $null)null#end", "null"),
    case(r89, "$input.params('q')$input.params().querystring.q$input.params().querystring.get('q')", "111"),
    case(r89, "<$input.params('none')>", "<>"),
    case(r90, "$input.path('$.a')", "{b=[1,2]}"),
    case(r90, "$input.path('$.a.b')", "[1,2]"),
    case(r91, "$util.escapeJavaScript($input.path('$.s'))", "it\\'s"),
    case(r91, "$util.base64Encode('a')$util.base64Decode('YQ==')", "YQ==a"),
    case(r91, "$util.urlEncode('a b&')$util.urlDecode('a+b%26')", "a+b%26a b&"),
    case(r91, "$util.parseJson('{\"x\": 1}').x", "1"),
    case(r92, "$input.path('$.s').replaceAll('t', 'T').length()", "4"),
    case(r92, "$input.path('$.a.b').size()$input.path('$.a').keySet()", "2[b]"),
    case(r92, "#set($m = {})#set($m.k = 'v')$!m.put('l', 'w')$m", "{k=v, l=w}"),
    case(r93, "#foreach($x in [1..3])$foreach.count$foreach.index$foreach.hasNext #end", "10true 21true 32false "),
    case(r94, "<$context.authorizer.none><$context.none>", "<><>"),
    case(r94, "$undefined ${undefined} $!undefined", "$undefined ${undefined} "),
    case(r94, "$context.stage $context.resourcePath $context.identity.sourceIp", "dev /a 127.0.0.1"),
    case(r95, "$stageVariables.v $stageVariables['v'] ${stageVariables['v']} ${stageVariables.v}", "V V V V"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_templates(case: Case) -> None:
    hold(case)


def test_row_93_a_template_may_run_a_thousand_rounds_and_no_more() -> None:
    template = "#foreach($x in [1..{n}])#set($c = $foreach.count)#end$c"
    hold(r93("1,000 rounds", mock(template.replace("{n}", "1000")), reply=b"1000"))
    hold(r93("1,001 rounds", mock(template.replace("{n}", "1001")), status=200, reply=b"1000"))
