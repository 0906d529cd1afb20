"""What is plainly written, and what is kept of it. RFC 9112, section 5; RFC 9110, section 8.6."""

import pytest

from dataplane.http1.plain import RULED, Known, plain_headers, plain_length, plain_pieces


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
    lines = b"\r\n" + lines
    pieces = plain_pieces(lines)
    assert (None if pieces is None else plain_headers(lines)) == headers
    assert pieces is None or b"".join(pieces) == lines


def test_lines_are_cut_at_the_headers_that_rules_are_about() -> None:
    assert plain_pieces(b"\r\nA: b\r\nhOST: x\r\nVIA: y z\r\nHosts: c\r\nX-Host: d\r\nB: host: e\r\n\r\n") == [
        *(b"\r\nA: b\r", b"\nhOST: ", b"x\r", b"", b"\nVIA: ", b"y z\r"),
        b"\nHosts: c\r\nX-Host: d\r\nB: host: e\r\n\r\n",
    ]


@pytest.mark.parametrize("name", sorted(RULED))
def test_each_of_them_is_found_in_either_case(name: bytes) -> None:
    for written in (name, name.upper(), name.title()):
        assert plain_pieces(b"\r\nA: b\r\n%b: c\r\n\r\n" % written) == [
            *(b"\r\nA: b\r", b"\n%b: " % written, b"c\r", b"\n\r\n")
        ]


@pytest.mark.parametrize("odd", [number for number in range(256) if not 0x20 <= number < 0x7F])
def test_no_byte_but_printable_ascii_is_plain_wherever_it_stands(odd: int) -> None:
    plain = b"\r\nAb: cd\r\nEf: gh\r\n\r\n"
    assert plain_pieces(plain) is not None
    for at in range(len(plain) + 1):
        for cut in (0, 1):
            lines = plain[:at] + bytes([odd]) + plain[at + cut :]
            assert lines == plain or plain_pieces(lines) is None, lines


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
    assert len(known._kept) <= 512 and len(known._seen) == 4096
    assert known.get(b"x" * 5_000) is None
    assert known.get(b"a: b\r\n" * 100) is None
