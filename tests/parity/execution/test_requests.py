"""docs/behaviours.md, sections 5 and 6: request validation, integration requests."""

import asyncio
from time import monotonic
from typing import Any

import pytest

from dataplane.snapshot import Integration, IntegrationResponse, Model, RequestValidator
from tests.dataplane.execution import API, House, Message, answer, in_house, resource
from tests.parity.execution.cases import ABSENT, DEFAULT, Case, hold, http, mock, proxy, rows

r50, r51, r52, r53 = rows("EMU", 50), rows("EMU", 51), rows("REC/EMU", 52), rows("REC", 53)
r54, r55, r56, r57 = rows("DOC/EMU", 54), rows("DOC/EMU", 55), rows("REC", 56), rows("REC", 57)
r59, r60, r61, r62 = rows("REC", 59), rows("REC/EMU", 60), rows("EMU", 61), rows("EMU", 62)
r63, r64, r65, r66 = rows("EMU", 63), rows("EMU", 64), rows("REC", 65), rows("REC/EMU", 66)

PET = Model(name="Pet", schema='{"type": "object", "required": ["name"]}')
EVERY = RequestValidator(id="v", validate_request_body=True, validate_request_parameters=True)
API_VALIDATES: dict[str, Any] = {"models": (PET,), "request_validators": (EVERY,)}
REQUIRED: dict[str, Any] = {
    "request_parameters": {"method.request.querystring.q": True, "method.request.header.z": True}
}
MODELLED: dict[str, Any] = {
    "method": "POST",
    "request_validator_id": "v",
    "request_models": {"application/json": "Pet"},
}
POST = {"ask": "POST /dev/a"}
INVALID = {"status": 400, "reply": b'{"message":"Invalid request body"}'}
INTERNAL = {"status": 500, "reply": b'{"message":"Internal server error"}', "unsent": True}
UNSUPPORTED = {"status": 415, "reply": b'{"message":"Unsupported Media Type"}', "unsent": True}


def templates(**by_type: str) -> dict[str, Any]:
    names = {"json": "application/json", "xml": "application/xml", "default": "$default"}
    return {"request_templates": {names[name]: template for name, template in by_type.items()}}


def mapped(**sources: str) -> dict[str, Any]:
    """`header_X="'a'"`: integration.request.header.X"""
    return {
        "request_parameters": {
            f"integration.request.{name.replace('_', '.', 1)}": source for name, source in sources.items()
        }
    }


def mock_status(template: str) -> Any:
    responses = (
        IntegrationResponse(status_code="200", selection_pattern="200"),
        IntegrationResponse(status_code="404", selection_pattern="404"),
    )
    return resource(
        "/a", "GET", Integration(type="MOCK", request_templates={"$default": template}, responses=responses)
    )


VALIDATION: list[Case] = [
    r50("without a validator required parameters may be missing", mock(**REQUIRED)),
    r50("without one bodies are not looked at", mock(**{**MODELLED, "request_validator_id": ""}), body=b"{}", **POST),
    r51(
        "missing parameters are named, sorted by their mapping keys",
        mock(request_validator_id="v", **REQUIRED),
        status=400,
        reply=b'{"message":"Missing required request parameters: [z, q]"}',
        api=API_VALIDATES,
    ),
    r52("a body that does not match", mock(**MODELLED), body=b'{"a": 1}', api=API_VALIDATES, **POST, **INVALID),
    r52("an empty body is validated as {}", mock(**MODELLED), api=API_VALIDATES, **POST, **INVALID),
    r52("what is no JSON is invalid", mock(**MODELLED), body=b"name", api=API_VALIDATES, **POST, **INVALID),
    r52("a body that matches", mock(**MODELLED), body=b'{"name": 1}', api=API_VALIDATES, **POST),
    r53(
        "the model is that of the content type",
        mock(**MODELLED),
        body=b"<a/>",
        headers={"Content-Type": "text/xml"},
        api=API_VALIDATES,
        **POST,
    ),
    r53(
        "then $default",
        mock(**{**MODELLED, "request_models": {"$default": "Pet"}}),
        body=b"<a/>",
        headers={"Content-Type": "text/xml"},
        api=API_VALIDATES,
        **POST,
        **INVALID,
    ),
    r53(
        "models refer to each other in circles",
        mock(**MODELLED),
        body=b'{"self": {"self": {"self": 1}}}',
        api={
            "models": (
                Model(
                    name="Pet",
                    schema='{"type": "object", "properties": {"self": {"$ref":'
                    f' "https://apigateway.amazonaws.com/restapis/{API}/models/Pet"}}}}}}',
                ),
            ),
            "request_validators": (EVERY,),
        },
        **POST,
        **INVALID,
    ),
]

