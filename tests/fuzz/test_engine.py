"""Anything at all, for some seconds: no crash, nothing that hangs, nothing that another reader reads otherwise.

`python -m tests.fuzz 600` goes on for ten minutes, with other seeds than these.
"""

from tests.fuzz import asking, listening
from tests.fuzz.__main__ import SEEDS, endure

SECONDS = 6.0


def test_the_listener_survives_any_request() -> None:
    counted = endure(lambda seed: listening.fuzz(seed, SEEDS), first=0, seconds=SECONDS)
    assert counted > 1000


def test_the_upstream_survives_any_answer() -> None:
    counted = endure(asking.fuzz, first=0, seconds=SECONDS)
    assert counted > 1000
