"""The trace header that a backend gets. Source: X-Ray developer guide, "Tracing header"; behaviours 104."""

import re

import pytest

from dataplane.trace import trace_id

ROOT, PARENT = "1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8"
EPOCH = 0x5759E988 + 0.5


@pytest.mark.parametrize(
    ("sent", "passed"),
    [
        (f"Root={ROOT};Parent={PARENT};Sampled=0", f"Root={ROOT};Parent={PARENT};Sampled=0"),
        (f"Root={ROOT};Parent={PARENT}", f"Root={ROOT};Parent={PARENT};Sampled=1"),
        (f"Root={ROOT};Sampled=1", rf"Root={ROOT};Parent=[0-9a-f]{{16}};Sampled=1"),
        (f"Root={ROOT}", rf"Root={ROOT};Parent=[0-9a-f]{{16}};Sampled=0"),
        (f"Parent={PARENT}", rf"Root=1-5759e988-[0-9a-f]{{24}};Parent={PARENT};Sampled=1"),
        ("", r"Root=1-5759e988-[0-9a-f]{24}"),
    ],
)
def test_what_the_client_said_is_kept_and_the_rest_is_made(sent: str, passed: str) -> None:
    assert re.fullmatch(passed, trace_id(sent, EPOCH))


def test_each_root_is_another() -> None:
    assert len({trace_id("", EPOCH) for _ in range(100)}) == 100
