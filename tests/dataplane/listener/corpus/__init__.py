"""What a client may send that two readers could read differently, and the legal neighbours of each: a table.

Sent to a deployed proxy with a recording backend. `reaches`: the requests that the backend sees, in order. `refused`:
after the answers to those, 400 and the end of the connection; else the connection ends or stays as HTTP has it.
"""

from dataclasses import dataclass

HOST = b"Host: abc1234567.execute-api.localhost\r\n"
GET = b"GET /dev/a HTTP/1.1\r\n" + HOST
POST = b"POST /dev/a HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
# What an attacker would smuggle: it must never be a request of its own.
POISON = b"GET /dev/poison HTTP/1.1\r\n" + HOST + b"\r\n"

Request = tuple[str, bytes]  # method and path as the backend sees them, body


@dataclass(frozen=True)
class Case:
    name: str
    source: str
    sent: bytes
    reaches: tuple[Request, ...] = ()
    refused: bool = True

    def __str__(self) -> str:
        return self.name


def refused(name: str, source: str, sent: bytes, *reaches: Request) -> Case:
    return Case(name, source, sent, reaches)


def passes(name: str, source: str, sent: bytes, *reaches: Request) -> Case:
    return Case(name, source, sent, reaches, refused=False)


def posted(body: bytes, path: str = "/a") -> Request:
    return f"POST {path}", body


def got(path: str = "/a") -> Request:
    return f"GET {path}", b""
