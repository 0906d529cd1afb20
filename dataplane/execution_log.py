"""What one request went through, in the words of Amazon API Gateway's execution logs, and step by step.

Source of the words: developer guide, "Use the API Gateway console to test a method"; log lines that users of AWS have
published. Headers and bodies are cut near 1,000 characters, as AWS cuts them (behaviours 105).
"""

import time
from collections.abc import Iterable
from typing import Any, Final

from dataplane.exchange import Headers
from dataplane.snapshot import DraftStep

MAX_TEXT: Final = 1_000  # characters of a line
MAX_VALUE: Final = 64 * 1024  # and of a body in a step
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SECRET: Final = frozenset(("authorization", "proxy-authorization", "x-api-key", "cookie", "x-amz-security-token"))


class ExecutionLog:
    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self.steps: list[DraftStep] = []
        self.failed = False
        self._lines: list[tuple[float, str]] = []

    def line(self, text: str) -> None:
        self._lines.append((time.time(), text))

    def step(self, name: str, given: Any, made: Any, began: float) -> None:
        """`began` by time.monotonic."""
        milliseconds = (time.monotonic() - began) * 1000
        self.steps.append(DraftStep(name=name, input=given, output=made, milliseconds=milliseconds))

    def text(self) -> str:
        """As TestInvokeMethod gives it."""
        lines = "".join(f"{_moment(moment)} : {text}\n" for moment, text in self._lines)
        return f"Execution log for request {self.request_id}\n{lines}"


def cut(text: str, most: int = MAX_TEXT) -> str:
    return text if len(text) <= most else f"{text[:most]} [TRUNCATED]"


def pairs_text(pairs: Iterable[tuple[str, str]]) -> str:
    """A map as Java prints it; of what proves who somebody is, the last characters."""
    shown = (f"{name}={masked(value) if name.lower() in _SECRET else value}" for name, value in pairs)
    return cut("{" + ", ".join(shown) + "}")


def headers_text(headers: Headers) -> str:
    return pairs_text((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def headers_value(headers: Headers) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        shown = value.decode("latin-1")
        key = name.decode("latin-1")
        found.setdefault(key, []).append(masked(shown) if key.lower() in _SECRET else shown)
    return found


def body_text(body: bytes) -> str:
    return cut(body.decode("utf-8", "replace"))


def body_value(body: bytes) -> str:
    return cut(body[: 4 * MAX_VALUE].decode("utf-8", "replace"), MAX_VALUE)


def masked(value: str) -> str:
    shown = 6 if len(value) > 12 else 0
    return "*" * (len(value) - shown) + value[len(value) - shown :]


def _moment(moment: float) -> str:
    t = time.gmtime(moment)
    clock = f"{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02}"
    return f"{_DAYS[t.tm_wday]} {_MONTHS[t.tm_mon - 1]} {t.tm_mday:02} {clock} UTC {t.tm_year}"
