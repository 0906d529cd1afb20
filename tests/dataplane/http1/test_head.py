"""Header lines as bytes."""

from dataplane.http1.head import as_chunk, header_lines


def test_headers_are_written_as_they_are_and_in_their_order() -> None:
    assert header_lines([(b"A", b"1"), (b"b", b""), (b"A", b"\xff")]) == b"A: 1\r\nb: \r\nA: \xff\r\n"
    assert header_lines([]) == b""


def test_line_breaks_inside_are_spaces() -> None:
    for name, value in [(b"A", b"x\ny"), (b"A", b"x\ry"), (b"A", b"x\0y"), (b"A\n", b"x"), (b"A", b"x\r\n")]:
        lines = header_lines([(name, value), (b"B", b"z")])
        assert lines.count(b"\n") == lines.count(b"\r") == 2
        assert b"\0" not in lines
        assert lines.endswith(b"B: z\r\n")


def test_a_chunk_has_its_size_in_hexadecimal() -> None:
    assert as_chunk(b"x" * 26) == b"1a\r\n" + b"x" * 26 + b"\r\n"
