"""What is plainly written, and what is kept of it. RFC 9112, section 5; RFC 9110, section 8.6."""

import pytest

from dataplane.http1.plain import Known, plain_headers, plain_length


@pytest.mark.parametrize(
    ("lines", "headers"),
    [
        (b"\r\n", []),
        (b"Host: x\r\n\r\n", [(b"Host", b"x")]),
        (b"A: b c\r\nA:  d\r\n\r\n", None),  # two spaces
        (b"A: b\r\nA: c, d\r\n\r\n", [(b"A", b"b"), (b"A", b"c, d")]),
        (b"A: b:c: d\r\n\r\n", [(b"A", b"b:c: d")]),
        (b"A:b\r\n\r\n", None),
        (b"A: b \r\n\r\n", None),
        (b"A: \r\n\r\n", None),
        (b"A : b\r\n\r\n", None),
        (b" A: b\r\n\r\n", None),
        (b"A: b\r\n c\r\n\r\n", None),
        (b"A: b\n\r\n", None),
        (b"A: b\rc\r\n\r\n", None),
        (b"A: \xe9\r\n\r\n", None),
        (b"A: b\tc\r\n\r\n", None),
        (b"A: b\0\r\n\r\n", None),
        (b"A: b\r\n\r\nC: d\r\n\r\n", None),  # more than a head
        (b"A: b\r\n", None),
    ],
)
def test_only_lines_that_every_reader_reads_alike_are_plain(
    lines: bytes, headers: list[tuple[bytes, bytes]] | None
) -> None:
    assert plain_headers(lines) == headers
    start = b"GET / HTTP/1.1\r\n"
    assert plain_headers(start + lines, len(start)) == headers


@pytest.mark.parametrize(
    ("value", "length"),
    [(b"0", 0), (b"12", 12), (b"007", 7), (b"+1", None), (b"1, 1", None), (b"0x1", None), (b"1" * 9, None)],
)
def test_a_length_is_plain_where_it_is_a_few_digits(value: bytes, length: int | None) -> None:
    assert plain_length(value) == length


def test_what_comes_a_second_time_is_known_the_third() -> None:
    known: Known[int] = Known()
    known.keep(b"a", 1)
    assert known.get(b"a") is None
    known.keep(b"a", 1)
    assert known.get(b"a") == 1


def test_what_is_kept_is_bounded_in_number_and_size() -> None:
    known: Known[int] = Known()
    for number in range(20_000):
        for _ in range(2):
            known.keep(b"%d" % number, number)
    for _ in range(3):
        known.keep(b"x" * 5_000, 1)
        known.keep(b"a: b\r\n" * 100, 1)
    assert len(known._kept) <= 512 and len(known._seen) <= 4096
    assert known.get(b"x" * 5_000) is None
    assert known.get(b"a: b\r\n" * 100) is None
