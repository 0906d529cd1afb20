"""`ulimit -n` is 1024 on most machines, as a soft limit that a process may raise."""

import resource

import pytest

from dataplane.node.files import within_files
from dataplane.settings import Limits

UNLIMITED = resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("before", "after", "connections"),
    [
        ((1024, 1_048_576), 2_256, 1_000),
        ((1024, UNLIMITED), 2_256, 1_000),
        ((1024, 2_256), 2_256, 1_000),
        ((1024, 1256), 1256, 500),
        ((256, 256), 256, 1),
        ((5_000, 5_000), 5_000, 1_000),
        ((UNLIMITED, UNLIMITED), UNLIMITED, 1_000),
    ],
)
def test_a_worker_takes_the_files_it_needs_or_fewer_connections(
    monkeypatch: pytest.MonkeyPatch, before: tuple[int, int], after: int, connections: int
) -> None:
    now = [before]
    monkeypatch.setattr(resource, "getrlimit", lambda kind: now[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda kind, limits: now.append(limits))
    assert within_files(Limits(connections=1_000)).connections == connections
    assert now[-1] == (after, before[1])
