"""The corpus, through a deployed stage: what is ambiguous is refused and reaches no backend, what is legal passes."""

import asyncio
import re
from collections import Counter
from types import ModuleType

import pytest

from tests.dataplane.execution import House, in_house
from tests.dataplane.listener.corpus import HOST, Case, framing, heads, sequences
from tests.dataplane.proxying import proxying
from tests.dataplane.sides import SECONDS

CASES = (*framing.CASES, *heads.CASES, *sequences.CASES)
# Behind what passes, so that the connection ends; where the case itself ends it, nobody reads this.
LAST = b"GET /dev/last HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"


async def exchange(house: House, sent: bytes, piece: int) -> bytes:
    """All that comes back until the gateway ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    for start in range(0, len(sent), piece):
        if not writer.transport.is_closing():
            writer.write(sent[start : start + piece])
        await asyncio.sleep(0)
    try:
        async with asyncio.timeout(SECONDS):
            return await reader.read()
    finally:
        writer.transport.abort()


async def is_as_it_says(house: House, case: Case, piece: int) -> None:
    house.backend.seen.clear()
    said = await exchange(house, case.sent if case.refused else case.sent + LAST, piece)
    seen = [(message.start.removesuffix(" HTTP/1.1"), message.body) for message in house.backend.seen]
    statuses = re.findall(rb"HTTP/1\.1 (\d{3}) ", said)
    assert [request for request in seen if request != ("GET /last", b"")] == list(case.reaches), case
    assert statuses == [b"200"] * len(seen) + [b"400"] * case.refused, case
    if case.refused:
        assert b"Connection: close\r\n" in said[said.rindex(b"HTTP/1.1 400") :], case


@pytest.mark.parametrize("case", CASES, ids=str)
def test_in_one_piece(case: Case) -> None:
    async def scenario(house: House) -> None:
        house.deploy(proxying())
        await is_as_it_says(house, case, len(case.sent) + len(LAST))
        read_at_once = len(case.sent) < 16 * 1024
        if case.refused and not case.reaches and read_at_once:
            assert house.backend.connections == 0

    in_house(scenario)


@pytest.mark.parametrize("table", [framing, heads, sequences])
@pytest.mark.parametrize("pieces", [7, 100])
def test_in_pieces(table: ModuleType, pieces: int) -> None:
    """The beginning of a body may have reached the backend by then, as bodies stream: never the end of such a one."""

    async def scenario(house: House) -> None:
        house.deploy(proxying())
        for case in table.CASES:
            await is_as_it_says(house, case, max(1, len(case.sent) // pieces))

    in_house(scenario)


def test_every_case_has_a_name_of_its_own_and_a_source() -> None:
    assert [name for name, count in Counter(f"{case.source} {case.name}" for case in CASES).items() if count > 1] == []
    assert all(case.source for case in CASES)


def test_there_are_as_many_neighbours_as_make_refusing_everything_fail() -> None:
    assert sum(not case.refused for case in CASES) > 40
