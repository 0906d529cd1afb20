"""The record of mutations: one entry each, in the mutation's own transaction."""

from collections.abc import Mapping
from typing import Any

from console.accounts.models import AuditEntry
from console.core.actor import Actor


def record(actor: Actor, operation: str, subject: str, changes: Mapping[str, Any] | None = None) -> AuditEntry:
    """`operation` is AWS's name, `subject` an ARN; `changes` is JSON and holds no secrets."""
    return AuditEntry.objects.create(
        actor_name=actor.name,
        access_key_id=actor.access_key_id,
        source_ip=actor.source_ip,
        door=actor.door,
        request_id=actor.request_id,
        operation=operation,
        subject=subject,
        changes=dict(changes or {}),
    )
