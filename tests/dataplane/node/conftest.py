from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dataplane.node.backend import HeldBackend
from tests.dataplane.node.console import Console
from tests.dataplane.node.running import RunningNode


@pytest.fixture
def console() -> Iterator[Console]:
    console = Console()
    console.start()
    yield console
    if console.running:
        console.stop()


Start = Callable[..., RunningNode]


@pytest.fixture
def start_node(tmp_path: Path, console: Console) -> Iterator[Start]:
    """Nodes of one home, which outlives each of them."""
    nodes: list[RunningNode] = []

    def start(**settings: Any) -> RunningNode:
        nodes.append(RunningNode(tmp_path, console.url, **settings))
        return nodes[-1]

    yield start
    for node in nodes:
        node.kill()


@pytest.fixture
def backend() -> Iterator[HeldBackend]:
    backend = HeldBackend()
    yield backend
    backend.close()
