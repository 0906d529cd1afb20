"""What a proxy's client gets, written from lines that are plainly written, is what their headers one by one make."""

from hypothesis import given

from dataplane.http1.fields import AnswerHead
from dataplane.http1.head import header_lines
from dataplane.http1.plain import plain_pieces
from dataplane.steps.transform_response import _renamed, _written
from tests.dataplane.steps.test_transform_request import PLAIN_LINES


@given(PLAIN_LINES)
def test_both_ways_write_the_same(lines: bytes) -> None:
    pieces = plain_pieces(lines)
    assert pieces is not None
    head = AnswerHead(200, None, lines, pieces)
    assert _written(head) == header_lines(_renamed(head.headers))


def test_lines_pass_in_their_order_some_by_another_name() -> None:
    lines = b"\r\nserver: x\r\nA: b\r\nVia: y\r\nContent-Length: 5\r\nConnection: keep-alive\r\nETag: z\r\n\r\n"
    assert _written(AnswerHead(200, None, lines, plain_pieces(lines))) == (
        b"x-amzn-Remapped-Server: x\r\nA: b\r\nx-amzn-Remapped-Content-Length: 5\r\nETag: z\r\n"
    )