FORBIDDEN = ("Content-Length", "Transfer-Encoding", "X-Amzn-Trace-Id", "X-Amzn-Apigateway-Api-Id")
BODY = {"body": b'{"a": {"b": [1, "x"]}, "n": null}', "ask": "POST /dev/a"}

REQUESTS: list[Case] = [
    r54(
        "the template is that of the type, without its parameters",
        http(**templates(json="j", default="d")),
        headers={"Content-Type": "application/json; charset=x"},
        sent_body=b"j",
        **POST,
    ),
    r54("no Content-Type is application/json", http(**templates(json="j", default="d")), sent_body=b"j", **POST),
    r54(
        "then $default",
        http(**templates(json="j", default="d")),
        headers={"Content-Type": "a/b"},
        sent_body=b"d",
        **POST,
    ),
    r55("WHEN_NO_MATCH passes", http(**templates(xml="x")), body=b"as it is", sent_body=b"as it is", **POST),
    r55(
        "WHEN_NO_TEMPLATES passes where there is none",
        http(passthrough_behavior="WHEN_NO_TEMPLATES"),
        body=b"y",
        sent_body=b"y",
        **POST,
    ),
    r55(
        "and is 415 where there is another",
        http(passthrough_behavior="WHEN_NO_TEMPLATES", **templates(xml="x")),
        body=b"y",
        **POST,
        **UNSUPPORTED,
    ),
    r55("NEVER is 415", http(passthrough_behavior="NEVER"), body=b"y", **POST, **UNSUPPORTED),
    r55(
        "a template that matches is used whatever the behaviour",
        http(passthrough_behavior="NEVER", **templates(json="j")),
        sent_body=b"j",
        **POST,
    ),
    r56(
        "nothing of the client passes but what is mapped",
        http(**mapped(header_Who="method.request.header.X-User")),
        ask="POST /dev/a?q=1",
        headers={"X-User": "ada", "X-Secret": "s", "User-Agent": "me", "Accept": "text/html", "Content-Type": "a/b"},
        sent="POST /",
        sent_headers={
            "Who": "ada",
            "X-Secret": ABSENT,
            "User-Agent": f"AmazonAPIGateway_{API}",
            "Accept": "application/json",
            "Content-Type": "a/b",
            "X-Amzn-Apigateway-Api-Id": API,
        },
    ),
    r57(
        "a proxy passes headers but Host, Via and those of the connection",
        proxy(),
        headers={"X-A": "1", "Via": "x", "User-Agent": "me", "Accept": "text/html", "TE": "trailers"},
        sent_headers={"X-A": "1", "Via": ABSENT, "User-Agent": "me", "Accept": "text/html", "TE": ABSENT},
    ),
    r57("mappings apply to a proxy too", proxy(**mapped(header_X="'1'")), headers={"X": "0"}, sent_headers={"X": "1"}),
    r57(
        "mapped query values are appended",
        proxy(**mapped(querystring_q="'2'")),
        ask="GET /dev/a?q=1",
        sent="GET /?q=1&q=2",
    ),
    r57("Host can be mapped", proxy(**mapped(header_Host="'there'")), sent_headers={"Host": "there"}),
    r57("so it can without a proxy", http(**mapped(header_Host="'there'")), sent_headers={"Host": "there"}),
    *(
        r59(
            f"{name} may not be mapped",
            http(request_parameters={f"integration.request.header.{name}": "'1'"}),
            **INTERNAL,
        )
        for name in FORBIDDEN
    ),
    *(
        r59(
            f"{name} may not be mapped in a proxy",
            proxy(request_parameters={f"integration.request.header.{name}": "'1'"}),
            **INTERNAL,
        )
        for name in FORBIDDEN
    ),
    *(
        r59(
            f"{name} may",
            http(request_parameters={f"integration.request.header.{name}": "'1'"}),
            sent_headers={name: "1"},
        )
        for name in ("Authorization", "Referer", "Accept", "User-Agent")
    ),
    r59(
        "Connection is this gateway's own: not sent",
        http(**mapped(header_Connection="'close'")),
        sent_headers={"Connection": ABSENT},
    ),
    r60("the integration's method is used", http(http_method="PUT"), sent="PUT /", **POST),
    r60("ANY is the client's", proxy(http_method="ANY"), ask="PATCH /dev/a", sent="PATCH /"),
    *(
        r60(f"{verb} sends no body", http(http_method=verb), body=b"x", sent_body=b"", **POST)
        for verb in ("GET", "OPTIONS")
    ),
    r61(
        "{x} is filled from the mapping", proxy("/{x}", "/{y}", **mapped(path_x="method.request.path.y")), sent="GET /a"
    ),
    r61("only from the mapping", proxy("/{y}", "/{y}"), sent="GET /%7By%7D"),
    r61("an unset stage variable is empty", proxy("/a${stageVariables.none}b"), sent="GET /ab"),
    r61("${x} is no stage variable", proxy("/${x}"), sent="GET /$%7Bx%7D"),
    r62("path", http(**mapped(header_H="method.request.path.p"), path="/{p}"), sent_headers={"H": "a"}),
    r62(
        "querystring: the last",
        http(**mapped(header_H="method.request.querystring.q")),
        ask="POST /dev/a?q=1&q=2",
        sent_headers={"H": "2"},
    ),
    r62(
        "multivaluequerystring",
        http(**mapped(querystring_r="method.request.multivaluequerystring.q")),
        ask="POST /dev/a?q=1&q=2",
        sent="POST /?r=1&r=2",
    ),
    r62("header", http(**mapped(header_H="method.request.header.X-A")), headers={"X-A": "1"}, sent_headers={"H": "1"}),
    r62(
        "multivalueheader",
        http(**mapped(header_H="method.request.multivalueheader.X-A")),
        headers={"X-A": "1"},
        sent_headers={"H": "1"},
    ),
    r62("body", http(**mapped(header_H="method.request.body")), body=b"text", sent_headers={"H": "text"}, **POST),
    r62("body by JSONPath", http(**mapped(header_H="method.request.body.a.b[1]")), sent_headers={"H": "x"}, **BODY),
    r62("context", http(**mapped(header_H="context.stage")), sent_headers={"H": "dev"}),
    r62("stageVariables", http(**mapped(header_H="stageVariables.v")), sent_headers={"H": ABSENT}),
    r62("a literal", http(**mapped(header_H="'l'")), sent_headers={"H": "l"}),
    r62("null is omitted", http(**mapped(header_H="method.request.body.n")), sent_headers={"H": ABSENT}, **BODY),
    r62("missing is omitted", http(**mapped(header_H="method.request.header.X-A")), sent_headers={"H": ABSENT}),
    r62(
        "empty is omitted",
        http(**mapped(querystring_q="method.request.querystring.q")),
        ask="POST /dev/a?q=",
        sent="POST /",
    ),
    r63(
        "what begins like JSON and is none is 400",
        http(**mapped(header_H="method.request.body.a")),
        body=b"{a",
        status=400,
        reply=b'{"message":"Invalid JSON in request body"}',
        unsent=True,
        **POST,
    ),
    r63(
        "what does not begin like JSON has no members",
        http(**mapped(header_H="method.request.body.a")),
        body=b"a",
        sent_headers={"H": ABSENT},
        **POST,
    ),
    r64(
        "requestOverride beats mappings",
        http(
            "/{p}",
            **mapped(header_H="'1'", path_p="'1'", querystring_q="'1'"),
            **templates(
                json='#set($context.requestOverride.header.H = "2")#set($context.requestOverride.path.p = "2")'
                '#set($context.requestOverride.querystring.q = ["2", "3"])b'
            ),
        ),
        sent="POST /2?q=2&q=3",
        sent_headers={"H": "2"},
        sent_body=b"b",
        **POST,
    ),
    r65(
        "invalid bytes are U+FFFD to a template",
        http(**templates(json="$input.body")),
        body=b"a\xff",
        sent_body="a\ufffd".encode(),
        **POST,
    ),
    r66("statusCode drives the selection", mock_status('{"statusCode": 404}'), status=404),
    *(
        r66(f"read leniently: {text}", mock_status(text), status=404)
        for text in ("{statusCode: 404}", "{'statusCode': 404,}", '{"statusCode": "404"}')
    ),
    *(
        r66(f"no integer: {text or 'nothing'}", mock_status(text), **INTERNAL)
        for text in ("", "{}", '{"statusCode": "x"}', "404")
    ),
]


@pytest.mark.parametrize("case", VALIDATION, ids=str)
def test_validation(case: Case) -> None:
    hold(case)


@pytest.mark.parametrize("case", REQUESTS, ids=str)
def test_requests(case: Case) -> None:
    hold(case)


def test_row_66_the_endpoints_body_of_a_mock_is_empty() -> None:
    hold(r66("$input.body", mock("$input.body"), reply=b"{}"))


def test_row_68_the_time_out_is_29_seconds_unless_it_is_drawn() -> None:
    async def scenario(house: House) -> None:
        async def late(message: Message) -> bytes:
            await asyncio.sleep(5)
            return answer()

        assert Integration(type="HTTP").timeout_in_millis == 29_000
        house.backend.script = late
        house.deploy(http(timeout_in_millis=50, responses=(DEFAULT,)))
        began = monotonic()
        assert (await house.call("POST", "/dev/a")).status == 504
        assert 0.04 < monotonic() - began < 4

    in_house(scenario)
