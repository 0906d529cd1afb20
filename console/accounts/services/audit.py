"""The record of mutations: one entry each, in the mutation's own transaction."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from console.accounts.models import AuditEntry
from console.core.actor import Actor, Role
from console.core.paging import Page
from console.core.verbs import verb

PAGE = 50


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


@verb(needs=Role.VIEWER)
def list_audit_entries(actor: Actor, *, words: str = "", position: str | None = None) -> Page[AuditEntry]:
    """The latest first; each of `words` is in the name, the operation, the subject or the key of an entry."""
    rows = AuditEntry.objects.order_by("-pk")
    for word in words.split():
        rows = rows.filter(
            Q(actor_name__icontains=word)
            | Q(operation__icontains=word)
            | Q(subject__icontains=word)
            | Q(access_key_id__icontains=word)
        )
    if position and position.isdigit():
        rows = rows.filter(pk__lt=int(position))
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else None)
