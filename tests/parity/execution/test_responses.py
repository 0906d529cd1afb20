"""docs/behaviours.md, section 8: integration responses and method responses."""

from typing import Any

import pytest

from dataplane.snapshot import Integration
from tests.dataplane.execution import answer, resource
from tests.parity.execution.cases import ABSENT, DEFAULT, Case, hold, http, mock, proxy, response, rows

r79, r80, r81, r82 = rows("?", 79), rows("EMU/DOC", 80), rows("REC", 81), rows("EMU", 82)
r83, r84, r85, r86 = rows("DOC/EMU", 83), rows("REC", 84), rows("REC", 85), rows("REC", 86)
r87, r88 = rows("REC/DOC", 87), rows("REC", 88)

JSON = answer(200, "Content-Type: application/json\r\nX-A: 1\r\nX-A: 2\r\n", b'{"a": {"b": 7}}')
INTERNAL = {"status": 500, "reply": b'{"message":"Internal server error"}'}
# What a backend may say of itself, with the name under which a client gets it.
REMAPPED = {
    "Date": "Thu, 01 Jan 1970 00:00:00 GMT",
    "Server": "nginx",
    "Content-Length": "7",
    "x-amzn-RequestId": "theirs",
}
WHEN_MAPPED = (
    *("Authorization", "Connection", "Content-MD5", "Date", "Expect", "Host", "Max-Forwards", "Proxy-Authenticate"),
    *("Server", "Trailer", "Upgrade", "User-Agent", "WWW-Authenticate"),
)


def selecting(*patterns: str) -> Any:
    """The first pattern answers 201, the next 202..."""
    return http(responses=tuple(response(str(201 + i), selection_pattern=p) for i, p in enumerate(patterns)))


def mapped(**sources: str) -> Any:
    parameters = {f"method.response.header.{name.replace('_', '-')}": source for name, source in sources.items()}
    return http(responses=(response(response_parameters=parameters),))


def templated(**by_type: str) -> Any:
    return http(responses=(response(response_templates={f"text/{name}": text for name, text in by_type.items()}),))


def remapping(name: str) -> Any:
    return http(responses=(response(response_parameters={f"method.response.header.{name}": "'x'"}),))


OVERRIDE = '#set($context.responseOverride.status = {status})#set($context.responseOverride.header.X-O = "o")b'

