"""Binary media types and `contentHandling`: when a body is text, when it is bytes, and when one becomes the other.

Source: developer guide, "Content type conversions in API Gateway"; behaviours 65, 78, 87. What nobody asked to convert
passes byte for byte, and streams.
"""

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from dataplane.exchange import Exchange
from dataplane.faults import GatewayFault
from dataplane.http1.body import Whole
from dataplane.plan import Answer, Convert
from dataplane.snapshot import ContentHandling
from dataplane.steps.scope import first_header
from dataplane.steps.templates import media_type

Conversion: TypeAlias = Callable[[bytes], bytes]


class BinaryTypes:
    """An API's `binaryMediaTypes`. `image/*` holds every image, `*/*` everything; no other wildcard holds anything."""

    __slots__ = ("_everything", "_exact", "_kinds")

    def __init__(self, types: Iterable[str]) -> None:
        listed = {name.strip().lower() for name in types}
        self._everything = "*/*" in listed
        self._exact = frozenset(name for name in listed if not name.startswith("*"))
        self._kinds = frozenset(name[:-1] for name in self._exact if name.endswith("/*"))

    def __contains__(self, name: str) -> bool:
        return self._everything or name in self._exact or f"{name.partition('/')[0]}/" in self._kinds


def compile_binary_types(types: Iterable[str]) -> BinaryTypes | None:
    listed = tuple(types)
    return BinaryTypes(listed) if listed else None


# requests


@dataclass(frozen=True, slots=True)
class RequestContent:
    types: BinaryTypes | None
    handling: ContentHandling | None

    def is_bytes(self, content_type: str) -> bool:
        """Whether a template would read raw bytes."""
        if self.handling == "CONVERT_TO_BINARY":
            return True
        return self.handling is None and self._binary(content_type)

    def convert(self, exchange: Exchange) -> None:
        """Raises GatewayFault."""
        conversion = self._conversion(first_header(exchange.headers, b"content-type"))
        if conversion is not None and exchange.request_body:
            exchange.request_body = conversion(exchange.request_body)
            exchange.body = Whole(exchange.request_body)

    def _conversion(self, content_type: str) -> Conversion | None:
        if self._binary(content_type):
            return base64.b64encode if self.handling == "CONVERT_TO_TEXT" else None
        return from_base64 if self.handling == "CONVERT_TO_BINARY" else _as_text

    def _binary(self, content_type: str) -> bool:
        return self.types is not None and media_type(content_type) in self.types


def compile_request_content(types: BinaryTypes | None, handling: ContentHandling | None) -> RequestContent | None:
    """None where no body is anything but text, and none is converted."""
    return None if types is None and handling is None else RequestContent(types, handling)


def compile_convert(types: BinaryTypes | None, handling: ContentHandling | None) -> Convert | None:
    """None where every body passes as it is."""
    return None if handling is None else RequestContent(types, handling).convert


def refuse_bytes(body: bytes) -> None:
    """A template reads text. Raises GatewayFault."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise GatewayFault("API_CONFIGURATION_ERROR", detail=f"Unable to transform: {error}") from error


# answers


@dataclass(frozen=True, slots=True)
class ResponseContent:
    types: BinaryTypes | None
    handling: ContentHandling | None

    def conversion(self, exchange: Exchange, answer: Answer) -> Conversion | None:
        """None: the body passes as it is."""
        if answer.body.length == 0 or exchange.http_method == "HEAD":
            return None
        binary = self._listed(first_header(answer.headers, b"content-type"))
        if self.handling == "CONVERT_TO_TEXT":
            return base64.b64encode if binary else _as_text
        if self.handling == "CONVERT_TO_BINARY":
            return None if binary else from_base64
        if binary is self.wants_bytes(exchange):
            return None
        return base64.b64encode if binary else from_base64

    def is_bytes(self, exchange: Exchange) -> bool:
        """Whether a template would read raw bytes."""
        if self.handling is None:
            return self.wants_bytes(exchange)
        return self.handling == "CONVERT_TO_BINARY"

    def wants_bytes(self, exchange: Exchange) -> bool:
        """Of several accepted types the first one counts."""
        return self._listed(first_header(exchange.headers, b"accept").partition(",")[0])

    def _listed(self, header: str) -> bool:
        return self.types is not None and media_type(header) in self.types


def compile_response_content(types: BinaryTypes | None, handling: ContentHandling | None) -> ResponseContent | None:
    return None if types is None and handling is None else ResponseContent(types, handling)


def from_base64(body: bytes) -> bytes:
    """Raises GatewayFault."""
    text = b"".join(body.split()).rstrip(b"=")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise GatewayFault("API_CONFIGURATION_ERROR", detail=f"Unable to base64 decode the body: {error}") from error


def _as_text(body: bytes) -> bytes:
    return body if body.isascii() else body.decode("utf-8", "replace").encode()
