"""Payload compression through a deployed stage. Source: developer guide, "Enable payload compression"; 107."""

import asyncio
import gzip
import zlib
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.faults import GatewayFault
from dataplane.plan import Reply
from dataplane.snapshot import Integration, IntegrationResponse
from dataplane.steps.compression import MAX_BYTES, Compression, chosen_coding, inflated
from tests.dataplane.execution import House, Message, answer, in_house, resource

TEXT = b"the same words again and again, " * 100


def gzipped(data: bytes) -> bytes:
    """The same bytes in every process: the names of tests are made of them."""
    return gzip.compress(data, mtime=0)


PROXY = Integration(type="HTTP_PROXY", uri="http://${stageVariables.backend}/", http_method="ANY")


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        # the developer guide's list
        ("deflate,gzip", "deflate"),
        ("", None),
        ("*", None),
        ("deflate;q=0.5,gzip;q=1.0", "gzip"),
        ("gzip;q=1.0,identity;q=0.5,*;q=0", "gzip"),
        ("gzip, deflate, br", "gzip"),
        # the highest one must be supported
        ("br;q=1.0, gzip;q=0.8", None),
        ("br, gzip", "gzip"),
        ("identity", None),
        ("identity;q=1, gzip;q=0.5", None),
        ("gzip;q=0", None),
        ("gzip;q=x", None),
        ("GZIP", "gzip"),
        ("gzip ; q=0.3", "gzip"),
    ],
)
def test_which_coding_a_client_gets(accept: str, coding: str | None) -> None:
    assert chosen_coding(accept) == coding


def plain(reply: Message) -> bytes:
    return {None: bytes, "gzip": gzip.decompress, "deflate": zlib.decompress}[reply.header("Content-Encoding")](
        reply.body
    )


async def got(house: House, accept: str = "gzip", minimum: int | None = 0, integration: Integration = PROXY) -> Message:
    house.deploy(resource("/a", "ANY", integration), minimum_compression_size=minimum)
    return await house.call("GET", "/dev/a", {"Accept-Encoding": accept} if accept else None)


