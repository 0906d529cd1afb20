"""Anything at all: no crash, nothing that hangs, nothing that another reader reads otherwise.

`python -m tests.fuzz 600` goes on for ten minutes, with other seeds than these.
"""

import pytest

from tests.fuzz.__main__ import FUZZERS, endure

# As many seeds as take a machine that has nothing else to do some four seconds: the same ones on any machine.
SEEDS = {"requests": 7_000, "connections of clients": 1_300, "answers": 5_500, "connections to backends": 2_000}


@pytest.mark.parametrize("name", FUZZERS)
def test_the_engine_survives_any(name: str) -> None:
    assert endure(FUZZERS[name], range(SEEDS[name])) == SEEDS[name]
