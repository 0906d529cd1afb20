"""The line that a finished request leaves: a stage's `accessLogSettings/format`, compiled.

Variables are those of `$context`, and those that only access logs know. What is unknown or null prints `-`. What
requests and backends say stays in its place: it ends no line, closes no quote, and opens no tag. Source: developer
guide, "Set up CloudWatch API logging" and "$context variables for CloudWatch access logging only"; behaviours 103.
"""

import html
import json
import re
from collections.abc import Callable
from time import monotonic
from typing import Any, Final, Protocol, TypeAlias

from dataplane.exchange import Exchange
from dataplane.mapping.context import Identity, clf_time
from dataplane.mapping.vtl.java import text
from dataplane.snapshot import StageEntry
from dataplane.steps.scope import context_of, first_header, identity_of
from dataplane.trace import extended_request_id

_VARIABLE: Final = re.compile(r"\$context\.([A-Za-z_]\w*(?:\.\w+)*)")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_UNKNOWN: Final = "-"


class Lines(Protocol):
    def add(self, group: str, line: str) -> None:
        """Never waits."""


Read: TypeAlias = Callable[[Exchange], Any]  # None: there is none
Escape: TypeAlias = Callable[[str], str]


def compile_access_log(entry: StageEntry, logs: Lines | None) -> Callable[[Exchange], None] | None:
    """None for a stage that logs nothing."""
    if logs is None or not entry.access_log_format:
        return None
    line = compile_format(entry.access_log_format)
    group = log_group(entry)

    def write(exchange: Exchange) -> None:
        logs.add(group, line(exchange))

    return write


def log_group(entry: StageEntry) -> str:
    """The name of the log group, or of Firehose's stream, that the destination's ARN ends in."""
    kind, _, name = entry.access_log_destination.rpartition(":log-group:")
    if kind:
        return name.removesuffix(":*")
    stream = entry.access_log_destination.rpartition(":deliverystream/")[2]
    return stream or f"API-Gateway-Access-Logs_{entry.api_id}/{entry.stage_name}"


def compile_format(source: str) -> Callable[[Exchange], str]:
    """One line, without its end."""
    source = _CONTROL.sub(" ", source.rstrip("\r\n"))
    escape = _escape(source)
    pieces = _VARIABLE.split(source)  # text, name, text, name, ..., text
    template = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
    reads = [_reader(name, escape) for name in pieces[1::2]]

    def line(exchange: Exchange) -> str:
        return template % tuple([read(exchange) for read in reads])

    return line


def _escape(source: str) -> Escape:
    """By what the format looks like: JSON, XML, or text with quoted parts, where Apache's logs use a backslash."""
    begin = source.lstrip()[:1]
    if begin == "{":
        return lambda value: json.dumps(value, ensure_ascii=False)[1:-1]
    if begin == "<":
        return html.escape
    return lambda value: value.replace("\\", "\\\\").replace('"', '\\"')


def _reader(name: str, escape: Escape) -> Read:
    read = _READERS.get(name) or _identity(name) or _context(tuple(name.split(".")))
    if name in _PLAIN:
        return lambda exchange: _UNKNOWN if (value := read(exchange)) is None else value

    def printed(exchange: Exchange) -> str:
        value = read(exchange)
        if value is None or value == "":
            return _UNKNOWN
        return _CONTROL.sub(_hexadecimal, escape(text(value)))

    return printed


def _hexadecimal(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _identity(name: str) -> Read | None:
    """`$context.identity.userArn` and its kin, without the rest of `$context`."""
    room, _, member = name.partition(".")
    field = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", member).lower()
    if room != "identity" or field == "client_cert" or field not in Identity.__dataclass_fields__:
        return None
    return lambda exchange: getattr(identity_of(exchange), field)


def _context(names: tuple[str, ...]) -> Read:
    def read(exchange: Exchange) -> Any:
        value: Any = context_of(exchange)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return None if isinstance(value, dict | list) else value

    return read


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _integration_latency(exchange: Exchange) -> int | None:
    """None of a request that did not come so far."""
    return _milliseconds(exchange.integration_latency) if exchange.integration_latency else None


def _quoted_error(exchange: Exchange) -> str | None:
    return json.dumps(exchange.error_message, ensure_ascii=False) if exchange.error_message else None


# What most formats name, read without making all of `$context`, and what only access logs know.
_READERS: Final[dict[str, Read]] = {
    "accountId": lambda exchange: exchange.stage.account_id if exchange.stage else None,
    "apiId": lambda exchange: exchange.stage.api_id if exchange.stage else None,
    "domainName": lambda exchange: exchange.authority,
    "error.message": lambda exchange: exchange.error_message,
    "error.messageString": _quoted_error,
    "error.responseType": lambda exchange: exchange.error_type,
    "error.validationErrorString": lambda exchange: exchange.error_validation,
    "extendedRequestId": lambda exchange: extended_request_id(exchange.request_id),
    "httpMethod": lambda exchange: exchange.http_method,
    "identity.sourceIp": lambda exchange: exchange.source_ip,
    "identity.userAgent": lambda exchange: first_header(exchange.headers, b"user-agent"),
    "integration.error": lambda exchange: exchange.integration_error,
    "integration.integrationStatus": lambda exchange: exchange.integration_status or None,
    "integration.latency": _integration_latency,
    "integration.status": lambda exchange: exchange.integration_status or None,
    "integrationErrorMessage": lambda exchange: exchange.integration_error,
    "integrationLatency": _integration_latency,
    "integrationStatus": lambda exchange: exchange.integration_status or None,
    "protocol": lambda exchange: exchange.protocol,
    "requestId": lambda exchange: exchange.request_id,
    "requestTime": lambda exchange: clf_time(exchange.request_time),
    "requestTimeEpoch": lambda exchange: int(exchange.request_time * 1000),
    "resourcePath": lambda exchange: exchange.plan.resource_path if exchange.plan else None,
    "responseLatency": lambda exchange: _milliseconds(monotonic() - exchange.started),
    "responseLength": lambda exchange: exchange.response_length,
    "stage": lambda exchange: exchange.stage.stage_name if exchange.stage else None,
    "status": lambda exchange: exchange.response_status or None,  # None: the client left before its answer
    "xrayTraceId": lambda exchange: exchange.trace_id,
}
# Of these no sign needs an escape; a text in quotes of its own keeps them.
_PLAIN: Final = frozenset(
    (
        *(
            "accountId",
            "apiId",
            "error.messageString",
            "error.responseType",
            "extendedRequestId",
            "httpMethod",
            "identity.sourceIp",
        ),
        *("integration.integrationStatus", "integration.latency", "integration.status", "integrationLatency"),
        *("integrationStatus", "protocol", "requestId", "requestTime", "requestTimeEpoch", "responseLatency"),
        *("responseLength", "stage", "status"),
    )
)
