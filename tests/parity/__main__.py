"""Writes docs/parity.md: `make parity`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.parity.page import PAGE, render  # noqa: E402 - the rooms are there after django.setup

PAGE.write_text(render())
print(f"wrote {PAGE}")
