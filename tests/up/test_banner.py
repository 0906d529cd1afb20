import re
import subprocess
import sys
from pathlib import Path

from console.up import banner
from tests.house import ROOT

WAYS = {
    "console": "http://127.0.0.1:8000",
    "user": "admin",
    "aws_config": Path("/a home/aws/config"),
    "aws_credentials": Path("/a home/aws/credentials"),
    "curl": "curl http://127.0.0.1:8080/x",
}


def test_the_ready_line_names_both_addresses():
    line = banner.ready_line("http://127.0.0.1:8000", "http://127.0.0.1:8080")
    assert line == "ready: console http://127.0.0.1:8000  gateway http://127.0.0.1:8080"


def test_the_first_password_is_shown():
    assert re.search("user: admin +password: s3cret", banner.ways_in(**WAYS, password="s3cret"))


def test_a_password_that_was_changed_is_not_known():
    assert "password: as you set it" in banner.ways_in(**WAYS, password="")


def test_a_path_with_a_blank_can_be_pasted():
    assert "AWS_CONFIG_FILE='/a home/aws/config' " in banner.ways_in(**WAYS, password="")


def test_a_reader_that_is_gone_hinders_nothing():
    says = "from console.up.banner import Narrator\nsay = Narrator()\nsay('one')\ninput()\nsay('two')\nsay('three')"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", says], cwd=ROOT, text=True, **pipes)
    assert process.stdout is not None
    assert process.stdout.readline().endswith("one\n")
    process.stdout.close()
    _, errors = process.communicate("\n", timeout=30)
    assert (process.returncode, errors) == (0, "")