@pytest.mark.parametrize(
    ("accept", "minimum", "coding"),
    [
        ("gzip", 0, "gzip"),
        ("deflate", 0, "deflate"),
        ("", 0, None),
        ("gzip", None, None),
        ("gzip", len(TEXT), "gzip"),
        ("gzip", len(TEXT) + 1, None),
    ],
)
def test_an_answer_is_compressed_as_asked_from_the_minimum_size_on(
    accept: str, minimum: int | None, coding: str | None
) -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(200, "Content-Type: text/x\r\n", TEXT)
        reply = await got(house, accept, minimum)
        assert reply.header("Content-Encoding") == coding
        assert plain(reply) == TEXT
        assert (len(reply.body) < len(TEXT) // 5) is (coding is not None)
        assert reply.header("Content-Type") == "text/x"

    in_house(scenario)


def test_what_a_template_made_is_compressed() -> None:
    async def scenario(house: House) -> None:
        mock = Integration(
            type="MOCK",
            request_templates={"application/json": '{"statusCode": 200}'},
            responses=(IntegrationResponse(status_code="200", response_templates={"application/json": TEXT.decode()}),),
        )
        reply = await got(house, integration=mock)
        assert (reply.header("Content-Encoding"), plain(reply)) == ("gzip", TEXT)

    in_house(scenario)


@pytest.mark.parametrize(
    ("status", "headers"),
    [(200, "Content-Encoding: br\r\n"), (206, "Content-Range: bytes 0-3199/9999\r\n")],
)
def test_what_is_compressed_already_or_a_range_stays(status: int, headers: str) -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(status, headers, TEXT)
        reply = await got(house)
        assert reply.header("Content-Encoding") in ("br", None)
        assert reply.body == TEXT

    in_house(scenario)


def test_nothing_is_not_compressed() -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(200)
        reply = await got(house)
        assert (reply.header("Content-Encoding"), reply.body) == (None, b"")

    in_house(scenario)


@pytest.mark.parametrize("minimum", [0, 3, len(TEXT), len(TEXT) + 1])
def test_a_body_that_is_still_arriving_is_compressed_while_it_streams(minimum: int) -> None:
    async def scenario(house: House) -> None:
        async def slowly(message: Message) -> bytes:
            writer = house.backend._writers[-1]
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for start in range(0, len(TEXT), 800):
                writer.write(b"320\r\n" + TEXT[start : start + 800] + b"\r\n")
                await asyncio.sleep(0.01)
            return b"0\r\n\r\n"

        house.backend.script = slowly
        reply = await got(house, minimum=minimum)
        assert plain(reply) == TEXT
        assert reply.header("Content-Encoding") == (None if minimum > len(TEXT) else "gzip")

    in_house(scenario)


def test_a_large_answer_with_a_length_is_compressed_while_it_streams() -> None:
    async def scenario(house: House) -> None:
        large = TEXT * 1000
        house.backend.script = lambda message: answer(200, "", large)
        reply = await got(house)
        assert plain(reply) == large
        assert reply.header("Transfer-Encoding") == "chunked"

    in_house(scenario)


def test_a_backend_that_breaks_off_before_the_minimum_is_504() -> None:
    async def scenario(house: House) -> None:
        async def broken(message: Message) -> bytes:
            writer = house.backend._writers[-1]
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            await asyncio.sleep(0.02)
            writer.close()
            return b""

        house.backend.script = broken
        assert (await got(house, minimum=100)).status == 504

    in_house(scenario)


def test_a_head_is_not_compressed() -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"
        house.deploy(resource("/a", "ANY", PROXY), minimum_compression_size=0)
        house.deploy(resource("/a", "HEAD", PROXY), minimum_compression_size=0)
        reply = await house.call("HEAD", "/dev/a", {"Accept-Encoding": "gzip"})
        assert (reply.header("Content-Length"), reply.header("Content-Encoding")) == ("1234", None)

    in_house(scenario)


async def posted(house: House, body: bytes, coding: str, minimum: int | None = 0) -> Message:
    house.deploy(resource("/a", "ANY", PROXY), minimum_compression_size=minimum)
    return await house.call("POST", "/dev/a", {"Content-Encoding": coding}, body)


def bare(body: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(body) + deflater.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzipped(TEXT)),
        ("GZIP", gzipped(TEXT)),
        ("gzip", gzipped(TEXT[:100]) + gzipped(TEXT[100:])),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", bare(TEXT)),
        ("identity", TEXT),
    ],
)
def test_a_compressed_request_reaches_the_backend_inflated(coding: str, body: bytes) -> None:
    async def scenario(house: House) -> None:
        assert (await posted(house, body, coding)).status == 200
        (seen,) = house.backend.seen
        assert seen.body == TEXT
        assert seen.header("Content-Encoding") in (None, "identity")

    in_house(scenario)


def test_templates_and_validators_read_it_inflated() -> None:
    async def scenario(house: House) -> None:
        integration = Integration(
            type="HTTP",
            uri="http://${stageVariables.backend}/",
            http_method="POST",
            request_templates={"application/json": "$input.path('$.a')"},
            responses=(IntegrationResponse(status_code="200"),),
        )
        house.deploy(resource("/a", "POST", integration), minimum_compression_size=0)
        await house.call("POST", "/dev/a", {"Content-Encoding": "gzip"}, gzipped(b'{"a": 17}'))
        assert house.backend.seen[0].body == b"17"

    in_house(scenario)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", TEXT),
        ("gzip, gzip", gzipped(gzipped(TEXT))),
        ("gzip", TEXT),
        ("deflate", b"\xff" + TEXT),
        ("gzip", gzipped(TEXT)[:-10]),
    ],
)
def test_a_coding_that_is_not_known_or_not_what_was_sent_is_415(coding: str, body: bytes) -> None:
    async def scenario(house: House) -> None:
        reply = await posted(house, body, coding)
        assert (reply.status, reply.body) == (415, b'{"message":"Unsupported Media Type"}')
        assert not house.backend.seen

    in_house(scenario)


