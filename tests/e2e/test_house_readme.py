"""The README's tour, as a reader pastes it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import ROOT, House, path_with_curl

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("house")]


def tour() -> str:
    text = (ROOT / "README.md").read_text()
    chapter = text.split("\n## Quick tour\n")[1].split("\n## ")[0]
    return "\n".join(re.findall(r"```sh\n(.*?)```", chapter, re.DOTALL))


def test_the_tour_works_as_pasted(house: House, tmp_path: Path):
    script = tour()
    said = re.findall(r"# ((?:Hello|Goodbye), Ada!)$", script, re.MULTILINE)
    assert len(said) == 5
    # This house has other ports and another home than one that was started with `make up`; boto3 is installed already.
    script = script.replace("127.0.0.1:8080", f"127.0.0.1:{house.port('GATEWAY')}")
    script = script.replace(".venv/bin/python -m pip install --quiet boto3", ":").replace("curl ", "curl -sS ")
    (tmp_path / ".stagedoor").symlink_to(house.home)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={"PATH": path_with_curl(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == said
    assert not (tmp_path / "tour.py").exists()


def test_the_memory_of_each_process_is_stated():
    table = (ROOT / "README.md").read_text().split("| process | MiB |")[1]
    rows = re.findall(r"^\| (.+?) \| (\d+) \|$", table, re.MULTILINE)
    *parts, (last, total) = [(name, int(mib)) for name, mib in rows]
    assert last == "all"
    assert len(parts) == 8
    assert abs(sum(mib for _, mib in parts) - total) <= 2
