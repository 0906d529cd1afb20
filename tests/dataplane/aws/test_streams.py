"""The event stream of a function. Source: botocore, lambda `InvokeWithResponseStream`."""

from collections import deque

import pytest

from dataplane.aws.streams import FunctionFailed, FunctionStream
from dataplane.faults import UpstreamBroken
from tests.dataplane.aws.frames import chunk, complete, frame, streamed
from tests.dataplane.loops import Run
from tests.dataplane.sides import spawned

NUL = b"\0" * 8


class Pieces:
    """A body that arrives in these pieces."""

    length = None

    def __init__(self, *pieces: bytes) -> None:
        self.left = deque(pieces)

    def whole(self) -> bytes | None:
        return None

    async def read(self) -> bytes:
        raise AssertionError("a stream is taken piece by piece")

    async def chunk(self) -> bytes:
        return self.left.popleft() if self.left else b""


async def all_of(*pieces: bytes) -> bytes:
    body = await spawned(FunctionStream(Pieces(*pieces)).read())
    assert isinstance(body, bytes)
    return body


def test_payloads_are_unpacked_wherever_the_pieces_break(run: Run) -> None:
    async def test() -> None:
        whole = streamed(b"one ", b"", b"\x00two\xff")
        for at in range(1, len(whole)):
            assert await all_of(whole[:at], whole[at:]) == b"one \x00two\xff"
        assert await all_of(*(bytes([byte]) for byte in whole)) == b"one \x00two\xff"

    run(test())


def test_a_piece_is_there_as_soon_as_its_frame_is(run: Run) -> None:
    async def test() -> None:
        frames = Pieces(chunk(b"one") + chunk(b"two")[:10], chunk(b"two")[10:] + complete(), b"")
        stream = FunctionStream(frames)
        assert await spawned(stream.chunk()) == b"one"
        assert len(frames.left) == 2
        assert await spawned(stream.chunk()) == b"two"
        assert await spawned(stream.chunk()) == b""
        assert not frames.left

    run(test())


@pytest.mark.parametrize(
    ("pieces", "begin", "rest"),
    [
        ((b"{}" + NUL + b"body",), b"{}", b"body"),
        ((b"{", b"}\0\0\0", b"\0\0\0\0\0", b"body"), b"{}", b"body"),
        ((b"{}" + NUL,), b"{}", b""),
        ((NUL + NUL,), b"", NUL),
        ((b"no delimiter",), None, b""),
        ((b"x" * 101 + NUL,), None, None),
    ],
)
def test_what_comes_before_the_delimiter_is_taken_first(
    run: Run, pieces: tuple[bytes, ...], begin: bytes | None, rest: bytes | None
) -> None:
    async def test() -> None:
        stream = FunctionStream(Pieces(streamed(*pieces)))
        assert await spawned(stream.until(NUL, 92)) == begin
        if rest is not None:
            assert await spawned(stream.read()) == rest

    run(test())


@pytest.mark.parametrize(
    ("end", "kind", "text"),
    [
        (complete("Function.Unhandled", "no such pet"), FunctionFailed, "Function.Unhandled: no such pet"),
        (frame(b'{"m":1}', exception_type="Throttled", message_type="exception"), FunctionFailed, 'Throttled: {"m":1}'),
        (b"", UpstreamBroken, "ended before it was complete"),
        (b"no frame at all, but long enough to be one", UpstreamBroken, "not an event stream"),
        (frame(b"[", event_type="InvokeComplete"), UpstreamBroken, "not the end of a function's stream"),
    ],
)
def test_what_came_before_a_failure_is_told_before_it(
    run: Run, end: bytes, kind: type[UpstreamBroken], text: str
) -> None:
    async def test() -> None:
        stream = FunctionStream(Pieces(chunk(b"one"), end))
        assert await spawned(stream.chunk()) == b"one"
        with pytest.raises(kind) as caught:
            await spawned(stream.chunk())
        assert text in str(caught.value)

    run(test())


def test_a_frame_that_was_altered_is_refused(run: Run) -> None:
    async def test() -> None:
        altered = bytearray(chunk(b"one"))
        altered[-6] ^= 1
        with pytest.raises(UpstreamBroken, match="not an event stream"):
            await all_of(bytes(altered))

    run(test())
