"""A backend's answer: its head has come, its body may be arriving."""

from typing import Protocol

from msgspec import Struct

from dataplane.exchange import Body, Headers
from dataplane.http1.fields import AnswerHead


class Abandoned(Protocol):
    def abandon(self, body: Body) -> None: ...


class Answer(Struct, eq=False):
    connection: Abandoned
    status: int
    head: AnswerHead
    body: Body

    @property
    def headers(self) -> Headers:
        """As received, without those of the connection."""
        return self.head.headers

    def close(self) -> None:
        """Give up what has not arrived; the connection is closed if there is such."""
        self.connection.abandon(self.body)
