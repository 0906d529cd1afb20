"""As much load as a contender takes (wrk), and what it cost."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import NamedTemporaryFile

from benchmarks.contenders import Contender
from benchmarks.machine import program
from benchmarks.processes import pinned

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
# What browsers send, where a case asks for it.
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-US,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Referer": "https://www.example.com/somewhere/else",
    "Cookie": "session=8d7f6a5b4c3d2e1f; theme=dark",
    "Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "X-Request-Id": "2f1c9a60-2e9e-4a8b-9e1d-0b1d2c3e4f50",
}


# A path and a header that are others in each request, for wrk.
VARIED = """
local number = 0
request = function()
    number = number + 1
    wrk.headers["X-Request-Id"] = string.format("2f1c9a60-2e9e-4a8b-9e1d-%012x", number)
    return wrk.format(nil, wrk.path .. "/" .. number)
end
"""


@dataclass(frozen=True)
class Sample:
    cpu_us: float  # of all processes of the contender, per request
    per_second: float
    p50_ms: float
    p99_ms: float


def saturate(
    contender: Contender,
    path: str,
    *,
    connections: int,
    seconds: int,
    headers: Mapping[str, str] | None = None,
    script: str = "",
    cores: tuple[int, ...] | None = None,
) -> Sample:
    """`script`: wrk's, in Lua. Raises SystemExit where not every answer was a good one."""
    command = [program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for name, value in {**(headers or {}), **contender.headers}.items():
        command += ["-H", f"{name}: {value}"]
    with NamedTemporaryFile("w", suffix=".lua") as file:
        if script:
            file.write(script)
            file.flush()
            command += ["-s", file.name]
        before = contender.child.cpu_seconds()
        command.append(contender.url(path))
        ran = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, preexec_fn=pinned(cores))
        used = contender.child.cpu_seconds() - before
    return _read(ran.stdout + ran.stderr, used, f"{contender.name} {path}")


def _read(text: str, cpu_seconds: float, what: str) -> Sample:
    total = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)", text)
    if total is None or "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"benchmarks: {what}: {text}")
    count = int(total[1])
    return Sample(
        cpu_seconds / count * 1e6,
        count / (float(total[2]) * _UNITS[total[3]] / 1000),
        _percentile(text, 50),
        _percentile(text, 99),
    )


def _percentile(text: str, which: int) -> float:
    found = re.search(rf"{which}%\s+([\d.]+)(us|ms|s|m)\b", text)
    assert found, text
    return float(found[1]) * _UNITS[found[2]]
