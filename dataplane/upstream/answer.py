"""A backend's answer: its head has come, its body may be arriving."""

from typing import Protocol

from dataplane.exchange import AnswerHead, Body, Headers


class Abandoned(Protocol):
    def abandon(self, body: Body) -> None: ...


class Answer:
    __slots__ = ("_connection", "body", "head", "headers", "status")

    def __init__(
        self, connection: Abandoned, status: int, headers: Headers, body: Body, head: AnswerHead | None = None
    ) -> None:
        self._connection = connection
        self.status = status
        self.headers = headers  # as received, without those of the connection
        self.body = body
        self.head = head  # None: nobody has seen it before

    def close(self) -> None:
        """Give up what has not arrived; the connection is closed if there is such."""
        self._connection.abandon(self.body)
