"""The frames of an event stream, as Lambda writes them. Source: Smithy, "Amazon Event Stream Specification"."""

import json
import struct
from binascii import crc32


def frame(payload: bytes = b"", **headers: str) -> bytes:
    """`event_type="PayloadChunk"` is the header `:event-type`."""
    named = {f":{name.replace('_', '-')}": value for name, value in headers.items()}
    written = b"".join(
        struct.pack(f">B{len(name)}sBH{len(value)}s", len(name), name.encode(), 7, len(value), value.encode())
        for name, value in named.items()
    )
    prelude = struct.pack(">II", 16 + len(written) + len(payload), len(written))
    message = prelude + struct.pack(">I", crc32(prelude)) + written + payload
    return message + struct.pack(">I", crc32(message))


def chunk(payload: bytes) -> bytes:
    return frame(payload, event_type="PayloadChunk", message_type="event", content_type="application/octet-stream")


def complete(code: str = "", details: str = "") -> bytes:
    told = {"ErrorCode": code, "ErrorDetails": details} if code else {}
    return frame(json.dumps(told).encode(), event_type="InvokeComplete", message_type="event")


def streamed(*payloads: bytes) -> bytes:
    return b"".join(map(chunk, payloads)) + complete()
