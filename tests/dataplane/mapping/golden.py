"""Answers of Apache Velocity 1.7 and Jayway JsonPath, pinned by oracle/pin.py."""

import json
from pathlib import Path
from typing import Any


def golden(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "golden" / name).read_text())
    return found
