"""Every test of the engine runs on both loops, and leaves no error in the log and no unretrieved exception."""

import asyncio
import gc
import logging
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
import uvloop

Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[Run]:
    factory = uvloop.new_event_loop if request.param == "uvloop" else asyncio.new_event_loop

    def run_to_its_end(test: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(test)

    gc.freeze()  # so that the collection below walks what the test made, and not the whole of Django
    yield run_to_its_end
    gc.collect()
    gc.unfreeze()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
