"""What a proxy passes on, written from lines that are plainly written, is what their headers one by one make."""

from hypothesis import given
from hypothesis import strategies as st

from dataplane.http1.fields import Fields
from dataplane.http1.plain import RULED, plain_headers, plain_pieces
from dataplane.steps.transform_request import _written

NAMES = (
    st.sampled_from([b"x-forwarded-for", b"x-amzn-trace-id"])
    | st.sampled_from(sorted(RULED))
    | st.sampled_from([b"accept", b"cookie", b"x-request-id", b"hosts", b"t", b"tea"])
)
CASES = st.sampled_from([bytes.lower, bytes.upper, bytes.title])
VALUES = st.from_regex(rb"[!-~]([ -~]{0,8}[!-~])?", fullmatch=True)
PLAIN_LINES = st.lists(
    st.builds(lambda name, case, value: b"%b: %b\r\n" % (case(name), value), NAMES, CASES, VALUES), max_size=8
).map(lambda lines: b"\r\n%b\r\n" % b"".join(lines))


@given(PLAIN_LINES)
def test_both_ways_write_the_same(lines: bytes) -> None:
    pieces = plain_pieces(lines)
    assert pieces is not None
    assert _written(Fields(None, lines, pieces)) == _written(Fields(plain_headers(lines)))


def test_lines_pass_in_their_order_but_for_those_that_are_the_gateways_own() -> None:
    lines = (
        b"\r\nA: b\r\nHost: x\r\nx-forwarded-for: y\r\nDate: c\r\nVia: z\r\nx-amzn-trace-id: Root=1\r\nD: e\r\n"
        b"X-FORWARDED-FOR: v\r\n\r\n"
    )
    assert _written(Fields(None, lines, plain_pieces(lines))) == (
        b"A: b\r\nDate: c\r\nD: e\r\nX-Forwarded-For: y, v, ",
        "Root=1",
    )
