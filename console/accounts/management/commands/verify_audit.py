"""`manage.py verify_audit`: whether the chain of the audit record holds, and where it breaks."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.accounts.services import Head, verify_audit


def noted_head(text: str) -> Head:
    try:
        return Head.read(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no head: it looks like 1234:9f86d0…, as this command prints it") from None


class Command(BaseCommand):
    help = (
        "Verify the audit record from its beginning. Prints its head, number:digest: kept elsewhere, it shows later "
        "that nothing before it has changed (--head). Ends with 1 where the chain breaks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", type=noted_head, metavar="NUMBER:DIGEST", help="a head that was noted elsewhere")

    def handle(self, *args: Any, head: Head | None = None, **options: Any) -> None:
        verdict = verify_audit(noted=head)
        if verdict.problem:
            raise CommandError(
                f"The audit record does not hold. Entries before the break: {verdict.entries}. {verdict.problem}"
            )
        self.stdout.write(f"The audit record holds. Entries: {verdict.entries}. Head: {verdict.head}")
