from collections.abc import Iterator

import pytest

from dataplane.authorizers import function
from dataplane.authorizers.results import Results
from tests.dataplane.aws.node import node
from tests.dataplane.loops import run

__all__ = ["node", "run"]


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Of the results that are kept: a worker's own, of which each test has one that is empty."""
    found = Clock()
    monkeypatch.setattr(function, "RESULTS", Results(found))
    yield found
