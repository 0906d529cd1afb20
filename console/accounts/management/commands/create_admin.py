"""`manage.py create_admin`: the first user of a new console, said as one line of JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.accounts.services import create_access_key, create_first_admin
from console.core.actor import SYSTEM
from console.core.faults import Fault


class Command(BaseCommand):
    help = (
        "Create the user admin with a password and an access key, unless there are users already. Prints JSON: "
        "{created, username, password, access_key_id, secret_access_key}; the secrets are shown this once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--access-key-for", metavar="USERNAME", help="where there are users already, make this one a further key"
        )

    def handle(self, *args: Any, access_key_for: str | None = None, **options: Any) -> None:
        try:
            told = _first_admin() or _further_key(access_key_for) or {"created": False}
        except Fault as fault:
            raise CommandError(fault.message) from fault
        self.stdout.write(json.dumps(told))


def _first_admin() -> dict[str, object] | None:
    admin = create_first_admin()
    return {"created": True, **admin._asdict()} if admin is not None else None


def _further_key(username: str | None) -> dict[str, object] | None:
    if username is None:
        return None
    key = create_access_key(SYSTEM, username=username)
    return {
        "created": False,
        "username": username,
        "access_key_id": key.row.id,
        "secret_access_key": key.secret,
    }
