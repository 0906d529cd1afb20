"""A client's bytes as requests. No I/O: what was read goes in, the connection is told what it means.

llhttp refuses both lengths at once, repeated or odd Content-Length, folded lines, bare CR or LF, white space before the
colon and control characters; what it lets through and two readers could read differently is refused here.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol, TypeAlias

import httptools

from dataplane.exchange import Headers
from dataplane.faults import GatewayFault
from dataplane.http1.body import Inflow, Source
from dataplane.http1.fields import Fields
from dataplane.http1.head import without_named
from dataplane.http1.plain import Known, piece_of, plain_length, plain_pieces
from dataplane.listener.target import METHODS, PROTOCOLS, absolute, authority_of
from dataplane.settings import Limits

BAD_REQUEST = b'{"message":"Bad Request"}'
HEAD_TOO_LARGE = b'{"message":"Request header or cookie too large"}'
URL_TOO_LONG = b'{"message":"URI Too Long"}'
# The headers that are read here, and the lengths of their names: cheaper than lower-casing every name.
_READ = frozenset(
    (
        *(b"host", b"expect", b"upgrade", b"connection"),
        *(b"content-length", b"transfer-encoding", b"x-http-method-override"),
    )
)
_READ_LENGTHS = frozenset(map(len, _READ))
# Who called is not for the caller to take away: a Connection that names these leaves them where they are.
_NOT_OF_CONNECTION = frozenset(
    (b"host", b"x-forwarded-for", b"x-forwarded-port", b"x-forwarded-proto", b"x-amzn-trace-id")
)
_ONCE = frozenset((b"host", b"transfer-encoding"))
_PLAIN_LINE = re.compile(
    rb"(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) (/[!\"$->@-~]*)(?:\?([!\"$-~]*))? HTTP/1\.1(?=\r\n)"
)
# Headers that say what a request is and how it is framed: three that are read here, others that are llhttp's to read.
_HOST, _CONNECTION, _LENGTH = map(piece_of, (b"host", b"connection", b"content-length"))
_OTHERS = frozenset(
    map(piece_of, b"transfer-encoding upgrade expect x-http-method-override proxy-connection te trailer".split())
)
_KEPT_ALIVE = {b"keep-alive\r": True, b"close\r": False}
_known: Known[Fields] = Known()
# Chunk sizes, extensions and trailers may take a head's worth of bytes; each byte of the body earns so many anew.
_FRAMING_PER_BYTE = 16


class Refused(Exception):
    """Not HTTP as this listener reads it, or too much of it; the answer's body and status."""

    def __init__(self, body: bytes = BAD_REQUEST, status: int = 400) -> None:
        super().__init__(body)
        self.body = body
        self.status = status


@dataclass(slots=True)
class Head:
    method: str
    asked: str  # the method to execute: the same, or what X-HTTP-Method-Override says
    path: bytes
    query: bytes
    headers: Headers
    authority: str
    protocol: str
    keep_alive: bool
    expects: bool  # the client waits for "100 Continue"
    body: Inflow | None


# A request that arrived whole, and whose header lines were read before: method, path, query, those lines, body.
Asked: TypeAlias = tuple[bytes, bytes, bytes, Fields, bytes]


@lru_cache(maxsize=256)
def _host_connection_and_length(names: tuple[bytes, ...]) -> tuple[int, int, int] | None:
    """Where their values stand in pieces, 0 where there is none; None: other headers say how the request is framed."""
    lower = [name.lower() for name in names]
    counts = [lower.count(name) for name in (_HOST, _CONNECTION, _LENGTH)]
    if counts[0] != 1 or max(counts) > 1 or not _OTHERS.isdisjoint(lower):
        return None
    host, connection, length = (
        3 * lower.index(name) + 2 if name in lower else 0 for name in (_HOST, _CONNECTION, _LENGTH)
    )
    return host, connection, length


def _fields(lines: bytes) -> Fields | None:
    """None: for llhttp to read, or to refuse."""
    pieces = plain_pieces(lines)
    places = None if pieces is None else _host_connection_and_length(tuple(pieces[1::3]))
    if pieces is None or places is None:
        return None
    host, connection, declared = places
    authority = authority_of(pieces[host][:-1])
    keep_alive = _KEPT_ALIVE.get(pieces[connection].lower()) if connection else True
    length = plain_length(pieces[declared][:-1]) if declared else 0
    if authority is None or keep_alive is None or length is None:
        return None
    fields = Fields(None, lines, pieces, authority, keep_alive, length)
    _known.keep(lines, fields)
    return fields


