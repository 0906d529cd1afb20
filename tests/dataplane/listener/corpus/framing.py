"""Where a body ends: lengths, codings, chunks."""

from tests.dataplane.listener.corpus import CHUNKED, GET, HOST, POISON, POST, Case, got, passes, posted, refused

_END = b"0\r\n\r\n"


def _length(name: str, source: str, *lines: bytes, body: bytes = b"abc") -> Case:
    return refused(name, source, POST + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body)


def _coding(name: str, source: str, *lines: bytes) -> Case:
    return _length(name, source, *lines, body=_END + POISON)


def _chunks(name: str, source: str, body: bytes) -> Case:
    return refused(name, source, CHUNKED + body)


_TE = b"Transfer-Encoding: chunked"

LENGTHS = (
    _length("both lengths, CL first", "RFC 9112 6.1; PortSwigger CL.TE", b"Content-Length: 6", _TE, body=_END + b"G"),
    _length("both lengths, TE first", "RFC 9112 6.1; PortSwigger TE.CL", _TE, b"Content-Length: 4", body=_END + POISON),
    _length("both lengths, CL of the whole body", "RFC 9112 6.3", _TE, b"Content-Length: 5", body=_END),
    _length("both lengths, CL 0", "PortSwigger CL.0", _TE, b"Content-Length: 0", body=_END),
    _length("two lengths that differ", "RFC 9112 6.3; CVE-2019-16792", b"Content-Length: 3", b"Content-Length: 4"),
    _length("two lengths that agree", "RFC 9112 6.3 (a recipient may refuse)", *[b"Content-Length: 3"] * 2),
    _length("a list of lengths", "RFC 9110 8.6", b"Content-Length: 3, 4"),
    _length("a list of equal lengths", "RFC 9110 8.6", b"Content-Length: 3, 3"),
    _length("two lengths, one in another case", "CVE-2019-16792", b"Content-Length: 3", b"content-length: 30"),
    _length("a length with plus", "CVE-2022-24801", b"Content-Length: +3"),
    _length("a length with minus", "CVE-2020-15049", b"Content-Length: -3"),
    _length("minus zero", "CVE-2022-42252", b"Content-Length: -0", body=POISON),
    _length("a hexadecimal length", "CVE-2022-24761", b"Content-Length: 0x3"),
    _length("a length with an underscore", "Python's int()", b"Content-Length: 1_0"),
    _length("a length with a point", "RFC 9110 8.6", b"Content-Length: 3.0"),
    _length("a length with an exponent", "RFC 9110 8.6", b"Content-Length: 3e0"),
    _length("a length with a space within", "CVE-2018-7159", b"Content-Length: 1 2"),
    _length("a length with a tab within", "CVE-2018-7159", b"Content-Length: 1\t2"),
    _length("a length of Arabic digits", "Python's int()", "Content-Length: ٣".encode()),
    _length("a length of no digits", "RFC 9110 8.6", b"Content-Length: abc"),
    _length("an empty length", "RFC 9110 8.6", b"Content-Length:", body=POISON),
    _length("a length over 64 bits", "integer overflow", b"Content-Length: 18446744073709551619"),
    _length("a length of a thousand digits", "integer overflow", b"Content-Length: " + b"9" * 1000),
    _length("a length with a vertical tab", "CVE-2019-16789", b"Content-Length: \x0b3"),
    _length("a length with a form feed", "CVE-2019-16789", b"Content-Length: 3\x0c"),
    _length("a length with a no-break space", "CVE-2019-16789", b"Content-Length: \xa03"),
    _length("a space before the length's colon", "RFC 9112 5.1; CVE-2024-27982", b"Content-Length : 3"),
    _length("a space before Content-Length", "CVE-2024-27982", b"X: y", b" Content-Length: 3"),
    passes("a length", "RFC 9112 6.2", POST + b"Content-Length: 3\r\n\r\nabc", posted(b"abc")),
    passes("a length of zero", "RFC 9112 6.2", POST + b"Content-Length: 0\r\n\r\n", posted(b"")),
    passes("leading zeros", "RFC 9110 8.6: 1*DIGIT", POST + b"Content-Length: 003\r\n\r\nabc", posted(b"abc")),
    passes("white space around", "RFC 9110 5.6.3", POST + b"Content-Length:\t 3 \t\r\n\r\nabc", posted(b"abc")),
    passes("a name in another case", "RFC 9110 5.1", POST + b"CONTENT-length:3\r\n\r\nabc", posted(b"abc")),
    passes("no length is no body", "RFC 9112 6.3", POST + b"\r\n", posted(b"")),
    passes(
        "GET with a body",
        "RFC 9110 9.3.1: read, so that what follows is read right",
        GET + b"Content-Length: 3\r\n\r\nabc" + GET + b"\r\n",
        got(),
        got(),
    ),
    passes(
        "a body that looks like a request",
        "RFC 9112 6.2",
        POST + b"Content-Length: %d\r\n\r\n" % len(POISON) + POISON,
        posted(POISON),
    ),
)

