"""A backend's answer: its head has come, its body may be arriving."""

from typing import Protocol

from dataplane.exchange import Body, Headers
from dataplane.http1.fields import AnswerHead


class Abandoned(Protocol):
    def abandon(self, body: Body) -> None: ...


class Answer:
    __slots__ = ("_connection", "body", "head", "status")

    def __init__(self, connection: Abandoned, head: AnswerHead, body: Body) -> None:
        self._connection = connection
        self.head = head
        self.status = head.status
        self.body = body

    @property
    def headers(self) -> Headers:
        """As received, without those of the connection."""
        return self.head.headers

    def close(self) -> None:
        """Give up what has not arrived; the connection is closed if there is such."""
        self._connection.abandon(self.body)