@pytest.mark.parametrize("minimum", [None, 10_000])
def test_without_compression_or_below_the_minimum_a_request_passes_as_it_is(minimum: int | None) -> None:
    async def scenario(house: House) -> None:
        body = gzipped(TEXT)
        assert (await posted(house, body, "gzip", minimum)).status == 200
        assert house.backend.seen[0].body == body
        assert house.backend.seen[0].header("Content-Encoding") == "gzip"

    in_house(scenario)


def bomb(size: int) -> bytes:
    return gzipped(bytes(size))


def test_what_inflates_to_more_than_a_payload_may_have_is_413() -> None:
    async def scenario(house: House) -> None:
        reply = await posted(house, bomb(200 * 1024 * 1024), "gzip")
        assert (reply.status, reply.body) == (413, b'{"message":"Request Too Long"}')
        assert not house.backend.seen

    in_house(scenario)


@pytest.mark.parametrize(("size", "fits"), [(MAX_BYTES, True), (MAX_BYTES + 1, False)])
def test_the_limit_counts_what_was_inflated_over_all_members(size: int, fits: bool) -> None:
    body = bomb(size - 100) + bomb(100)
    if fits:
        assert len(inflated(body, "gzip")) == size
    else:
        with pytest.raises(GatewayFault, match="REQUEST_TOO_LARGE"):
            inflated(body, "gzip")


def test_a_body_of_very_many_members_is_refused_before_it_costs_time() -> None:
    """Half a million empty ones fit into 10 MB; going through them took minutes, in which nobody else was served."""
    member = gzipped(b"")
    assert inflated(member * 999 + gzipped(b"the last"), "gzip") == b"the last"
    with pytest.raises(GatewayFault, match="REQUEST_TOO_LARGE"):
        inflated(member * 1_001, "gzip")


class Pieces:
    """A Body of unknown length that arrives in pieces."""

    length = None

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = [piece for piece in pieces if piece]

    def whole(self) -> bytes | None:
        return None

    async def read(self) -> bytes:
        return b"".join(self._pieces)

    async def chunk(self) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""


@given(
    pieces=st.lists(st.binary(max_size=200), max_size=6),
    repeat=st.integers(min_value=1, max_value=2000),
    minimum=st.integers(min_value=0, max_value=2000),
    coding=st.sampled_from(["gzip", "deflate"]),
    arrived=st.booleans(),
)
def test_whatever_is_compressed_inflates_to_what_it_was(
    pieces: list[bytes], repeat: int, minimum: int, coding: str, arrived: bool
) -> None:
    pieces = [piece * repeat for piece in pieces]
    body = b"".join(pieces)
    reply = Reply(200, [], body if arrived else Pieces(pieces))
    asked: Any = SimpleNamespace(headers=[(b"Accept-Encoding", coding.encode())])

    async def made() -> bytes:
        await Compression(minimum).compress(asked, reply)
        assert not isinstance(reply.body, bytes) or reply.body == body
        return reply.body if isinstance(reply.body, bytes) else await reply.body.read()

    got = asyncio.run(made())
    compressed = reply.headers == [(b"Content-Encoding", coding.encode())]
    assert compressed is (len(body) >= max(minimum, 1))
    assert (inflated(got, coding) if compressed else got) == body


@given(body=st.binary(max_size=300), coding=st.sampled_from(["gzip", "deflate"]))
def test_bytes_that_nobody_compressed_are_inflated_or_refused(body: bytes, coding: str) -> None:
    try:
        assert len(inflated(body, coding)) <= MAX_BYTES
    except GatewayFault as fault:
        assert fault.type.name in ("UNSUPPORTED_MEDIA_TYPE", "REQUEST_TOO_LARGE")


def test_codings_are_known_by_their_old_name_too() -> None:
    values: Any = inflated(gzipped(TEXT), "x-gzip")
    assert values == TEXT
