"""Chromium, as the browser tests and the screenshots use it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.house import House

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# It is to ask nobody but the console: no updates, no sync, no safe browsing.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
PATIENCE_MS = 30_000  # with a page on a busy machine; for what is expected of it, Playwright's own is five seconds
expect.set_options(timeout=PATIENCE_MS)


def chromium_path() -> str | None:
    """On the PATH, or the one that playwright installed."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or _playwrights()


def _playwrights() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


@contextmanager
def opened(*, width: int = 1360, height: int = 850, scheme: str = "light") -> Iterator[Page]:
    """A page in a browser of its own. Root has no sandbox."""
    flags = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page.set_default_timeout(PATIENCE_MS)
            yield page
        finally:
            browser.close()


def sign_in(page: Page, house: House) -> None:
    page.goto(f"{house.console}/sign-in")
    page.get_by_label("User").fill("admin")
    page.get_by_label("Password").fill(house.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{house.console}/")
