"""A reporter over a console that is scripted."""

import asyncio
import logging
from types import SimpleNamespace

import pytest

from dataplane.limits.ledger import Ledger
from dataplane.node.reporter import Reporter
from dataplane.snapshot import SCHEMA_VERSION, NodeReport
from tests.dataplane.node.console import SECONDS


class Console:
    """Fails in a way that nobody expects, so many times."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.calls = 0

    def report(self, body: bytes) -> None:
        self.calls += 1
        if self.calls <= self.failures:
            raise ValueError("a header that holds a line break")


def test_an_unexpected_failure_is_said_once_and_the_next_report_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    report = NodeReport(
        schema_version=SCHEMA_VERSION,
        node_id="n",
        version="0",
        origin="",
        generation=0,
        workers=1,
        started_at=0.0,
    )
    sharing = SimpleNamespace(hub=SimpleNamespace(ledger=Ledger()), recorded=lambda quotas: None)
    node = SimpleNamespace(contact=SimpleNamespace(lost=False), report=lambda counts, usage: report, sharing=sharing)
    console = Console(failures=2)

    async def scene() -> None:
        reporter = Reporter(node, console)  # type: ignore[arg-type]
        running = asyncio.create_task(reporter.run())
        async with asyncio.timeout(SECONDS):
            while console.calls < 3:
                reporter.hurry()
                await asyncio.sleep(0.01)
        running.cancel()

    caplog.set_level(logging.WARNING)
    asyncio.run(scene())
    (said,) = caplog.messages
    assert "does not take this node's reports: sending them fails (ValueError)" in said
