"""Anything at all, for some seconds: no crash, nothing that hangs, nothing that another reader reads otherwise.

`python -m tests.fuzz 600` goes on for ten minutes, with other seeds than these.
"""

import pytest

from tests.fuzz.__main__ import FUZZERS, endure

SECONDS = 4.0
SEEDS = 500


@pytest.mark.parametrize("name", FUZZERS)
def test_the_engine_survives_any(name: str) -> None:
    assert endure(FUZZERS[name], first=0, seconds=SECONDS, least=SEEDS) >= SEEDS
