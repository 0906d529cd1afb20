"""A transport without a socket: what is written is kept, what is fed is read while reading is not paused."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Any


class Wire(asyncio.Transport):
    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__({"peername": ("192.0.2.1", 1), "sockname": ("192.0.2.2", 80)})
        self._loop = asyncio.get_running_loop()
        self._protocol = protocol
        self._pieces: deque[bytes] = deque()
        self._paused = False
        self._lost = False
        self.written = bytearray()
        self.ended = False  # closed, aborted, or half-closed by this side
        protocol.connection_made(self)

    async def feed(self, pieces: Iterable[bytes]) -> None:
        """As a loop would: one piece per turn, while this side reads."""
        self._pieces.extend(pieces)
        for _ in range(20 + 4 * len(self._pieces)):
            if self._pieces and not self._paused and not self._lost:
                self._protocol.data_received(self._pieces.popleft())
            await asyncio.sleep(0)

    async def shut(self) -> None:
        """The other side closes its sending side, once this one has read what was sent."""
        await self.feed(())
        if not (self._paused or self.ended or self._lost) and not self._protocol.eof_received():
            self.close()
        await self.feed(())

    def lose(self, error: Exception | None = None) -> None:
        if not self._lost:
            self._lost = True
            if error is None and not self.ended:
                self._protocol.eof_received()
            self._protocol.connection_lost(error)

    # asyncio.Transport

    def write(self, data: Any) -> None:
        assert not self._lost or self.ended
        self.written += data

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.ended = True

    def close(self) -> None:
        self.ended = True
        self._loop.call_soon(self.lose)

    abort = close

    def is_closing(self) -> bool:
        return self.ended or self._lost

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0
