"""A node's credentials and endpoints in the environment, and nothing of this machine's own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataplane.aws import roles, sdk
from dataplane.aws.credentials import node_credentials
from tests.dataplane.aws.verifying import KEY, SECRET


class Node:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._patch = monkeypatch
        self.folder = folder

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self._patch.setenv(name, value)
        self.forget()

    def unset(self, *names: str) -> None:
        for name in names:
            self._patch.delenv(name)
        self.forget()

    def forget(self) -> None:
        """As another process would: nothing is known yet of the environment, of files and of roles."""
        for kept in (sdk._session, sdk.endpoint, node_credentials):
            kept.cache_clear()
        roles._KEPT.clear()


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Node]:
    """With credentials, and without an endpoint of its own."""

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    found = Node(monkeypatch, tmp_path)
    found.set(
        AWS_ACCESS_KEY_ID=KEY,
        AWS_SECRET_ACCESS_KEY=SECRET,
        AWS_CONFIG_FILE=str(tmp_path / "config"),
        AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "credentials"),
        AWS_EC2_METADATA_DISABLED="true",
    )
    yield found
    monkeypatch.undo()
    found.forget()
