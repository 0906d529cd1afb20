"""The record of mutations: one entry each, in the mutation's own transaction."""

import datetime as dt
from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Min, Q

from console.accounts.models import AuditEntry, AuditLink, Token
from console.core import arns
from console.core.actor import SYSTEM, Actor, Role
from console.core.paging import Page
from console.core.permission import sees
from console.core.verbs import verb

PAGE = 50
PRUNED = "PruneAuditRecord"


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


@verb(needs=Role.NONE)
def list_audit_entries(actor: Actor, *, words: str = "", position: str | None = None) -> Page[AuditEntry]:
    """The latest first; each of `words` is in the name, the operation, the subject, the key or the token's name.

    Who may not see an API is shown no entry that is of it, or names it. Who may see but single APIs is shown theirs.
    """
    rows = AuditEntry.objects.filter(_seen(actor)).order_by("-pk")
    for word in words.split():
        rows = rows.filter(
            Q(actor_name__icontains=word)
            | Q(operation__icontains=word)
            | Q(subject__icontains=word)
            | Q(access_key_id__icontains=word)
            | Q(access_key_id__in=Token.objects.filter(name__icontains=word).values("pk"))
        )
    if position and position.isdigit():
        rows = rows.filter(pk__lt=int(position))
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else None)


def _seen(actor: Actor) -> Q:
    if actor.role >= Role.VIEWER:
        hidden = [rest_api_id for rest_api_id in actor.grants if not sees(actor, rest_api_id)]
        names = [Q(subject__contains=one) | Q(changes__icontains=one) for one in hidden]
        return ~reduce(or_, names) if names else Q()
    mine = [f"/restapis/{rest_api_id}" for rest_api_id in actor.grants if sees(actor, rest_api_id)]
    return reduce(or_, (Q(subject__endswith=one) | Q(subject__contains=f"{one}/") for one in mine), Q(pk=None))


@transaction.atomic
def prune_audit(*, before: dt.datetime) -> int:
    """How many entries went: those from the record's beginning up to the first that is not older than `before`.

    The record itself says which link was the last that went, and from there the chain can be verified.
    """
    kept = AuditLink.objects.filter(entry__at__gte=before).aggregate(first=Min("number"))["first"]
    last = AuditLink.objects.filter(number__lt=kept).order_by("number").last() if kept is not None else None
    if last is None:
        return 0
    record(SYSTEM, PRUNED, arns.audit(), {"through": last.number, "digest": last.digest, "before": before.isoformat()})
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('stagedoor.prune', 'on', true)")
    gone = AuditLink.objects.filter(number__lte=last.number)
    entries = AuditEntry.objects.filter(link__in=gone).delete()[0]
    gone.delete()
    return entries
