"""Settings of a node that lives in a test's folder."""

from pathlib import Path
from typing import Any

from dataplane.settings import Settings
from tests.dataplane.node.console import TOKEN


def settings_in(home: Path, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "node_id": "node-1",
        "home": home,
        "console_url": "http://127.0.0.1:1",
        "node_token": TOKEN,
        "host": "127.0.0.1",
        "gateway_port": 0,
        "node_host": "127.0.0.1",
        "node_port": 0,
        "workers": 1,
        "poll_seconds": 0.05,
        "account_id": "000000000000",
        "region": "us-east-1",
        "domain": "localhost",
        "log_level": "INFO",
    }
    return Settings(**{**values, **changes})
