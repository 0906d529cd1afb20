"""Requests as the grammar has them: however they are cut into segments, they are the same, here and at the backend."""

import asyncio
import re
from random import Random
from urllib.parse import unquote_to_bytes

import h11
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dataplane.execution import HOST, House, in_house
from tests.dataplane.proxying import proxying
from tests.fuzz import listening
from tests.fuzz.listening import Reading
from tests.fuzz.mutation import in_pieces

_TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What this gateway reads, drops or writes itself is in the tests of that.
_OWN = {
    *("host", "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
    *("content-length", "content-md5", "expect", "max-forwards", "proxy-authenticate", "server", "www-authenticate"),
    *("via", "x-http-method-override", "accept-encoding", "content-encoding"),
}
names = st.text(_TOKEN, min_size=1, max_size=20).filter(
    lambda name: name.lower() not in _OWN and not name.lower().startswith(("x-amz", "x-forwarded"))
)
values = st.binary(max_size=30).map(lambda raw: re.sub(rb"[^\t\x20-\x7e\x80-\xff]", b"", raw).strip(b" \t"))
methods = st.sampled_from([b"GET", b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS"])
segments = st.text("abcXYZ019-._~!$&'()*+,;=:@", min_size=1, max_size=8).filter(lambda text: text not in (".", ".."))
queries = st.one_of(st.just(""), st.text("abc=&%20+/?:@-._~", max_size=20).map(lambda text: "?" + text))
bodies = st.lists(st.binary(min_size=1, max_size=300), max_size=5)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    method, segment, query = draw(methods), draw(segments), draw(queries)
    lines = [b"%b /dev/%b%b HTTP/1.1" % (method, segment.encode(), query.encode()), b"Host: " + HOST.encode()]
    for name, value in draw(st.lists(st.tuples(names, values), max_size=6)):
        space = draw(st.sampled_from([b"", b" ", b"\t ", b"  "]))
        lines.append(b"%b:%b%b%b" % (name.encode(), space, value, space))
    pieces = draw(bodies)
    if draw(st.booleans()):
        lines.append(b"Transfer-Encoding: chunked")
        extension = draw(st.sampled_from([b"", b";a", b";a=b", b';a="b c"']))
        body = b"".join(b"%x%b\r\n%b\r\n" % (len(piece), extension, piece) for piece in pieces) + b"0\r\n\r\n"
    else:
        body = b"".join(pieces)
        if body or draw(st.booleans()):
            lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"", body])


def read(data: bytes, seed: int) -> Reading:
    random = Random(seed)
    return asyncio.run(listening.read(in_pieces(random, data), random))


@settings(max_examples=150)
@given(st.lists(requests(), min_size=1, max_size=3), st.integers(0, 10_000))
def test_segments_do_not_matter(sent: list[bytes], seed: int) -> None:
    data = b"".join(sent)
    reading = read(data, seed)
    listening.agreed(data, reading)
    assert len(reading.requests) <= len(sent)
    first = reading.requests[0]
    assert sent[0].startswith(b"%b %b" % (first.method.encode(), first.target))
    assert reading.written.startswith(b"HTTP/1.1 200 ")


class Origin:
    """Reads with h11."""

    def __init__(self) -> None:
        self.seen: list[tuple[bytes, bytes, list[tuple[bytes, bytes]], bytes]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other = h11.Connection(h11.SERVER)
        body = b""
        head: h11.Request | None = None
        while True:
            event = other.next_event()
            if event is h11.NEED_DATA:
                other.receive_data(await reader.read(65536))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            else:
                break
        if head is not None:
            assert isinstance(event, h11.EndOfMessage)
            self.seen.append((head.method, head.target, [*head.headers], body))
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        writer.close()


def forwarded(sent: bytes, cuts: list[int]) -> Origin:
    origin = Origin()

    async def scenario(house: House) -> None:
        server = await asyncio.start_server(origin.serve, "127.0.0.1", 0)
        backend = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        house.deploy(proxying(), variables={"backend": backend})
        reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
        for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True):
            writer.write(sent[start:end])
            await asyncio.sleep(0)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), (head, sent)
        writer.close()
        server.close()

    in_house(scenario)
    return origin


@settings(max_examples=60)
@given(requests(), st.data())
def test_what_is_forwarded_is_what_was_understood(sent: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(sent) - 1), max_size=5)))
    other = h11.Connection(h11.SERVER, max_incomplete_event_size=100_000)
    other.receive_data(sent)
    understood = listening._next(other)
    assert understood is not None
    head, body, whole = understood
    ((method, target, headers, got),) = forwarded(sent, cuts).seen
    assert whole
    assert method == head.method
    path, _, query = head.target.removeprefix(b"/dev").partition(b"?")
    sent_path, _, sent_query = target.partition(b"?")
    assert (unquote_to_bytes(sent_path), sent_query) == (unquote_to_bytes(path), query)
    assert got == (b"" if method in (b"GET", b"OPTIONS") else body)
    theirs = [(name, value) for name, value in head.headers if name.decode() not in _OWN]
    assert [header for header in headers if header in theirs] == theirs
