"""Lines that are plainly written are read apart when somebody asks."""

from dataplane.http1.fields import AnswerHead, Fields
from dataplane.http1.plain import plain_pieces

LINES = b"\r\nHost: x\r\nA: b\r\nconnection: keep-alive\r\nKeep-Alive: timeout=5\r\nDate: c\r\n\r\n"


def test_a_requests_headers_are_all_there_as_they_came() -> None:
    assert Fields(None, LINES, plain_pieces(LINES)).headers == [
        (b"Host", b"x"),
        (b"A", b"b"),
        (b"connection", b"keep-alive"),
        (b"Keep-Alive", b"timeout=5"),
        (b"Date", b"c"),
    ]


def test_an_answers_are_without_those_of_its_connection() -> None:
    assert AnswerHead(200, None, LINES, plain_pieces(LINES)).headers == [(b"Host", b"x"), (b"A", b"b"), (b"Date", b"c")]


def test_they_are_read_once_and_not_where_they_are_known() -> None:
    fields = Fields(None, LINES, plain_pieces(LINES))
    assert fields.headers is fields.headers
    headers = [(b"A", b"b")]
    assert Fields(headers).headers is headers
    assert AnswerHead(200, headers).headers is headers
