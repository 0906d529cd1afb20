"""The line that a finished request leaves: a stage's `accessLogSettings/format`, compiled.

Variables are those of `$context`, and those that only access logs know. What is unknown or null prints `-`. What
requests and backends say stays in its place: it ends no line, closes no quote, and opens no tag. Source: developer
guide, "Set up CloudWatch API logging" and "$context variables for CloudWatch access logging only"; behaviours 103.
"""

import html
import json
import re
from collections.abc import Callable
from functools import lru_cache
from time import monotonic
from typing import Any, Final, Protocol, TypeAlias

from dataplane.exchange import Exchange
from dataplane.mapping.context import clf_time
from dataplane.mapping.vtl.java import text
from dataplane.snapshot import StageEntry
from dataplane.steps.scope import IDENTITY, context_of
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
    """One line, without its end: a function that is one f-string, so that no variable is looked up per request."""
    source = _CONTROL.sub(" ", source.rstrip("\r\n"))
    escape = _escape(source)
    names = dict(_NAMES)
    texts = _VARIABLE.split(source)  # text, name, text, name, ..., text
    pieces = [repr(texts[0])]
    for name, after in zip(texts[1::2], texts[2::2], strict=True):
        pieces += [f'f"{{{_expression(name, escape, names)}}}"', repr(after)]
    line: Callable[[Exchange], str] = eval(f"lambda x: {' '.join(pieces)}", names)  # noqa: S307  reprs and our own names
    return line


def _expression(name: str, escape: Escape, names: dict[str, Any]) -> str:
    """Python that reads a variable of `x`; what it calls is put into `names`."""
    if plain := _PLAIN.get(name):
        return plain
    read = _TEXTS.get(name) or (_identity(name) if name.startswith("identity.") else _context(tuple(name.split("."))))
    if read is None:
        return "UNKNOWN"
    called = f"read{len(names)}"
    names[called] = _printed(read, lru_cache(maxsize=256)(escape) if name in _OURS else escape)
    return f"{called}(x)"


def _escape(source: str) -> Escape:
    """By what the format looks like: JSON, XML, or text with quoted parts, where Apache's logs use a backslash."""
    quote = _quote(source.lstrip()[:1])
    return lambda value: _CONTROL.sub(_hexadecimal, quote(value))


def _quote(begin: str) -> Escape:
    if begin == "{":
        return lambda value: json.dumps(value, ensure_ascii=False)[1:-1]
    if begin == "<":
        return html.escape
    return lambda value: value.replace("\\", "\\\\").replace('"', '\\"')


def _printed(read: Read, escape: Escape) -> Callable[[Exchange], str]:
    def printed(exchange: Exchange) -> str:
        value = read(exchange)
        if value is None or value == "":
            return _UNKNOWN
        return escape(text(value))

    return printed


def _hexadecimal(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _identity(name: str) -> Read | None:
    """`$context.identity.sourceIp` and its kin, without the rest of `$context`. None: nothing is known of it."""
    member = name.partition(".")[2]
    return IDENTITY.get(re.sub(r"(?<=[a-z])([A-Z])", r"_\1", member).lower())


def _context(names: tuple[str, ...]) -> Read:
    def read(exchange: Exchange) -> Any:
        value: Any = context_of(exchange)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return None if isinstance(value, dict | list) else value

    return read


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _quoted(message: str) -> str:
    return json.dumps(message, ensure_ascii=False)


# What most formats name, and what only access logs know, read without making all of `$context`: Python of `x`, the
# exchange. Of these no sign needs an escape; a text in quotes of its own keeps them.
_INTEGRATION_STATUS: Final = "x.integration_status or UNKNOWN"
_INTEGRATION_LATENCY: Final = "milliseconds(x.integration_latency) if x.integration_latency else UNKNOWN"
_PLAIN: Final[dict[str, str]] = {
    "accountId": "x.stage.account_id if x.stage else UNKNOWN",
    "apiId": "x.stage.api_id if x.stage else UNKNOWN",
    "error.messageString": "quoted(x.error_message) if x.error_message else UNKNOWN",
    "error.responseType": "x.error_type or UNKNOWN",
    "extendedRequestId": "extended_request_id(x.request_id)",
    "httpMethod": "x.http_method",
    "identity.sourceIp": "x.source_ip",
    "integration.integrationStatus": _INTEGRATION_STATUS,
    "integration.latency": _INTEGRATION_LATENCY,
    "integration.status": _INTEGRATION_STATUS,
    "integrationLatency": _INTEGRATION_LATENCY,
    "integrationStatus": _INTEGRATION_STATUS,
    "protocol": "x.protocol",
    "requestId": "x.request_id",
    "requestTime": "clf_time(x.request_time)",
    "requestTimeEpoch": "int(x.request_time * 1000)",
    "responseLatency": "milliseconds(monotonic() - x.started)",
    "responseLength": "x.response_length",
    "stage": "x.stage.stage_name if x.stage else UNKNOWN",
    "status": "x.response_status or UNKNOWN",  # none: the client left before its answer
}
_NAMES: Final[dict[str, Any]] = {
    "UNKNOWN": _UNKNOWN,
    "clf_time": clf_time,
    "extended_request_id": extended_request_id,
    "milliseconds": _milliseconds,
    "monotonic": monotonic,
    "quoted": _quoted,
}
_TEXTS: Final[dict[str, Read]] = {
    "domainName": lambda exchange: exchange.authority,
    "error.message": lambda exchange: exchange.error_message,
    "error.validationErrorString": lambda exchange: exchange.error_validation,
    "integration.error": lambda exchange: exchange.integration_error,
    "integrationErrorMessage": lambda exchange: exchange.integration_error,
    "resourcePath": lambda exchange: exchange.plan.resource_path if exchange.plan else None,
    "xrayTraceId": lambda exchange: exchange.trace_id,
}
_OURS: Final = frozenset(("resourcePath",))  # few, for no client makes them up: escaped once
