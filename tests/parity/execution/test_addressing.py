"""docs/behaviours.md, section 1: addressing, routing, request parsing."""

import pytest

from tests.parity.execution.cases import ABSENT, Case, hold, http, mock, proxy, rows

FORBIDDEN = {"status": 403, "reply": b'{"message":"Forbidden"}', "replied": {"x-amzn-ErrorType": "ForbiddenException"}}
MISSING = {
    "status": 403,
    "reply": b'{"message":"Missing Authentication Token"}',
    "replied": {"x-amzn-ErrorType": "MissingAuthenticationTokenException"},
}
# Header names that a template sees.
NAMES = "#foreach($name in $input.params().header.keySet())$name;#end"

r1, r2, r3, r4 = rows("REC", 1), rows("?", 2), rows("REC", 3), rows("EMU", 4)
r5, r6, r7, r9 = rows("EMU", 5), rows("EMU", 6), rows("EMU", 7), rows("REC", 9)
r10, r11, r12, r14 = rows("REC", 10), rows("REC/DOC", 11), rows("DOC", 12), rows("DOC", 14)

PRIORITIES = (
    mock("literal", "/p/one"),
    mock("param", "/p/{id}"),
    mock("greedy", "/p/{rest+}"),
    mock("deep", "/p/{id}/deep"),
)

