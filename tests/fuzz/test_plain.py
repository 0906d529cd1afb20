"""What is read without the parser is what the parser reads: both asked, whatever they are sent."""

import asyncio
from random import Random
from typing import Any

from hypothesis import given, settings

from dataplane.exchange import Body
from dataplane.http1.body import Inflow
from dataplane.listener.http1 import Head, Reader, Refused
from dataplane.settings import Limits
from dataplane.upstream.connection import Connection
from tests.fuzz.__main__ import SEEDS
from tests.fuzz.asking import ANSWERS, PLAIN_ANSWERS, Owner
from tests.fuzz.listening import PLAIN
from tests.fuzz.mutation import mutated
from tests.fuzz.test_grammar import requests
from tests.fuzz.wire import Wire

Read = tuple[str, bytes, bytes, list[tuple[bytes, bytes]], str, bool, str, bytes]
PLAIN_REQUESTS = [
    *PLAIN,
    b"POST /dev/a HTTP/1.1\r\nHost: x:80\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
]


class Heads:
    """A receiver that only takes notice."""

    def __init__(self) -> None:
        self.heads: list[Head] = []

    def requested(self, head: Head) -> None:
        self.heads.append(head)

    def __getattr__(self, name: str) -> Any:
        return lambda: None


def by_parser(data: bytes) -> Read | None:
    """None: refused, incomplete, or not one request alone."""
    receiver = Heads()
    reader = Reader(receiver, receiver, Limits())  # type: ignore[arg-type]
    try:
        reader.feed(data)
    except Refused:
        return None
    if len(receiver.heads) != 1 or reader.begun or reader.arriving is not None:
        return None
    head = receiver.heads[0]
    assert head.asked == head.method and not head.expects
    return (
        *(head.method, head.path, head.query, head.headers),
        *(head.authority, head.keep_alive, head.protocol, _whole(head.body)),
    )


def _whole(body: Body | None) -> bytes:
    found = b"" if body is None else body.whole()
    assert found is not None
    return found


def at_once(data: bytes) -> Read | None:
    asked = Reader(Heads(), Heads(), Limits()).at_once(data)  # type: ignore[arg-type]
    if asked is None:
        return None
    method, path, query, fields, body = asked
    return method.decode(), path, query, fields.headers, fields.authority, fields.keep_alive, "HTTP/1.1", body


def agree(data: bytes) -> bool:
    """Whether the short way took it."""
    for _ in range(3):  # the third finds what was kept of the second
        read = at_once(data)
        if read is not None:
            assert read == by_parser(data), data
    return read is not None


def test_a_request_that_is_read_at_once_is_the_one_that_the_parser_reads() -> None:
    random = Random(7)
    taken = sum(agree(mutated(random, [*PLAIN_REQUESTS * 40, *SEEDS])) for _ in range(20_000))
    assert taken > 500


@settings(max_examples=300)
@given(requests())
def test_a_request_of_the_grammar_that_is_read_at_once_is_the_one_that_the_parser_reads(data: bytes) -> None:
    agree(data)


def test_plain_requests_are_read_at_once() -> None:
    assert all(agree(data) for data in PLAIN_REQUESTS)


def answered(data: bytes, *, plainly: bool) -> tuple[int, list[tuple[bytes, bytes]], bytes, bool] | None:
    """Status, headers, body, whether the connection stays; None: no whole answer, or not the short way."""
    connection = Connection(Owner())
    Wire(connection)
    waiter = connection.ask(b"", b"", deadline=asyncio.get_running_loop().time() + 30, head_only=False)
    if plainly:
        if not connection._take_at_once(data):
            return None
        ((_, answer),) = [connection._answer] if connection._answer else []
    else:
        connection._take(data)
        if connection._answer is None:
            return None
        answer = connection._answer[1]
    del waiter
    body = answer.body
    if isinstance(body, Inflow) and not body.complete:
        return None
    return answer.status, answer.headers, _whole(body), connection.usable


async def answers_agree(count: int) -> int:
    random, taken = Random(11), 0
    for _ in range(count):
        data = mutated(random, [*PLAIN_ANSWERS, *ANSWERS])
        for _ in range(3):
            plain = answered(data, plainly=True)
            if plain is not None:
                taken += 1
                assert plain == answered(data, plainly=False), data
    return taken


def test_an_answer_that_is_read_at_once_is_the_one_that_the_parser_reads() -> None:
    assert asyncio.run(answers_agree(10_000)) > 1_000


def test_plain_answers_are_read_at_once() -> None:
    async def test() -> None:
        for data in PLAIN_ANSWERS:
            assert answered(data, plainly=True) == answered(data, plainly=False) is not None

    asyncio.run(test())