class Receiver(Protocol):
    def requested(self, head: Head) -> None:
        """A head is complete; its body may be arriving still."""


_NOBODYS: Final = httptools.HttpRequestParser(object())


class Reader:
    __slots__ = (
        "_allowance",
        "_arrived",
        "_chunked",
        "_fed",
        "_follows",
        "_headers",
        "_limits",
        "_parser",
        "_read",
        "_receiver",
        "_replay",
        "_seen",
        "_skip_head",
        "_source",
        "_url",
        "arriving",
        "begun",
        "received",
    )

    def __init__(self, receiver: Receiver, source: Source, limits: Limits) -> None:
        self._receiver = receiver
        self._source = source
        self._limits = limits
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: Headers = []
        self._read: dict[bytes, bytes] = {}
        self._fed = 0  # bytes of a head that is not complete
        self._seen = b""  # what was read since the head began, or what holds its beginning
        self._follows = False  # another message ended in it
        self._chunked = False
        self._arrived = 0
        self._allowance = 0
        self._replay = b""
        self._skip_head = False
        self.received = 0  # bytes that were fed
        self.begun = False  # inside a message
        self.arriving: Inflow | None = None  # the body whose end has not come

    def end(self) -> None:
        """Nothing more is read. Who hold each other are parted, or else the collector had to find them."""
        self._parser, self.arriving = _NOBODYS, None
        del self._receiver, self._source

    @property
    def outstanding(self) -> int | None:
        """How much of the body is still to come; None: unknown."""
        if self.arriving is None:
            return 0
        return None if self.arriving.length is None else self.arriving.length - self._arrived

    def at_once(self, data: bytes) -> Asked | None:
        """One whole request and nothing else, plainly written; None: feed it. Only where no message has begun."""
        line = _PLAIN_LINE.match(data)
        if line is None or self._seen:  # what came before its first line belongs to it
            return None
        begin = line.end()
        end = len(data) if data.endswith(b"\r\n\r\n") else data.find(b"\r\n\r\n", begin) + 4
        lines = data[begin:end]
        fields = _known.get(lines) or _fields(lines)
        if fields is None or len(data) - end != fields.length:
            return None
        if begin + 2 > self._limits.url_bytes or end > self._limits.head_bytes:
            return None
        method, path, query = line.groups(b"")
        return method, path, query, fields, data[end:]

    def feed(self, data: bytes) -> None:
        """Raises Refused."""
        self._fed += len(data)
        self.received += len(data)
        self._allowance -= len(data)
        self._seen = self._seen + data if self._seen else data
        upgraded = None
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            upgraded = int(upgrade.args[0])
        except httptools.HttpParserCallbackError as error:
            raise (error.__context__ or error) from None
        except httptools.HttpParserError:
            raise Refused from None
        if upgraded is not None:
            self._go_on(data[upgraded:])
        if self.arriving is not None or (self._follows and not self.begun):
            self._seen, self._follows = b"", False
        if self.arriving is None:
            if self._fed > self._limits.head_bytes:
                raise Refused(HEAD_TOO_LARGE)
        elif self._chunked and self._allowance < 0:
            raise Refused

    def drop(self) -> None:
        """The request whose body is arriving is not to be."""
        self.arriving = None

    def _go_on(self, rest: bytes) -> None:
        """llhttp stops at an Upgrade, as though no body followed. This listener upgrades nothing: it reads on, with a
        parser that was told the body's framing."""
        self._parser = httptools.HttpRequestParser(self)
        if self._replay:
            self._skip_head = True
            self._parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n\r\n" % self._replay)
        if rest:
            self.feed(rest)

    # called by the parser

    def on_message_begin(self) -> None:
        self.begun = True

    def on_url(self, url: bytes) -> None:
        self._url += url
        if len(self._url) > self._limits.url_bytes:
            raise Refused(URL_TOO_LONG, 414)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value.rstrip()))
        if len(name) in _READ_LENGTHS:
            name = name.lower()
            if name in _READ:
                if name in _ONCE and name in self._read:
                    raise Refused
                if name == b"connection":
                    if self.arriving is not None and b"close" in value.lower():  # a trailer: too late to say so
                        raise Refused
                    if name in self._read:
                        value = self._read[name] + b"," + value
                self._read[name] = value

    def on_headers_complete(self) -> None:
        if self._skip_head:
            self._skip_head = False
            self._replay = b""
        else:
            if self._fed > self._limits.head_bytes:
                self._weigh()
            self._receiver.requested(self._head())
        self._clear()

    def on_body(self, piece: bytes) -> None:
        arriving = self.arriving
        if arriving is None:
            return
        self._arrived += len(piece)
        self._allowance = min(self._allowance + len(piece) * _FRAMING_PER_BYTE, self._limits.head_bytes)
        if self._arrived > self._limits.body_bytes:
            arriving.fail(GatewayFault("REQUEST_TOO_LARGE"))
        arriving.feed(piece)

    def on_message_complete(self) -> None:
        if self._replay:
            return
        self.begun = False
        self._follows = True
        if self._headers:  # trailers: nobody reads them
            self._clear()
        self._fed = 0
        if self.arriving is not None:
            self.arriving.end()
            self.arriving = None

    # what a head says

    def _clear(self) -> None:
        self._url = b""
        self._headers = []
        if self._read:
            self._read = {}
        self._fed = 0

    def _weigh(self) -> None:
        """What was fed may have held more than this head."""
        if self._follows:  # where it begins is not known: spaces before and behind values are not counted
            size = len(self._url) + sum(len(name) + len(value) + len(":\r\n") for name, value in self._headers)
        else:
            size = self._seen.lstrip(b"\r\n").find(b"\r\n\r\n") + len("\r\n\r\n")
        if size > self._limits.head_bytes:
            raise Refused(HEAD_TOO_LARGE)

    def _head(self) -> Head:
        parser = self._parser
        method = METHODS.get(parser.get_method())
        protocol = PROTOCOLS.get(parser.get_http_version())
        if method is None or protocol is None:
            raise Refused
        url = self._url
        self._exact(b"%b %b %b\r\n" % (parser.get_method(), url, protocol.encode()))
        authority = self._authority(protocol)
        if not url.startswith(b"/"):
            authority, url = self._absolute(url, authority)
        if b"#" in url:
            raise Refused
        path, _, query = url.partition(b"?")
        body = self._body(protocol)
        headers = without_named(self._headers, self._read.get(b"connection", b"close"), _NOT_OF_CONNECTION)
        expects = body is not None and protocol == "HTTP/1.1" and self._expects()
        asked = self._asked(method)
        keep_alive = parser.should_keep_alive()
        return Head(method, asked, path, query, headers, authority, protocol, keep_alive, expects, body)

    def _expects(self) -> bool:
        return self._read.get(b"expect", b"").rstrip().lower() == b"100-continue"

    def _asked(self, method: str) -> str:
        """An answer to HEAD is framed otherwise than any other, so that one is neither replaced nor asked for."""
        override = self._read.get(b"x-http-method-override")
        if override is None:
            return method
        asked = override.decode("latin-1").strip().upper()
        return method if "HEAD" in (method, asked) or not asked else asked

    def _exact(self, line: bytes) -> None:
        """llhttp takes several spaces for one, and a bare CR or LF for an empty line before the request line."""
        if self._seen.startswith(line):
            return
        before, found, _ = self._seen.partition(line)
        if not found or not (self._follows or before == b"\r\n" * (len(before) // 2)):
            raise Refused

    def _authority(self, protocol: str) -> str:
        host = self._read.get(b"host")
        if host is None:
            if protocol == "HTTP/1.1":
                raise Refused
            return ""
        authority = authority_of(host.rstrip())
        if authority is None:
            raise Refused
        return authority

    def _absolute(self, url: bytes, authority: str) -> tuple[str, bytes]:
        """RFC 9112 3.2.2 has the target win over Host: whoever looked at Host alone would have seen another request."""
        found = absolute(url)
        named = authority_of(found[0]) if found else None
        if found is None or named is None or (authority and authority != named):
            raise Refused
        return named, found[1]

    def _body(self, protocol: str) -> Inflow | None:
        read = self._read
        coding = read.get(b"transfer-encoding")
        declared = read.get(b"content-length")
        if coding is None and declared is None:
            return None
        if coding is not None and (coding.rstrip().lower() != b"chunked" or protocol == "HTTP/1.0"):
            raise Refused
        length = None if declared is None else int(declared)
        if length == 0:
            return None
        limits = self._limits
        body = Inflow(self._source, length, bound=limits.stream_bytes, ceiling=limits.body_bytes)
        if length is not None and length > limits.body_bytes:
            body.fail(GatewayFault("REQUEST_TOO_LARGE"))
        self.arriving = body
        self._chunked = coding is not None
        self._arrived = 0
        self._allowance = limits.head_bytes
        if b"upgrade" in read and self._parser.should_upgrade():
            self._replay = b"Transfer-Encoding: chunked" if length is None else b"Content-Length: %d" % length
        return body