CODINGS = (
    _coding("an unknown coding", "RFC 9112 6.1", b"Transfer-Encoding: xchunked"),
    _coding("gzip alone", "RFC 9112 6.3: no length can be known", b"Transfer-Encoding: gzip"),
    _coding("gzip, chunked", "RFC 9112 6.1: not understood", b"Transfer-Encoding: gzip, chunked"),
    _coding("chunked, gzip", "RFC 9112 6.3", b"Transfer-Encoding: chunked, gzip"),
    _coding("identity", "RFC 9112 7: no longer a coding", b"Transfer-Encoding: identity"),
    _coding("chunked, identity", "PortSwigger TE.TE; CVE-2019-15605", b"Transfer-Encoding: chunked, identity"),
    _coding("identity, chunked", "PortSwigger TE.TE", b"Transfer-Encoding: identity, chunked"),
    _coding("chunked twice in a list", "RFC 9112 6.1: at most once", b"Transfer-Encoding: chunked, chunked"),
    _coding("chunked twice", "CVE-2020-8287", _TE, _TE),
    _coding("chunked and another", "CVE-2020-8287", _TE, b"Transfer-Encoding: x"),
    _coding("another and chunked", "PortSwigger TE.TE", b"Transfer-Encoding: x", _TE),
    _coding("the second in another case", "PortSwigger TE.TE", _TE, b"transfer-encoding: cow"),
    _coding("an empty coding", "RFC 9112 6.1", b"Transfer-Encoding:"),
    _coding("an empty coding beside a length", "CVE-2024-1135", b"Transfer-Encoding:", b"Content-Length: 3"),
    _coding("a tab behind", "llhttp reads another coding", b"Transfer-Encoding: chunked\t"),
    _coding("a comma before", "PortSwigger TE.TE", b"Transfer-Encoding: , chunked"),
    _coding("a comma behind", "PortSwigger TE.TE", b"Transfer-Encoding: chunked,"),
    _coding("quoted", "PortSwigger TE.TE", b'Transfer-Encoding: "chunked"'),
    _coding("with a parameter", "RFC 9112 7.1: none defined", b"Transfer-Encoding: chunked;q=1"),
    _coding("a vertical tab before", "CVE-2019-16785; PortSwigger TE.TE", b"Transfer-Encoding: \x0bchunked"),
    _coding("a form feed behind", "PortSwigger TE.TE", b"Transfer-Encoding: chunked\x0c"),
    _coding("a NUL behind", "PortSwigger TE.TE", b"Transfer-Encoding: chunked\0"),
    _coding("a no-break space before", "PortSwigger TE.TE", b"Transfer-Encoding: \xa0chunked"),
    _coding("a space before the colon", "CVE-2019-16276, CVE-2021-22959", b"Transfer-Encoding : chunked"),
    _coding("a tab before the colon", "PortSwigger TE.TE", b"Transfer-Encoding\t: chunked"),
    _coding("a space before the name", "PortSwigger TE.TE", b" Transfer-Encoding: chunked"),
    _coding("folded", "CVE-2022-32215, CVE-2022-35256", b"Transfer-Encoding:\r\n chunked"),
    _coding("folded behind another", "CVE-2022-32215", b"Transfer-Encoding: chunked,\r\n identity"),
    _coding("hidden behind a bare LF", "PortSwigger TE.TE; CVE-2022-32214", b"X: y\nTransfer-Encoding: chunked"),
    _coding("hidden behind a bare CR", "CVE-2023-30589", b"X: y\rTransfer-Encoding: chunked"),
    _coding("a name with a CR", "CVE-2020-8201", b"Transfer\rEncoding: chunked"),
    refused(
        "chunked in HTTP/1.0",
        "RFC 9112 6.1: faulty framing",
        b"POST /dev/a HTTP/1.0\r\n" + HOST + _TE + b"\r\n\r\n" + _END + POISON,
    ),
    refused(
        "chunked in HTTP/1.0 that is to be kept",
        "RFC 9112 6.1",
        b"POST /dev/a HTTP/1.0\r\n" + HOST + b"Connection: keep-alive\r\n" + _TE + b"\r\n\r\n" + _END + POISON,
    ),
    passes("chunked", "RFC 9112 7.1", CHUNKED + b"3\r\nabc\r\n" + _END, posted(b"abc")),
    passes("chunked in another case", "RFC 9112 7", POST + b"Transfer-Encoding: ChunKed\r\n\r\n" + _END, posted(b"")),
    passes(
        "chunked with spaces around",
        "RFC 9110 5.6.3",
        POST + b"Transfer-Encoding:  chunked  \r\n\r\n" + _END,
        posted(b""),
    ),
    passes(
        "a header whose name begins so",
        "RFC 9110 5.1: another name",
        POST + b"Transfer-Encodings: chunked\r\nContent-Length: 3\r\n\r\nabc",
        posted(b"abc"),
    ),
    passes(
        "a name with an underscore",
        "RFC 9110 5.1: another name",
        POST + b"Transfer_Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
        posted(b"abc"),
    ),
)

