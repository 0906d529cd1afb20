"""`python -m tests.chromium`: find a Chromium that starts for the browser tests, or install one."""

import os
import shutil
import subprocess
import sys

from tests.browser import chromium_path

TRY = "import sys\nfrom tests.browser import opened\nsys.tracebacklimit = 0\nwith opened():\n    pass"


def _starts(*, quiet: bool) -> bool:
    """In a process of its own: where Playwright's driver does not start, it cannot be asked again."""
    done = subprocess.run([sys.executable, "-c", TRY], stderr=subprocess.DEVNULL if quiet else None, check=False)
    return done.returncode == 0


def _install() -> bool:
    """Debian's brings the libraries with it that Playwright's, and Playwright itself, expect to find."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
        if _starts(quiet=True):
            return True
    _run(sys.executable, "-m", "playwright", "install", "chromium")
    return _starts(quiet=False)


def _run(*command: str) -> None:
    print("$", *command, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)


def main() -> None:
    if not _starts(quiet=True):
        print("no Chromium that starts here: installing one (once)", flush=True)
        if not _install():
            sys.exit(
                "The browser tests need a Chromium that starts, and none could be installed (why is said above): "
                "install one as root (Debian: apt-get install chromium), then try again."
            )
    print(chromium_path())


if __name__ == "__main__":
    main()
