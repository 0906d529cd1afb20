"""What a Lambda function returns piece by piece: the event stream of `InvokeWithResponseStream`, unpacked as it comes.

Source: botocore, lambda `InvokeWithResponseStream` and its `botocore.eventstream`, which reads the frames.
"""

from collections import deque
from typing import Any

import msgspec

from dataplane.exchange import Body
from dataplane.faults import UpstreamBroken


class FunctionFailed(UpstreamBroken):
    """It ended in an error; `str()` of it is the error's."""


class FunctionStream:
    """A Body: the payload, whatever the frames that it came in."""

    def __init__(self, frames: Body) -> None:
        from botocore.eventstream import EventStreamBuffer  # with the SDK, in a process that calls AWS

        self.length: int | None = None
        self._frames = frames
        self._buffer = EventStreamBuffer()
        self._pieces: deque[bytes] = deque()
        self._ended = False
        self._failure: UpstreamBroken | None = None  # told once what came before it has been taken

    def whole(self) -> bytes | None:
        return None

    async def read(self) -> bytes:
        pieces = []
        while piece := await self.chunk():
            pieces.append(piece)
        return b"".join(pieces)

    async def chunk(self) -> bytes:
        """Raises FunctionFailed, UpstreamFault."""
        while not self._pieces and not self._ended:
            self._unpack(await self._frames.chunk())
        if self._pieces:
            return self._pieces.popleft()
        if self._failure is not None:
            raise self._failure
        while await self._frames.chunk():  # so that the connection can be used again
            pass
        return b""

    async def until(self, delimiter: bytes, most: int) -> bytes | None:
        """What comes before the delimiter, which is taken too; None: it is not within `most` bytes. Raises
        FunctionFailed, UpstreamFault."""
        begin = b""
        while (at := begin.find(delimiter)) < 0:
            piece = await self.chunk()
            begin += piece
            if not piece or len(begin) > most + len(delimiter):
                return None
        if rest := begin[at + len(delimiter) :]:
            self._pieces.appendleft(rest)
        return begin[:at]

    def _unpack(self, data: bytes) -> None:
        from botocore.eventstream import ParserError

        if not data:
            raise UpstreamBroken("the function's stream ended before it was complete")
        self._buffer.add_data(data)
        try:
            for event in self._buffer:
                self._take(event.headers.get(":event-type") or event.headers.get(":exception-type"), event.payload)
        except ParserError as error:
            raise UpstreamBroken(f"not an event stream: {error}") from error

    def _take(self, kind: Any, payload: bytes) -> None:
        if kind == "PayloadChunk":
            if payload:
                self._pieces.append(payload)
        elif kind == "InvokeComplete":
            self._complete(payload)
        else:
            self._ended = True
            self._failure = FunctionFailed(f"{kind}: {payload.decode('utf-8', 'replace')}")

    def _complete(self, payload: bytes) -> None:
        self._ended = True
        try:
            told = msgspec.json.decode(payload or b"{}", type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise UpstreamBroken(f"not the end of a function's stream: {error}") from error
        if told.get("ErrorCode"):
            self._failure = FunctionFailed(f"{told['ErrorCode']}: {told.get('ErrorDetails', '')}")
