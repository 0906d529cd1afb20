"""What every test may use. The real parts behind it, PostgreSQL and Valkey, are started by tests/settings.py."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from hypothesis import HealthCheck, settings

from tests.clients import terraform
from tests.house import House

# How long an example takes, to make or to try, is a matter of what else the machine does; and what fails does so in
# every run. `--hypothesis-profile=explore` tries others.
_HERE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", _HERE)
settings.register_profile("stagedoor", _HERE, derandomize=True)
settings.load_profile("stagedoor")

# Django's test server writes head and body apart: on a connection that is kept, Nagle's algorithm holds the body back.
WSGIRequestHandler.disable_nagle_algorithm = True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a machine lacks is said aloud; `make clients` fails for it."""
    if sentence := terraform.missing():
        terminalreporter.section("not tested", red=True, bold=True)
        terminalreporter.line(sentence, red=True, bold=True)


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """The whole house with its demo, started once for all tests that only use it."""
    with tempfile.TemporaryDirectory(prefix="stagedoor-house-") as folder:
        house = House(Path(folder) / "home").start()
        try:
            house.wait_ready()
            yield house
        finally:
            house.kill()
