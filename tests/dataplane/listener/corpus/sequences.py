"""What follows what on one connection."""

from tests.dataplane.listener.corpus import CHUNKED, GET, HOST, POISON, POST, got, passes, posted, refused

_BAD = POST + b"X : y\r\n\r\n"

CASES = (
    refused("poison behind a refused head", "RFC 9112 9.6: nothing after is read", _BAD + POISON),
    refused(
        "poison behind both lengths",
        "PortSwigger CL.TE",
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + POISON,
    ),
    refused("poison behind a bad chunk", "CVE-2022-22720: close, however the body ends", CHUNKED + b"zz\r\n" + POISON),
    refused("poison in a bad chunk behind a good one", "CVE-2022-22720", CHUNKED + b"3\r\nabc\r\n" + POISON),
    refused(
        "a good request before a bad one", "RFC 9112 9.3.2: answered in order", GET + b"\r\n" + _BAD + POISON, got()
    ),
    refused(
        "two good ones before a bad one",
        "RFC 9112 9.3.2",
        POST + b"Content-Length: 3\r\n\r\nabc" + GET + b"\r\n" + _BAD,
        posted(b"abc"),
        got(),
    ),
    refused("a good one before a bad chunk", "RFC 9112 9.3.2", GET + b"\r\n" + CHUNKED + b"zz\r\n", got()),
    refused(
        "more than the length says", "RFC 9112 6.3", POST + b"Content-Length: 3\r\n\r\nabcd" + POISON, posted(b"abc")
    ),
    refused("a chunked body and its next", "RFC 9112 6.3", CHUNKED + b"0\r\n\r\nX" + POISON, posted(b"")),
    refused(
        "a bad one behind an upgrade",
        "RFC 9112 9.3.2",
        GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + _BAD + POISON,
        got(),
    ),
    passes(
        "a request behind Connection: close",
        "RFC 9112 9.6: not processed",
        GET + b"Connection: close\r\n\r\n" + POISON,
        got(),
    ),
    passes(
        "poison behind Connection: close with a body",
        "RFC 9112 9.6",
        POST + b"Connection: close\r\nContent-Length: 3\r\n\r\nabc" + POISON,
        posted(b"abc"),
    ),
    passes("close in a list", "RFC 9110 7.6.1", GET + b"Connection: x, close\r\n\r\n" + POISON, got()),
    passes("close in another case", "RFC 9110 7.6.1", GET + b"Connection: CLOSE\r\n\r\n" + POISON, got()),
    passes("garbage behind Connection: close", "RFC 9112 9.6", GET + b"Connection: close\r\n\r\n\0\0\0", got()),
    passes(
        "a request behind HTTP/1.0",
        "RFC 9112 9.3: not kept",
        b"GET /dev/a HTTP/1.0\r\n" + HOST + b"\r\n" + POISON,
        got(),
    ),
    passes(
        "an upgrade is refused by being ignored",
        "RFC 9110 7.8: a server may ignore it",
        GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n" + GET + b"\r\n",
        got(),
        got(),
    ),
    passes(
        "an upgrade to HTTP/2",
        "RFC 9113 3.1: no longer used",
        GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAAA\r\n\r\n" + GET + b"\r\n",
        got(),
        got(),
    ),
    passes(
        "an upgrade with a body",
        "RFC 9110 7.8: the body belongs to the request",
        POST + b"Connection: Upgrade\r\nUpgrade: x\r\nContent-Length: %d\r\n\r\n" % len(POISON) + POISON,
        posted(POISON),
    ),
    passes(
        "a chunked upgrade",
        "RFC 9110 7.8",
        POST
        + b"Connection: Upgrade\r\nUpgrade: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        + GET
        + b"\r\n",
        posted(b"abc"),
        got(),
    ),
    passes(
        "three pipelined",
        "RFC 9112 9.3.2",
        GET + b"\r\n" + POST + b"Content-Length: 3\r\n\r\nabc" + CHUNKED + b"1\r\nd\r\n0\r\n\r\n",
        got(),
        posted(b"abc"),
        posted(b"d"),
    ),
    passes(
        "poison in a query",
        "RFC 9112 3.2: only text",
        b"GET /dev/a?GET%20/dev/poison%20HTTP/1.1%0d%0a HTTP/1.1\r\n" + HOST + b"\r\n",
        got("/a?GET%20/dev/poison%20HTTP/1.1%0d%0a"),
    ),
)
