"""What a Lambda function streamed becomes the reply: its metadata the head, and the rest of it the body as it comes.

Source: developer guide, "Lambda proxy integration format for response streaming".
"""

from typing import Protocol, cast

import msgspec

from dataplane.exchange import Exchange
from dataplane.plan import Answer, Reply
from dataplane.steps.lambda_reply import Head, begun, malformed


class _Metadata(Head, forbid_unknown_fields=True, rename="camel"):
    cookies: list[str] | None = None


class _Streamed(Protocol):
    metadata: bytes


_decode = msgspec.json.Decoder(_Metadata).decode


class StreamedReply:
    def reads(self, exchange: Exchange, answer: Answer) -> bool:
        return False

    def reply(self, exchange: Exchange, answer: Answer, body: bytes) -> Reply:
        """Raises GatewayFault."""
        try:
            metadata = _decode(cast(_Streamed, answer).metadata)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise malformed(str(error)) from error
        metadata.multi_value_headers = _with_cookies(metadata)
        status, headers = begun(exchange, metadata)
        return Reply(status, headers, answer.body, answer)


def _with_cookies(metadata: _Metadata) -> dict[str, list[str | bool | int | float | None]] | None:
    if not metadata.cookies:
        return metadata.multi_value_headers
    several = dict(metadata.multi_value_headers or {})
    name = next((name for name in several if name.lower() == "set-cookie"), "Set-Cookie")
    several[name] = [*several.get(name, ()), *metadata.cookies]
    return several
