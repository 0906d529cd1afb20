"""Replies made before: a MOCK whose templates are all constant says the same to all who ask for the same.

What they ask for is their Content-Type (which template names the status) and their Accept (which makes the body). A
reply is made by the steps the first time, and kept.
"""

from typing import Final

from msgspec.structs import replace

from dataplane.exchange import Exchange, Headers
from dataplane.http1.fields import Fields
from dataplane.http1.head import header_lines
from dataplane.plan import Reply

# Kept per method, for what is asked in so many bytes: clients may send anything.
_MOST: Final = 16
_LONGEST: Final = 512
_Asked = tuple[bytes, bytes]


class Prepared:
    __slots__ = ("_replies",)

    def __init__(self) -> None:
        self._replies: dict[_Asked, tuple[int, Reply]] | None = None  # with the mock's own status

    def reply(self, exchange: Exchange) -> Reply | None:
        """None where the steps have to make it; a body may name a status too."""
        if self._replies is None or exchange.body.length != 0:
            return None
        found = self._replies.get(exchange.fields.preferences or _asked(exchange.fields))
        if found is None:
            return None
        exchange.integration_status = found[0]
        return found[1]

    def keep(self, exchange: Exchange, reply: Reply) -> None:
        content_type, accept = asked = _asked(exchange.fields)
        if exchange.body.length != 0 or len(content_type) + len(accept) > _LONGEST:
            return
        if self._replies is None or len(self._replies) >= _MOST:
            self._replies = {}  # what is asked often is soon back
        written = replace(reply, headers=[], lines=header_lines(reply.headers))
        self._replies[asked] = exchange.integration_status, written


def _asked(fields: Fields) -> _Asked:
    fields.preferences = _preferences(fields.headers)
    return fields.preferences


def _preferences(headers: Headers) -> _Asked:
    content_type = accept = b""
    for name, value in headers:
        if len(name) == 6:
            if not accept and name.lower() == b"accept":
                accept = value
        elif len(name) == 12 and not content_type and name.lower() == b"content-type":
            content_type = value
    return content_type, accept
