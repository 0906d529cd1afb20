import os
import subprocess
import sys

import pytest

from console.up.lock import only_one
from console.up.refusal import Refusal


def test_a_second_start_in_the_same_home_is_told_who_runs(tmp_path):
    refused = pytest.raises(Refusal, match=rf"already runs in {tmp_path} \(pid {os.getpid()}\)")
    with only_one(tmp_path), refused, only_one(tmp_path):
        raise AssertionError("two at once")


def test_the_lock_goes_with_a_process_that_is_killed(tmp_path):
    holder = "import os, pathlib; from console.up.lock import only_one\n"
    holder += f"with only_one(pathlib.Path({str(tmp_path)!r})): os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", holder], check=False).returncode == -9
    with only_one(tmp_path):
        assert (tmp_path / "up.lock").read_text() == str(os.getpid())
