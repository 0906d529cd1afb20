"""What a Lambda function behind a proxy integration returned becomes the reply, or a 502.

Source: developer guide, "Output format of a Lambda function for proxy integration"; behaviours 74-78, 85.
"""

import json
from dataclasses import dataclass
from typing import Final, TypeAlias

import msgspec

from dataplane.aws.functions import function_error
from dataplane.exchange import Exchange, Headers
from dataplane.faults import GatewayFault
from dataplane.plan import Answer, Reply
from dataplane.steps.content import ResponseContent, from_base64
from dataplane.steps.header_rules import HOP_BY_HOP, REMAPPED, header
from dataplane.steps.scope import first_header

# The beginning of what the log says; AWS has no other words before it.
FUNCTION_FAILED: Final = "Lambda execution failed with status "
_MALFORMED: Final = "Malformed Lambda proxy response"
# By the lower case of a header's name: its name in the reply; empty: dropped.
_RENAMED: Final = dict.fromkeys(HOP_BY_HOP, b"") | REMAPPED | {b"connection": b"x-amzn-Remapped-Connection"}

_Scalar: TypeAlias = str | bool | int | float | None


class Head(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """All that may be in it, and none of it has to be."""

    status_code: int | str | None = None
    headers: dict[str, _Scalar] | None = None
    multi_value_headers: dict[str, list[_Scalar]] | None = None


class _Returned(Head, forbid_unknown_fields=True, rename="camel"):
    body: _Scalar = None
    is_base64_encoded: bool | str | None = None


_decode = msgspec.json.Decoder(_Returned).decode


@dataclass(frozen=True, slots=True)
class FunctionReply:
    content: ResponseContent | None  # of an API with binary media types

    def reads(self, exchange: Exchange, answer: Answer) -> bool:
        return True

    def reply(self, exchange: Exchange, answer: Answer, body: bytes) -> Reply:
        """Raises GatewayFault."""
        if function_error(answer.headers):
            raise GatewayFault("API_CONFIGURATION_ERROR", status=502, detail=failure(answer, body))
        try:
            returned = _decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise malformed(str(error)) from error
        status, headers = begun(exchange, returned)
        return Reply(status, headers, self._payload(exchange, returned), answer)

    def _payload(self, exchange: Exchange, returned: _Returned) -> bytes:
        body = _text(returned.body).encode("utf-8", "replace")
        encoded = returned.is_base64_encoded
        if isinstance(encoded, str):
            encoded = encoded.lower() == "true"
        if encoded and self.content is not None and self.content.wants_bytes(exchange):
            return from_base64(body)
        return body


def failure(answer: Answer, payload: bytes) -> str:
    """The error that a function ended in, in the words of AWS's log."""
    request_id = first_header(answer.headers, b"x-amzn-requestid")
    return (
        f"{FUNCTION_FAILED}{answer.status} due to customer function error: {error_message(payload)}. "
        f"Lambda request id: {request_id}"
    )


def error_message(payload: bytes) -> str:
    """`errorMessage` of the error that a function ended in; empty where it has none."""
    try:
        found = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    message = found.get("errorMessage") if isinstance(found, dict) else None
    return "" if message is None else message if isinstance(message, str) else json.dumps(message)


def malformed(why: str) -> GatewayFault:
    """For logs it says why; to the client it says nothing."""
    return GatewayFault("API_CONFIGURATION_ERROR", status=502, detail=f"{_MALFORMED}: {why}")


def begun(exchange: Exchange, head: Head) -> tuple[int, Headers]:
    """A reply's status and headers. Raises GatewayFault."""
    headers = _headers(head)
    names = {name.lower() for name, _ in headers}
    if b"content-type" not in names:
        headers.append((b"Content-Type", b"application/json"))
    if b"x-amzn-trace-id" not in names:
        headers.append((b"X-Amzn-Trace-Id", exchange.trace_id.encode()))
    return _status(head.status_code), headers


def _status(code: int | str | None) -> int:
    if code is None:
        return 200
    if isinstance(code, str) and not (code.isascii() and code.isdigit() and len(code) == 3):
        raise malformed(f"statusCode is {code!r}")
    status = int(code)
    if not 100 <= status <= 599:
        raise malformed(f"statusCode is {code!r}")
    return status


def _headers(head: Head) -> Headers:
    """Of a name in both maps the several values come first, in their case (behaviours 76)."""
    several = head.multi_value_headers or {}
    single = list((head.headers or {}).items())
    pairs: list[tuple[str, _Scalar]] = []
    for name, values in several.items():
        also = [value for other, value in single if other.lower() == name.lower()]
        pairs += [(name, value) for value in (*values, *also)]
    named = {name.lower() for name in several}
    pairs += [(name, value) for name, value in single if name.lower() not in named]
    return [passed for name, value in pairs if value is not None and (passed := _passed(name, _text(value)))]


def _passed(name: str, value: str) -> tuple[bytes, bytes] | None:
    made = header(name, value)
    new = _RENAMED.get(made[0].lower())
    if new is None:
        return made if made[0] else None
    return (new, made[1]) if new else None


def _text(value: _Scalar) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value)