CASES: list[Case] = [
    r1("an unknown path", mock(), ask="GET /dev/b", **MISSING),
    r1("a known path without the method", mock(), ask="DELETE /dev/a", **MISSING),
    r1("the root without a method", mock(), ask="GET /dev/", **MISSING),
    r2("an unknown API", mock(), host="nobody1234.execute-api.localhost", **FORBIDDEN),
    r2("an undeployed stage", mock(), ask="GET /prod/a", **FORBIDDEN),
    r3(
        "a trailing slash is ignored for matching, and kept", mock("$context.path"), ask="GET /dev/a/", reply=b"/dev/a/"
    ),
    r4("a leading // counts once, and is kept", mock("$context.path"), ask="GET /dev//a", reply=b"/dev//a"),
    r4("%2F parts no segments", mock("$input.params('x')", "/{x}"), ask="GET /dev/a%2Fb", reply=b"a/b"),
    r5("a literal beats a parameter", *PRIORITIES, ask="GET /dev/p/one", reply=b"literal"),
    r5("a parameter beats a greedy one", *PRIORITIES, ask="GET /dev/p/two", reply=b"param"),
    r5("a longer match counts before a greedy one", *PRIORITIES, ask="GET /dev/p/one/deep", reply=b"deep"),
    r5("what nothing else matches is the greedy one's", *PRIORITIES, ask="GET /dev/p/one/two", reply=b"greedy"),
    r5(
        "a resource without methods shadows no greedy sibling",
        mock("child", "/p/one/two"),
        mock("greedy", "/p/{rest+}"),
        ask="GET /dev/p/one",
        reply=b"greedy",
    ),
    *(
        r6(f"ANY answers {verb}", mock("any", method="ANY"), ask=f"{verb} /dev/a", reply=b"any")
        for verb in ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT")
    ),
    r6("ANY answers HEAD", mock("any", method="ANY"), ask="HEAD /dev/a"),
    r6("GET implies no HEAD", mock(), ask="HEAD /dev/a", status=403),
    r6("ANY is no other verb", mock(method="ANY"), ask="TRACE /dev/a", **MISSING),
    r7("the stage is taken off once", mock("x", "/dev"), ask="GET /dev/dev", reply=b"x"),
    r7("and not twice", mock("x", "/a"), ask="GET /dev/dev/a", status=403),
    r9(
        "headers of the connection are invisible",
        mock(NAMES),
        headers={
            **dict.fromkeys(("Connection", "Content-MD5", "Max-Forwards", "Proxy-Authenticate", "Server"), "x"),
            **dict.fromkeys(("TE", "Trailer", "WWW-Authenticate", "X-Mine"), "x"),
        },
        reply=b"Host;X-Mine;",
    ),
    r9("Content-Length is invisible", mock(NAMES, method="POST"), ask="POST /dev/a", body=b"1", reply=b"Host;"),
    r9(
        "they don't reach a proxied backend",
        proxy(),
        headers={"Content-MD5": "x", "Max-Forwards": "1", "Server": "x", "WWW-Authenticate": "x", "X-Mine": "x"},
        sent_headers={
            **dict.fromkeys(("Content-MD5", "Max-Forwards", "Server", "WWW-Authenticate"), ABSENT),
            "X-Mine": "x",
        },
    ),
    r10("of a repeated query the last value counts", mock("$input.params('q')"), ask="GET /dev/a?q=1&q=2", reply=b"2"),
    r10(
        "all values of a multi-value query are mapped, in order",
        http(request_parameters={"integration.request.querystring.w": "method.request.multivaluequerystring.q"}),
        ask="GET /dev/a?q=1&q=2",
        sent="POST /?w=1&w=2",
    ),
    r11("header names are matched in their case", mock("$input.params('x-a')|"), headers={"X-A": "1"}, reply=b"|"),
    r11("query names too", mock("$input.params('Q')|"), ask="GET /dev/a?q=1", reply=b"|"),
    r11(
        "mappings too",
        http(request_parameters={"integration.request.header.X-B": "method.request.header.x-a"}),
        headers={"X-A": "1"},
        sent_headers={"X-B": ABSENT},
    ),
    r12(
        "X-HTTP-Method-Override changes the method",
        mock("put $context.httpMethod", method="PUT"),
        ask="POST /dev/a",
        headers={"X-HTTP-Method-Override": "PUT"},
        reply=b"put PUT",
    ),
    r12(
        "and reaches the backend as the method, not as a header",
        proxy(),
        ask="POST /dev/a",
        headers={"x-http-method-override": "patch"},
        sent="PATCH /",
        sent_headers={"X-HTTP-Method-Override": ABSENT},
    ),
    r12(
        "unless it is mapped",
        proxy(request_parameters={"integration.request.header.X-O": "method.request.header.X-HTTP-Method-Override"}),
        ask="POST /dev/a",
        headers={"X-HTTP-Method-Override": "PATCH"},
        sent_headers={"X-O": "PATCH"},
    ),
    r12("an unknown method is none", mock(), headers={"X-HTTP-Method-Override": "FLY"}, **MISSING),
    r12(
        "HEAD is not asked for by a header (docs/execution.md)",
        mock("$context.httpMethod", method="ANY"),
        ask="POST /dev/a",
        headers={"X-HTTP-Method-Override": "HEAD"},
        reply=b"POST",
    ),
    r12(
        "nor is it replaced",
        proxy(),
        ask="HEAD /dev/a",
        headers={"X-HTTP-Method-Override": "PUT"},
        backend=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        sent="HEAD /",
        replied={"Content-Length": "9"},
    ),
    r12("; splits a query", mock("$input.params('p')$input.params('q')"), ask="GET /dev/a?p=1;q=2", reply=b"12"),
    r12("; splits what is proxied", proxy(), ask="GET /dev/a?p=1;q=2", sent="GET /?p=1&q=2"),
    r12("%3B does not", mock("$input.params('p')"), ask="GET /dev/a?p=1%3Bq", reply=b"1;q"),
    r12("a raw | is refused", mock(), ask="GET /dev/a?p=1|2", status=400, reply=b'{"message":"Bad Request"}'),
    r12("an encoded | is not", mock("$input.params('p')"), ask="GET /dev/a?p=1%7C2", reply=b"1|2"),
    r14("a disabled default endpoint", mock(), api={"disable_execute_api_endpoint": True}, **FORBIDDEN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_addressing(case: Case) -> None:
    hold(case)