CASES: list[Case] = [
    r79("the whole status must match", selecting("40", "404"), backend=answer(404), status=202),
    r79("a Java regular expression", selecting("(?:4|5)\\d{2}+", ""), backend=answer(503), status=201),
    r79("of anything", selecting("(\\n|.)+"), backend=answer(503), status=201),
    r80("the first that matches wins", selecting("4..", "404"), backend=answer(404), status=201),
    r80("the default stands for the rest", selecting("4..", ""), backend=answer(500), status=202),
    r80("no match and no default", selecting("4.."), backend=answer(500), **INTERNAL),
    r80("no response at all", http(responses=()), **INTERNAL),
    r81("the status is the integration response's", http(), backend=answer(400, body=b"bad"), reply=b"bad"),
    r81("headers are not passed", http(), backend=JSON, replied={"X-A": ABSENT}),
    r81("the body is", http(), backend=JSON, reply=b'{"a": {"b": 7}}'),
    r82("header: the last", mapped(H="integration.response.header.X-A"), backend=JSON, replied={"H": "2"}),
    r82("multivalueheader", mapped(H="integration.response.multivalueheader.X-A"), backend=JSON, replied={"H": "1,2"}),
    r82("in their case", mapped(H="integration.response.header.x-a"), backend=JSON, replied={"H": ABSENT}),
    r82("body", mapped(H="integration.response.body"), backend=JSON, replied={"H": '{"a": {"b": 7}}'}),
    r82("body by path", mapped(H="integration.response.body.a.b"), backend=JSON, replied={"H": "7"}),
    r82("context", mapped(H="context.stage"), replied={"H": "dev"}),
    r82("a literal", mapped(H="'l'"), replied={"H": "l"}),
    r82("a stage variable", mapped(H="stageVariables.none"), replied={"H": ABSENT}),
    r82("bad JSON", mapped(H="integration.response.body.a"), backend=answer(body=b"{a"), **INTERNAL),
    r83(
        "by Accept",
        templated(a="A", b="B"),
        headers={"Accept": "text/b"},
        reply=b"B",
        replied={"Content-Type": "text/b"},
    ),
    r83("else the first", templated(a="A", b="B"), headers={"Accept": "x/y"}, reply=b"A"),
    r83(
        "JSON before the first",
        http(responses=(response(response_templates={"text/a": "A", "application/json": "J"}),)),
        headers={"Accept": "x/y"},
        reply=b"J",
    ),
    r83(
        "none: as it is",
        http(),
        backend=answer(200, "Content-Type: a/b\r\n", b"x"),
        reply=b"x",
        replied={"Content-Type": "a/b"},
    ),
    *(
        r84(
            f"status {status}", templated(a=OVERRIDE.replace("{status}", status)), status=expected, replied={"X-O": "o"}
        )
        for status, expected in (("404", 404), ('"404"', 404), ("99", 200), ("600", 200), ('"x"', 200))
    ),
    r84(
        "set in the request's template, without one for the response",
        http(request_templates={"application/json": OVERRIDE.replace("{status}", "404")}),
        status=404,
        replied={"X-O": "o"},
    ),
    r84(
        "it replaces what is mapped",
        http(
            responses=(
                response(
                    response_parameters={"method.response.header.X-O": "'mapped'"},
                    response_templates={"application/json": OVERRIDE.replace("{status}", "200")},
                ),
            )
        ),
        replied={"X-O": "o"},
    ),
    *(
        r85(
            f"{name} of a proxied answer",
            proxy(),
            backend=answer(200, f"{name}: {value}\r\n" if name != "Content-Length" else "", b"7 bytes"),
            replied={f"x-amzn-Remapped-{name}": value},
        )
        for name, value in REMAPPED.items()
    ),
    *(
        r85(f"{name} when it is mapped", remapping(name), replied={f"x-amzn-Remapped-{name}": "x"})
        for name in WHEN_MAPPED
    ),
    *(
        r85(f"{name} of a proxied answer passes", proxy(), backend=answer(200, f"{name}: x\r\n"), replied={name: "x"})
        for name in ("WWW-Authenticate", "Authorization", "User-Agent", "Host", "Expect", "Max-Forwards")
    ),
    r86("Via", proxy(), backend=answer(200, "Via: 1.1 x\r\n"), replied={"Via": ABSENT}),
    r86(
        "Transfer-Encoding: this gateway frames its own",
        proxy(),
        backend=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        reply=b"a",
    ),
    r86("Transfer-Encoding when it is mapped", remapping("Transfer-Encoding"), reply=b"backend"),
    r87("nothing listed, nothing converted", http(), backend=answer(body=b"\xff"), reply=b"\xff"),
    r87(
        "a binary payload for who accepts text is Base64",
        http(),
        backend=answer(200, "Content-Type: image/png\r\n", b"\xff"),
        reply=b"/w==",
        api={"binary_media_types": ("image/png",)},
    ),
    r88("not of a MOCK", mock(), replied={"X-Amzn-Trace-Id": ABSENT}),
    r88("not of a proxy", proxy(), replied={"X-Amzn-Trace-Id": ABSENT}),
    r88(
        "unless the backend sent it",
        proxy(),
        backend=answer(200, "X-Amzn-Trace-Id: t\r\n"),
        replied={"X-Amzn-Trace-Id": "t"},
    ),
    r88(
        "of HTTP, the one that the backend got",
        http(),
        headers={"X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"},
        replied={"X-Amzn-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_responses(case: Case) -> None:
    hold(case)


# A MOCK preflight as AWS's console draws it ("Enable CORS").
PREFLIGHT = resource(
    "/a",
    "OPTIONS",
    Integration(
        type="MOCK",
        request_templates={"application/json": '{"statusCode": 200}'},
        responses=(
            response(
                response_parameters={
                    "method.response.header.Access-Control-Allow-Headers": "'Content-Type,X-Amz-Date,Authorization'",
                    "method.response.header.Access-Control-Allow-Methods": "'GET,OPTIONS'",
                    "method.response.header.Access-Control-Allow-Origin": "'*'",
                },
            ),
        ),
    ),
)
r106, r107 = rows("REC", 106), rows("DOC/REC", 107)

STAGES: list[Case] = [
    r106("no automatic CORS", mock(), ask="OPTIONS /dev/a", status=403),
    r106("a reply carries no header of CORS by itself", mock(), replied={"Access-Control-Allow-Origin": ABSENT}),
    r106(
        "a MOCK answers the preflight",
        PREFLIGHT,
        ask="OPTIONS /dev/a",
        headers={"Origin": "https://example.com", "Access-Control-Request-Method": "GET"},
        replied={"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET,OPTIONS"},
    ),
    *(
        r107(
            f"minimumCompressionSize {minimum}",
            http(responses=(DEFAULT,)),
            headers={"Accept-Encoding": "gzip"},
            backend=answer(body=b"x" * 100),
            replied={"Content-Encoding": coding},
            api={"minimum_compression_size": minimum},
        )
        for minimum, coding in ((None, ABSENT), (0, "gzip"), (100, "gzip"), (101, ABSENT))
    ),
]


@pytest.mark.parametrize("case", STAGES, ids=str)
def test_cors_and_compression(case: Case) -> None:
    hold(case)
