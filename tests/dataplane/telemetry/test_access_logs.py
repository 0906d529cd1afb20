import asyncio
import logging
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from dataplane.telemetry import access_logs
from dataplane.telemetry.access_logs import AccessLogs, Files
from tests.dataplane.sides import SECONDS

GROUP = "/aws/apigateway/pets"


def files(folder: Path, *, file_bytes: int = 1_000_000, kept: int = 3) -> Files:
    return Files(folder, file_bytes=file_bytes, files=kept)


def running(folder: Path, work: Callable[[AccessLogs], Coroutine[Any, Any, None]]) -> AccessLogs:
    """`work` beside the writer, then the end."""

    async def run() -> AccessLogs:
        logs = AccessLogs(folder, file_bytes=1_000_000, files=3)
        writing = asyncio.create_task(logs.run())
        await work(logs)
        await logs.close()
        await writing
        return logs

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("group", "path"),
    [
        ("pets", "pets.log"),
        (GROUP, "aws/apigateway/pets.log"),
        ("API-Gateway-Access-Logs_abc/dev", "API-Gateway-Access-Logs_abc/dev.log"),
        ("../../etc/passwd", "%2E%2E/%2E%2E/etc/passwd.log"),
        ("a\\b\x00:*", "a%5Cb%00%3A%2A.log"),
        ("/", "_.log"),
        ("./x", "x.log"),
    ],
)
def test_a_log_group_is_a_file_of_its_own_below_the_folder(tmp_path: Path, group: str, path: str) -> None:
    found = files(tmp_path).path(group)
    assert found == tmp_path / path
    assert found.resolve().is_relative_to(tmp_path)


def test_what_is_appended_stands_behind_what_was_there_and_is_for_the_owner_alone(tmp_path: Path) -> None:
    target = files(tmp_path)
    target.append(GROUP, b"one\n")
    target.append(GROUP, b"two\n")
    path = target.path(GROUP)
    assert path.read_bytes() == b"one\ntwo\n"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_full_file_is_put_aside_and_the_oldest_one_goes(tmp_path: Path) -> None:
    target = files(tmp_path, file_bytes=4)
    for number in range(5):
        target.append("pets", b"%d..\n" % number)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "pets.log.1": b"4..\n",
        "pets.log.2": b"3..\n",
    }


def test_where_one_file_is_kept_a_full_one_goes(tmp_path: Path) -> None:
    files(tmp_path, file_bytes=4, kept=1).append("pets", b"1234\n")
    assert list(tmp_path.iterdir()) == []


WRITER = """
import sys
from pathlib import Path
from dataplane.telemetry.access_logs import Files
target = Files(Path(sys.argv[1]), file_bytes=2000, files=1000)
for number in range(300):
    target.append("pets", f"{sys.argv[2]} {number} {'x' * 50}\\n".encode() * 2)
"""


def test_several_workers_write_one_file_and_lose_no_line_to_each_other(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name]) for name in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    lines = [line for path in tmp_path.iterdir() for line in path.read_text().splitlines()]
    assert len(lines) == 1800
    assert {line.partition(" x")[0] for line in lines} == {
        f"{name} {number}" for name in "abc" for number in range(300)
    }


def test_lines_reach_their_files_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    async def work(logs: AccessLogs) -> None:
        for number in range(100):
            logs.add("a", f"line {number}")
            logs.add("b", "ä")

    logs = running(tmp_path, work)
    assert (tmp_path / "a.log").read_text() == "".join(f"line {number}\n" for number in range(100))
    assert (tmp_path / "b.log").read_text() == "ä\n" * 100
    assert (logs.written, logs.dropped) == (200, 0)


def test_a_line_does_not_wait_for_others(tmp_path: Path) -> None:
    async def work(logs: AccessLogs) -> None:
        logs.add("a", "alone")
        async with asyncio.timeout(SECONDS):
            while not logs.written:
                await asyncio.sleep(0.01)

    running(tmp_path, work)
    assert (tmp_path / "a.log").read_text() == "alone\n"


def test_what_comes_while_a_batch_is_written_is_written_at_the_end(tmp_path: Path) -> None:
    async def work(logs: AccessLogs) -> None:
        logs.add("a", "x" * access_logs.FLUSH_BYTES + "x")
        await asyncio.sleep(0)  # the writer has taken it
        logs.add("a", "last")

    running(tmp_path, work)
    assert (tmp_path / "a.log").read_text().endswith("x\nlast\n")


def test_lines_are_dropped_and_counted_where_the_disk_does_not_keep_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_logs, "MAX_WAITING", 10)

    async def work(logs: AccessLogs) -> None:
        for _ in range(5):
            logs.add("a", "123456")

    logs = running(tmp_path, work)
    assert (logs.written, logs.dropped) == (2, 3)


def test_a_disk_that_takes_nothing_costs_the_lines_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "folder").write_text("a file where the folder should be")

    async def work(logs: AccessLogs) -> None:
        for _ in range(3):
            logs.add("a", "line")
            await logs.flush()

    with caplog.at_level(logging.ERROR):
        logs = running(tmp_path / "folder", work)
    assert (logs.written, logs.dropped, len(caplog.records)) == (0, 3, 1)
