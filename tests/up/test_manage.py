import subprocess
import sys

from tests.house import ROOT


def test_a_python_without_the_packages_is_told_what_to_run():
    no_packages = [sys.executable, "-S", "manage.py", "up"]
    done = subprocess.run(no_packages, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "stagedoor: Django is not installed here: run make up, or .venv/bin/python manage.py\n"
