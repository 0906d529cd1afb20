"""PostgreSQL and Valkey for a test session, in a folder that goes with it. Durability is off: nothing is to last."""

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from console.up import postgres, processes, valkey
from console.up.children import Part

NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def start_missing(environment: Mapping[str, str]) -> dict[str, str]:
    """What to add to the environment."""
    found: dict[str, str] = {}
    wanted = {"STAGEDOOR_HOME", "DATABASE_URL", "VALKEY_URL"} - {name for name, value in environment.items() if value}
    if not wanted:
        return found
    folder = Path(tempfile.mkdtemp(prefix="stagedoor-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if "STAGEDOOR_HOME" in wanted:
        found["STAGEDOOR_HOME"] = str(folder / "home")
    if "DATABASE_URL" in wanted:
        found["DATABASE_URL"] = start_postgres(folder / "postgres")
    if "VALKEY_URL" in wanted:
        found["VALKEY_URL"] = start_valkey(folder / "valkey")
    return found


def start_postgres(data: Path) -> str:
    url = f"postgres://postgres@/postgres?host={data}"
    programs = postgres.binaries()
    postgres.prepare(programs, data, data)
    _start(postgres.part(programs, data, data, url=url, home=data.parent, options=NOT_DURABLE), data.parent)
    return url


def start_valkey(data: Path) -> str:
    url = f"unix://{data}/valkey.sock"
    options = {"appendonly": "no"}
    _start(valkey.part(valkey.executable(), data, data, url=url, home=data.parent, options=options), data.parent)
    return url


def _start(part: Part, folder: Path) -> None:
    with (folder / f"{part.name}.log").open("ab") as output:
        process = processes.spawn(
            part.command,
            environment=part.environment,
            output=output,
            user=part.user,
            orphaned=part.stop_signal,
        )
    atexit.register(_stop, process, part.stop_signal)
    if not processes.wait_until(part.ready, seconds=60):
        raise RuntimeError(f"{part.name} did not start: {(folder / f'{part.name}.log').read_text()[-2000:]}")


def _stop(process: "subprocess.Popen[bytes]", stop_signal: int) -> None:
    process.send_signal(stop_signal)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=20)
    if process.poll() is None:
        process.kill()
