"""The database's tables: brought to what this version needs, with progress."""

import time
from collections.abc import Callable

from django.db import DatabaseError, connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration

from console.up.refusal import Refusal

Say = Callable[[str], None]

EVERY = 1.0  # seconds between two lines of progress


def migrate(say: Say) -> int:
    """How many migrations were applied. Raises Refusal; a migration that fails leaves nothing of itself."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        progress = _Progress(say, len(plan))
        executor.progress_callback = progress.note
        say(f"migrations: {len(plan)} to apply")
        try:
            executor.migrate(executor.loader.graph.leaf_nodes(), plan=plan)
        except DatabaseError as error:
            reason = str(error).strip().splitlines()[0]
            raise Refusal(
                f"the database refused the migration {progress.now} ({reason}): let its user own the database, or "
                "restore a backup, and start again"
            ) from None
        _after_migrate()
    return len(plan)


class _Progress:
    def __init__(self, say: Say, total: int) -> None:
        self.say, self.total, self.done, self.said = say, total, 0, time.monotonic()
        self.now: Migration | None = None

    def note(self, action: str, migration: Migration | None = None, fake: bool | None = False) -> None:
        self.now = migration or self.now
        if action == "apply_start" and time.monotonic() - self.said > EVERY:
            self.said = time.monotonic()
            self.say(f"migrations: {self.done} of {self.total} done, now {migration}")
        self.done += action == "apply_success"


def disconnect() -> None:
    """Close the pool too: its threads would not survive the fork that starts a child again."""
    if isinstance(connection, DatabaseWrapper):
        connection.close()
        connection.close_pool()


def _after_migrate() -> None:
    """Content types and permissions, as `manage.py migrate` makes them."""
    from django.core.management.sql import emit_post_migrate_signal

    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
