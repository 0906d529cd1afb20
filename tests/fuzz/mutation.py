"""Bytes that are nearly right: seeds, cut, spliced, and seasoned with what parsers trip over."""

from collections.abc import Sequence
from random import Random

_SEASONING = (
    *(
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n\r\n",
        b"\0",
        b" ",
        b"\t",
        b":",
        b",",
        b";",
        b"\xff",
        b"\x80",
        b"%00",
        b"/",
        b"?",
        b"#",
    ),
    *(b"0", b"-1", b"+", b"0x", b"ffffffffffffffff", b"chunked", b"HTTP/1.1", b"HTTP/1.0", b"HEAD ", b"a" * 300),
    *(b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n", b"Content-Length: 0\r\n", b"Host: x\r\n"),
    *(b"Connection: close\r\n", b"Connection: upgrade\r\nUpgrade: x\r\n", b"Expect: 100-continue\r\n"),
    *(b"0\r\n\r\n", b"5\r\nabcde\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    *(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 304 X\r\n"),
)


def mutated(random: Random, seeds: Sequence[bytes]) -> bytes:
    data = random.choice(seeds)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3, 6))):
        data = random.choice(_WAYS)(random, data, seeds)
    return data[:20_000]


def in_pieces(random: Random, data: bytes) -> list[bytes]:
    cuts = sorted(random.sample(range(len(data)), min(len(data), random.choice((0, 0, 1, 2, 5, 40)))))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True) if a < b]


def in_segments(random: Random, plain: Sequence[bytes], seeds: Sequence[bytes]) -> list[bytes]:
    """One message as it comes off a connection: most are plainly written and whole, so that what is read without the
    parser comes between what is not."""
    data = random.choice(plain) if random.random() < 0.8 else mutated(random, (*plain, *seeds))
    segments = [data] if random.random() < 0.7 else in_pieces(random, data)
    if random.random() < 0.05:
        segments.insert(random.choice((0, len(segments))), random.choice((b"\r\n", b"\r", b"\n", b"\r\n\r\n")))
    return segments


def _span(random: Random, data: bytes, longest: int = 30) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.randrange(longest))


def _season(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(_SEASONING) + data[at:]


def _replace(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    start, end = _span(random, data, 5)
    return data[:start] + random.choice(_SEASONING) + data[end:]


def _cut(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    start, end = _span(random, data)
    return data[:start] + data[end:]


def _double(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    start, end = _span(random, data)
    return data[:end] + data[start:]


def _flip(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _splice(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    other = random.choice(seeds)
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


def _append(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    return data + random.choice(seeds)


_WAYS = (_season, _replace, _cut, _double, _flip, _splice, _append)
