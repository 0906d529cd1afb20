"""A scripted backend in a thread of its own, for tests whose other side is a process."""

import asyncio
import threading
from typing import Any

from tests.dataplane.execution import Backend
from tests.dataplane.sides import SECONDS


class Served:
    def __init__(self, script: Any) -> None:
        self.backend = Backend(script)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Backend:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.backend.start(), self._loop).result(SECONDS)
        return self.backend

    def __exit__(self, *error: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS)
        self._loop.close()

    async def _end(self) -> None:
        self.backend.stop()
        own = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not own]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
