"""A backend's answer: its head has come, its body may be arriving."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from dataplane.exchange import Body, Headers
from dataplane.http1.fields import AnswerHead


class Bearer(Protocol):
    """The connection that an answer comes on."""

    def abandon(self, body: Body) -> None: ...

    def bears(self, body: Body, freed: Callable[[], None]) -> bool: ...


class Answer(Struct, eq=False):
    connection: Bearer
    status: int
    head: AnswerHead
    body: Body

    @property
    def headers(self) -> Headers:
        """As received, without those of the connection."""
        return self.head.headers

    def arriving(self, freed: Callable[[], None]) -> bool:
        """`freed` when what is arriving has come, or never will. False: it has come."""
        return self.connection.bears(self.body, freed)

    def close(self) -> None:
        """Give up what has not arrived; the connection is closed if there is such."""
        self.connection.abandon(self.body)
