"""`python -m tests.chromium`: find Chromium for the browser tests, or install it."""

import os
import shutil
import subprocess
import sys

from tests.browser import chromium_path


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
    if chromium_path() is None:
        _run(sys.executable, "-m", "playwright", "install", "chromium")


def _run(*command: str) -> None:
    print("$", *command, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


def main() -> None:
    if chromium_path() is None:
        print("no Chromium here: installing it (once)", flush=True)
        _install()
    path = chromium_path()
    if path is None:
        sys.exit("The browser tests need Chromium, and it could not be installed: install chromium, then try again.")
    print(path)


if __name__ == "__main__":
    main()