CHUNKS = (
    _chunks("a size with 0x", "CVE-2022-24761, CVE-2022-24801", b"0x3\r\nabc\r\n" + _END),
    _chunks("a size with plus", "CVE-2022-24801", b"+3\r\nabc\r\n" + _END),
    _chunks("a size with minus", "CVE-2022-24801", b"-3\r\nabc\r\n" + _END),
    _chunks("a size with an underscore", "Python's int()", b"1_0\r\n0123456789abcdef\r\n" + _END),
    _chunks("a space before the size", "RFC 9112 7.1", b" 3\r\nabc\r\n" + _END),
    _chunks("a space behind the size", "RFC 9112 7.1.1", b"3 \r\nabc\r\n" + _END),
    _chunks("a tab behind the size", "RFC 9112 7.1.1", b"3\t\r\nabc\r\n" + _END),
    _chunks("no size", "RFC 9112 7.1", b"\r\nabc\r\n" + _END),
    _chunks("no size but an extension", "RFC 9112 7.1", b";a=b\r\nabc\r\n" + _END),
    _chunks("a size that is no number", "RFC 9112 7.1", b"xyz\r\nabc\r\n" + _END),
    _chunks(
        "a size over 64 bits", "integer overflow; Apache CVE-2013-1862's class", b"10000000000000003\r\nabc\r\n" + _END
    ),
    _chunks("a size that wraps to zero", "integer overflow", b"10000000000000000\r\n" + POISON),
    _chunks("a bare LF behind the size", "CVE-2025-22871", b"3\nabc\r\n" + _END),
    _chunks("a bare CR behind the size", "RFC 9112 2.2", b"3\rabc\r\n" + _END),
    _chunks(
        "a bare LF behind an extension", "CVE-2025-55315; TERM.EXT (w4ke.info, Funky chunks)", b"3;a\nabc\r\n" + _END
    ),
    _chunks("a bare CR in an extension", "Funky chunks EXT.TERM", b"3;a\rb\r\nabc\r\n" + _END),
    _chunks("a NUL in an extension", "RFC 9112 7.1.1", b"3;a\0b\r\nabc\r\n" + _END),
    _chunks("an extension without end", "CVE-2024-22019", b"3;" + b"a" * 40_000 + b"\r\nabc\r\n" + _END),
    _chunks("a chunk longer than its size", "CVE-2025-43859", b"3\r\nabcd\r\n" + _END),
    _chunks("a chunk shorter than its size", "RFC 9112 7.1", b"5\r\nabc\r\n" + _END),
    _chunks("two other bytes behind a chunk", "CVE-2025-43859", b"3\r\nabcXX0\r\n\r\n"),
    _chunks("a bare LF behind a chunk", "Funky chunks TERM.SPILL", b"3\r\nabc\n" + _END),
    _chunks("a bare CR behind a chunk", "RFC 9112 7.1", b"3\r\nabc\r" + _END),
    _chunks("nothing behind a chunk", "RFC 9112 7.1", b"3\r\nabc" + _END),
    _chunks("a bare LF behind the last chunk", "RFC 9112 7.1", b"0\n\r\n" + POISON),
    _chunks("a bare LF at the very end", "RFC 9112 7.1", b"0\r\n\n" + POISON),
    _chunks("a bare CR at the very end", "RFC 9112 7.1", b"0\r\n\rX" + POISON),
    _chunks("bare LFs in the chunks", "RFC 9112 2.2", b"3\nabc\n0\n\n" + POISON),
    _chunks("a trailer without a colon", "RFC 9112 7.1.2", b"0\r\ntrailer\r\n\r\n"),
    _chunks("a trailer with a space before its colon", "RFC 9112 5.1", b"0\r\nT : v\r\n\r\n"),
    _chunks("a trailer with a bare LF", "RFC 9112 2.2", b"0\r\nT: v\n\r\n"),
    _chunks("a folded trailer", "RFC 9112 5.2", b"0\r\nT: v\r\n w\r\n\r\n"),
    _chunks("a length in the trailers", "RFC 9110 6.5.1", b"0\r\nContent-Length: 3\r\n\r\n" + POISON),
    _chunks("a coding in the trailers", "RFC 9110 6.5.1", b"0\r\nTransfer-Encoding: chunked\r\n\r\n" + POISON),
    _chunks("the end of the connection in the trailers", "RFC 9110 6.5.1", b"0\r\nConnection: close\r\n\r\n" + POISON),
    _chunks("trailers over the limit", "CVE-2023-46589", b"0\r\nT: " + b"v" * 40_000 + b"\r\n\r\n"),
    passes(
        "sizes in both cases",
        "RFC 9112 7.1",
        CHUNKED + b"a\r\n0123456789\r\nA\r\n0123456789\r\n" + _END,
        posted(b"0123456789" * 2),
    ),
    passes(
        "leading zeros of a size", "RFC 9112 7.1: 1*HEXDIG", CHUNKED + b"0003\r\nabc\r\n000\r\n\r\n", posted(b"abc")
    ),
    passes("an extension", "RFC 9112 7.1.1: ignored", CHUNKED + b"3;a=b\r\nabc\r\n" + _END, posted(b"abc")),
    passes("a quoted extension", "RFC 9112 7.1.1", CHUNKED + b'3;a="b;c"\r\nabc\r\n' + _END, posted(b"abc")),
    passes("trailers are dropped", "RFC 9110 6.5.1", CHUNKED + b"3\r\nabc\r\n0\r\nT: v\r\n\r\n", posted(b"abc")),
    passes(
        "a trailer never becomes a header",
        "RFC 9110 6.5.1",
        CHUNKED + b"3\r\nabc\r\n0\r\nHost: evil\r\nX: y\r\n\r\n" + GET + b"\r\n",
        posted(b"abc"),
        got(),
    ),
    passes(
        "an upgrade in the trailers is none",
        "RFC 9110 6.5.1",
        CHUNKED + b"0\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n" + GET + b"\r\n",
        posted(b""),
        got(),
    ),
    passes("a chunk that looks like an end", "RFC 9112 7.1", CHUNKED + b"5\r\n0\r\n\r\n\r\n" + _END, posted(_END)),
)

CASES = (*LENGTHS, *CODINGS, *CHUNKS)
