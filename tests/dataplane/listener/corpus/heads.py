"""What a head says: request line, Host, header lines."""

from tests.dataplane.listener.corpus import CHUNKED, GET, HOST, POISON, Case, got, passes, posted, refused

_NAME = b"abc1234567.execute-api.localhost"


def _line(name: str, source: str, line: bytes) -> Case:
    return refused(name, source, line + b"\r\n" + HOST + b"\r\n")


def _host(name: str, source: str, *hosts: bytes) -> Case:
    lines = b"".join(host + b"\r\n" for host in hosts)
    return refused(name, source, b"GET /dev/a HTTP/1.1\r\n" + lines + b"\r\n")


def _header(name: str, source: str, lines: bytes) -> Case:
    return refused(name, source, GET + lines + b"\r\n\r\n" + POISON)


def _named(host: bytes) -> bytes:
    return b"GET /dev/a HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"


REQUEST_LINES = (
    _line("two spaces behind the method", "RFC 9112 3: one SP", b"GET  /dev/a HTTP/1.1"),
    _line("two spaces before the version", "RFC 9112 3: one SP", b"GET /dev/a  HTTP/1.1"),
    _line("a space behind the version", "RFC 9112 3", b"GET /dev/a HTTP/1.1 "),
    _line("a space before the method", "RFC 9112 3", b" GET /dev/a HTTP/1.1"),
    _line("a space in the target", "RFC 9112 3.2; CVE-2023-25690", b"GET /dev/a b HTTP/1.1"),
    _line("a request in the target", "CVE-2023-25690", b"GET /dev/a HTTP/1.1 HTTP/1.1"),
    _line("a tab for a space", "RFC 9112 3 (a recipient may refuse)", b"GET\t/dev/a HTTP/1.1"),
    _line("a tab before the version", "RFC 9112 3", b"GET /dev/a\tHTTP/1.1"),
    _line("a vertical tab for a space", "RFC 9112 3", b"GET\x0b/dev/a HTTP/1.1"),
    _line("a NUL in the target", "RFC 9112 3.2", b"GET /dev/a\0b HTTP/1.1"),
    _line("a control character in the target", "RFC 3986 2", b"GET /dev/a\x01 HTTP/1.1"),
    _line("DEL in the target", "RFC 3986 2", b"GET /dev/a\x7f HTTP/1.1"),
    _line("a raw byte over 127 in the target", "RFC 3986 2", b"GET /dev/\xe9 HTTP/1.1"),
    _line("a fragment", "RFC 9112 3.2: no fragment", b"GET /dev/a#b HTTP/1.1"),
    _line("a bare CR in the line", "RFC 9112 2.2", b"GET /dev/a\r HTTP/1.1"),
    _line("no slash before the path", "RFC 9112 3.2", b"GET dev/a HTTP/1.1"),
    _line("asterisk of GET", "RFC 9112 3.2.4: of OPTIONS only", b"GET * HTTP/1.1"),
    _line("CONNECT", "RFC 9112 3.2.3: no tunnel here", b"CONNECT backend:80 HTTP/1.1"),
    _line("CONNECT with a path", "RFC 9112 3.2.3", b"CONNECT /dev/a HTTP/1.1"),
    _line("a method in lower case", "RFC 9110 9.1: case-sensitive", b"get /dev/a HTTP/1.1"),
    _line("an unknown method", "RFC 9110 9.1", b"GOT /dev/a HTTP/1.1"),
    _line("no method", "RFC 9112 3", b"/dev/a HTTP/1.1"),
    _line("no version", "RFC 1945 4.1 (HTTP/0.9)", b"GET /dev/a"),
    _line("HTTP/0.9", "RFC 1945", b"GET /dev/a HTTP/0.9"),
    _line("HTTP/2.0", "RFC 9112 2.3", b"GET /dev/a HTTP/2.0"),
    _line("HTTP/1.2", "RFC 9112 2.3", b"GET /dev/a HTTP/1.2"),
    _line("HTTP/1.10", "RFC 9112 2.3: one digit", b"GET /dev/a HTTP/1.10"),
    _line("HTTP/01.1", "RFC 9112 2.3: one digit", b"GET /dev/a HTTP/01.1"),
    _line("HTTP/1", "RFC 9112 2.3", b"GET /dev/a HTTP/1"),
    _line("HTTP/1,1", "RFC 9112 2.3", b"GET /dev/a HTTP/1,1"),
    _line("http/1.1", "RFC 9112 2.3: case-sensitive", b"GET /dev/a http/1.1"),
    _line("HTTP / 1.1", "RFC 9112 2.3", b"GET /dev/a HTTP / 1.1"),
    _line("another protocol", "RFC 9112 2.3", b"GET /dev/a ICE/1.0"),
    _line("RTSP", "RFC 9112 2.3", b"SETUP /dev/a RTSP/1.0"),
    refused("HTTP/2's preface", "RFC 9113 3.4", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    refused("a TLS hello", "not HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32)),
    refused(
        "bare LF as the line's end", "RFC 9112 2.2 (a recipient may refuse)", b"GET /dev/a HTTP/1.1\n" + HOST + b"\r\n"
    ),
    refused("bare LFs throughout", "RFC 9112 2.2", b"GET /dev/a HTTP/1.1\n" + HOST.replace(b"\r", b"") + b"\n"),
    refused("a bare LF before the line", "RFC 9112 2.2: CRLF", b"\n" + GET + b"\r\n"),
    refused("a bare CR before the line", "RFC 9112 2.2", b"\r" + GET + b"\r\n"),
    refused(
        "two spaces in a pipelined line", "RFC 9112 3", GET + b"\r\nGET  /dev/b HTTP/1.1\r\n" + HOST + b"\r\n", got()
    ),
    refused(
        "two spaces behind a chunked request",
        "RFC 9112 3",
        CHUNKED + b"0\r\n\r\nGET /dev/b  HTTP/1.1\r\n" + HOST + b"\r\n",
        posted(b""),
    ),
    passes("one request", "RFC 9112 3", GET + b"\r\n", got()),
    passes("empty lines before it", "RFC 9112 2.2: ignored", b"\r\n\r\n" + GET + b"\r\n", got()),
    passes("an empty line between two", "RFC 9112 2.2", GET + b"\r\n\r\n" + GET + b"\r\n", got(), got()),
    passes("two spaces in a header's value", "RFC 9110 5.5", GET + b"X: GET  / HTTP/1.1\r\n\r\n", got()),
    passes("a percent-encoded space", "RFC 3986 2.1", b"GET /dev/a%20b HTTP/1.1\r\n" + HOST + b"\r\n", got("/a%20b")),
    passes("HTTP/1.0", "RFC 9112 2.3", b"GET /dev/a HTTP/1.0\r\n" + HOST + b"\r\n", got()),
)

HOSTS = (
    _host("no Host", "RFC 9112 3.2"),
    _host("two Hosts that differ", "RFC 9112 3.2; PortSwigger Host header attacks", b"Host: " + _NAME, b"Host: evil"),
    _host("two Hosts that agree", "RFC 9112 3.2: more than one line", b"Host: " + _NAME, b"Host: " + _NAME),
    _host("the second in another case", "RFC 9112 3.2", b"Host: " + _NAME, b"hOST: evil"),
    _host("an empty Host", "RFC 9110 4.2.1: no http URI has one", b"Host:"),
    _host("a Host of a space", "RFC 9110 4.2.1", b"Host:  "),
    _host("a Host of a port", "RFC 9110 4.2.1", b"Host: :80"),
    _host("a list of hosts", "RFC 9110 7.2", b"Host: " + _NAME + b", evil"),
    _host("a host with a space", "RFC 9110 7.2", b"Host: " + _NAME + b" evil"),
    _host("a host with a path", "PortSwigger Host header attacks", b"Host: " + _NAME + b"/evil"),
    _host("a host with user info", "RFC 9110 4.2.4", b"Host: " + _NAME + b"@evil"),
    _host("a host with a query", "RFC 9110 7.2", b"Host: " + _NAME + b"?evil"),
    _host("a host with a fragment", "RFC 9110 7.2", b"Host: " + _NAME + b"#evil"),
    _host("a host with a backslash", "RFC 9110 7.2", b"Host: " + _NAME + b"\\evil"),
    _host("a port that is no number", "PortSwigger Host header attacks", b"Host: " + _NAME + b":evil"),
    _host("two ports", "RFC 9110 7.2", b"Host: " + _NAME + b":80:81"),
    _host("a port over 65535", "RFC 9110 7.2", b"Host: " + _NAME + b":65536"),
    _host("an address that does not end", "RFC 3986 3.2.2", b"Host: [::1"),
    _host("a host that no name is as long as", "RFC 1035 2.3.4", b"Host: " + b"a" * 262),
    _host("a raw byte over 127", "RFC 3986 3.2.2", b"Host: ex\xc3\xa4mple"),
    _host("a NUL", "RFC 9110 5.5", b"Host: a\0b"),
    _host("a folded Host", "PortSwigger Host header attacks; RFC 9112 5.2", b"Host:\r\n " + _NAME),
    _host("a space before the colon", "RFC 9112 5.1", b"Host : " + _NAME),
    _host("an indented Host", "PortSwigger Host header attacks", b" Host: evil", b"Host: " + _NAME),
    _host("a URL", "RFC 9110 7.2", b"Host: http://" + _NAME),
    refused(
        "an absolute target of another host",
        "RFC 9112 3.2.2; PortSwigger Host header attacks",
        b"GET http://evil/dev/a HTTP/1.1\r\n" + HOST + b"\r\n",
    ),
    refused(
        "an absolute target with user info",
        "RFC 9110 4.2.4",
        b"GET http://" + _NAME + b"@evil/dev/a HTTP/1.1\r\nHost: evil\r\n\r\n",
    ),
    refused("an absolute target of no host", "RFC 9110 4.2.1", b"GET http:///dev/a HTTP/1.1\r\n" + HOST + b"\r\n"),
    refused(
        "an absolute target of another scheme",
        "RFC 9112 3.2.2",
        b"GET ftp://" + _NAME + b"/dev/a HTTP/1.1\r\n" + HOST + b"\r\n",
    ),
    refused(
        "an absolute target without slashes",
        "RFC 9112 3.2.2",
        b"GET http:" + _NAME + b"/dev/a HTTP/1.1\r\n" + HOST + b"\r\n",
    ),
    refused(
        "an absolute target and no Host",
        "RFC 9112 3.2: required all the same",
        b"GET http://" + _NAME + b"/dev/a HTTP/1.1\r\n\r\n",
    ),
    refused(
        "an absolute target and two Hosts",
        "RFC 9112 3.2",
        b"GET http://" + _NAME + b"/dev/a HTTP/1.1\r\n" + HOST * 2 + b"\r\n",
    ),
    refused(
        "an absolute target with a fragment",
        "RFC 9112 3.2.2",
        b"GET http://" + _NAME + b"/dev/a#b HTTP/1.1\r\n" + HOST + b"\r\n",
    ),
    refused("a network path as absolute target", "RFC 9112 3.2", b"GET //evil@" + _NAME + b" HTTP/1.1\r\n\r\n"),
    passes("a Host with a port", "RFC 9110 7.2", _named(_NAME + b":8080"), got()),
    passes("a Host as long as a name can be", "RFC 1035 2.3.4", _named(_NAME[:30] + b"x" * 225 + b":65535"), got()),
    passes("a Host in upper case", "RFC 9110 4.2.3", _named(_NAME.upper()), got()),
    passes(
        "an absolute target of the same host",
        "RFC 9112 3.2.2: servers must accept it",
        b"GET http://" + _NAME + b"/dev/a HTTP/1.1\r\n" + HOST + b"\r\n",
        got(),
    ),
    passes(
        "the same in another case and with its port",
        "RFC 9110 4.2.3",
        b"GET HTTP://" + _NAME.upper() + b":80/dev/a HTTP/1.1\r\n" + HOST + b"\r\n",
        got(),
    ),
    passes(
        "an absolute target in HTTP/1.0",
        "RFC 9112 3.2: Host is optional there",
        b"GET http://" + _NAME + b"/dev/a HTTP/1.0\r\n\r\n",
        got(),
    ),
    passes(
        "X-Forwarded-Host is no Host",
        "PortSwigger Host header attacks",
        GET + b"X-Forwarded-Host: evil\r\nX-Host: evil\r\n\r\n",
        got(),
    ),
)

HEADERS = (
    _header("a folded line", "RFC 9112 5.2", b"X: a\r\n b"),
    _header("a line folded with a tab", "RFC 9112 5.2", b"X: a\r\n\tb"),
    _header("an empty folded line", "RFC 9112 5.2; CVE-2022-32215", b"X: a\r\n \r\nY: b"),
    _header("a line that begins with a space", "RFC 9112 2.2", b" X: a"),
    _header("a bare LF", "RFC 9112 2.2; CVE-2022-32214", b"X: a\nY: b"),
    _header("a bare LF as the last", "RFC 9112 2.2", b"X: a\n"),
    _header("a bare CR", "RFC 9112 2.2; CVE-2023-30589", b"X: a\rY: b"),
    _header("a bare CR at a line's end", "CVE-2023-30589", b"X: a\r\rY: b"),
    _header("CR CR LF", "RFC 9112 2.2", b"X: a\r\r\nY: b"),
    _header("a NUL in a value", "RFC 9110 5.5", b"X: a\0b"),
    _header("a control character in a value", "RFC 9110 5.5", b"X: a\x01b"),
    _header("DEL in a value", "RFC 9110 5.5", b"X: a\x7fb"),
    _header("a space before the colon", "RFC 9112 5.1; CVE-2021-22959", b"X : a"),
    _header("a tab before the colon", "RFC 9112 5.1", b"X\t: a"),
    _header("a space in a name", "RFC 9110 5.1", b"X Y: a"),
    _header("a NUL in a name", "RFC 9110 5.1", b"X\0Y: a"),
    _header("a raw byte over 127 in a name", "RFC 9110 5.1", b"X\xe9: a"),
    _header("a parenthesis in a name", "RFC 9110 5.6.2", b"X(: a"),
    _header("a slash in a name", "RFC 9110 5.6.2", b"X/Y: a"),
    _header("a quote in a name", "RFC 9110 5.6.2", b'X": a'),
    _header("an at sign in a name", "RFC 9110 5.6.2", b"X@Y: a"),
    _header("a bracket in a name", "RFC 9110 5.6.2", b"X[0]: a"),
    _header("an empty name", "RFC 9110 5.1", b": a"),
    _header("no colon", "CVE-2019-20444", b"no colon"),
    _header("no colon behind a name that counts", "CVE-2019-20444", b"Content-Length 3"),
    passes("every character that a name may have", "RFC 9110 5.6.2", GET + b"!#$%&'*+-.^_`|~09azAZ: a\r\n\r\n", got()),
    passes("an empty value", "RFC 9110 5.5", GET + b"X:\r\nY: \r\n\r\n", got()),
    passes("a tab within a value", "RFC 9110 5.5", GET + b"X: a\tb\r\n\r\n", got()),
    passes("raw bytes over 127 in a value", "RFC 9110 5.5: obs-text", GET + b"X: \xe9\r\n\r\n", got()),
    passes("colons in a value", "RFC 9110 5.5", GET + b"X: :a:b:\r\n\r\n", got()),
    passes("a name many times", "RFC 9110 5.3", GET + b"X: a\r\n" * 20 + b"\r\n", got()),
)

CASES = (*REQUEST_LINES, *HOSTS, *HEADERS)
