#!/usr/bin/env python
"""The console's command line: `manage.py up` runs the whole house."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    try:
        from django.core.management import execute_from_command_line
    except ModuleNotFoundError:
        raise SystemExit(
            "stagedoor: Django is not installed here: run make up, or .venv/bin/python manage.py"
        ) from None
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
