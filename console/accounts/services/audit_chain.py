"""The audit record as a chain: each link's digest covers its entry and the digest before it.

    SHA-256("{number}:{digest before}:" + each column of the entry as PostgreSQL prints it, its length before it)

A trigger makes the links when transactions commit (migration 0003); here they are computed anew, without the database's
functions, so that one who alters these alters no finding. What shows: an entry changed, lost, put in between, or linked
to nothing. Whoever may write to the database could compute the whole chain anew, so a worker seals its head with a key
that the database does not hold: what the seal covers cannot be changed, nor the record be cut before it, without
showing. What does not show is what came after the last seal (a minute), and a record cut back together with an older
seal that somebody kept: against that, note a head elsewhere (workers log each) and ask for it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from console.accounts.models import AuditCheck, AuditEntry, AuditLink, AuditSeal
from console.accounts.services.audit import PRUNED
from console.core.seal import SealBroken, seal, unseal

_LINKS = """
SELECT link.number, link.entry_id, link.digest, entry.id IS NOT NULL, ARRAY[
    entry.id::text, (extract(epoch FROM entry.at) * 1000000)::bigint::text, entry.actor_name, entry.access_key_id,
    entry.source_ip, entry.door, entry.request_id, entry.operation, entry.subject, entry.changes::text]
FROM accounts_auditlink AS link LEFT JOIN accounts_auditentry AS entry ON entry.id = link.entry_id
WHERE link.number > %s ORDER BY link.number
"""
_BATCH = 2_000


class Head(NamedTuple):
    """A link: a record whose chain goes through it has not changed before it."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """Raises ValueError for what is no `number:digest`."""
        number, _, digest = text.strip().partition(":")
        return cls(int(number), digest)


NOTHING = Head(0, "")


class Verdict(NamedTuple):
    """`problem` says in one sentence where the chain breaks; empty when it holds."""

    entries: int
    head: Head
    problem: str


class _Broken(Exception):
    """Where, and how."""


class _Chain:
    """Walks links in order. `known` are heads that it has to meet; those before its beginning are out of reach."""

    def __init__(self, start: Head, known: Sequence[Head] = ()) -> None:
        self.head = start
        self.entries = 0
        self.known = {head.number: head.digest for head in known if head.number >= start.number}

    def begin(self) -> None:
        self._meet(self.head)

    def take(self, number: int, entry_id: int, digest: str, there: bool, parts: Sequence[str]) -> None:
        if number != self.head.number + 1:
            raise _Broken(f"After link {self.head.number} comes link {number}: what was between them is gone.")
        if not there:
            raise _Broken(f"The entry {entry_id} of link {number} is gone.")
        if digest != link_digest(number, self.head.digest, parts):
            raise _Broken(f"Entry {entry_id} of link {number} is not as it was written: its digest is another one.")
        self.head = Head(number, digest)
        self._meet(self.head)
        self.entries += 1

    def _meet(self, head: Head) -> None:
        if self.known.pop(head.number, head.digest) != head.digest:
            raise _Broken(f"Link {head.number} is not the one that was noted: the record was written anew.")

    def end(self) -> None:
        if self.known:
            last = max(self.known)
            raise _Broken(f"The record ends at link {self.head.number}, though it had come to {last}: its end is gone.")


def link_digest(number: int, before: str, parts: Sequence[str]) -> str:
    text = "".join(f"{len(part.encode())}:{part}" for part in parts)
    return hashlib.sha256(f"{number}:{before}:{text}".encode()).hexdigest()


def verify_audit(*, noted: Head | None = None) -> Verdict:
    """The whole record, from its beginning; what was found is kept for the page. `noted` is a head from elsewhere."""
    verdict = _verify(noted)
    AuditCheck.objects.update_or_create(
        pk=1, defaults={"entries": verdict.entries, "problem": verdict.problem, "checked_date": timezone.now()}
    )
    return verdict


def last_check() -> AuditCheck | None:
    return AuditCheck.objects.first()


def _verify(noted: Head | None) -> Verdict:
    try:
        known = [head for head in (_sealed(), noted) if head is not None]
    except _Broken as broken:
        return Verdict(0, NOTHING, str(broken))
    verdict = _walk(_Chain(_beginning(), known))
    stray = AuditEntry.objects.filter(link=None).order_by("pk").first()
    if stray is not None and not verdict.problem:
        return verdict._replace(problem=f"Entry {stray.pk} is in no link: it was written past the chain.")
    return verdict


def _walk(chain: _Chain) -> Verdict:
    try:
        chain.begin()
        for row in _rows(chain.head.number):
            chain.take(*row)
        chain.end()
    except _Broken as broken:
        return Verdict(chain.entries, chain.head, str(broken))
    return Verdict(chain.entries, chain.head, "")


def _rows(after: int) -> Iterator[tuple[int, int, str, bool, list[str]]]:
    """A cursor of the server's: a record may be larger than memory."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_LINKS, [after])
        while rows := cursor.fetchmany(_BATCH):
            yield from rows


def _beginning() -> Head:
    """Nothing, or the last link that retention took, as the record itself says."""
    first = AuditLink.objects.order_by("number").first()
    if first is None or first.number == 1:
        return NOTHING
    said = AuditEntry.objects.filter(operation=PRUNED, changes__through=first.number - 1, link__isnull=False).last()
    return Head(first.number - 1, str(said.changes["digest"])) if said is not None else NOTHING


def _sealed() -> Head | None:
    row = AuditSeal.objects.first()
    try:
        return Head.read(unseal(row.head_sealed)) if row is not None else None
    except (SealBroken, ValueError):
        raise _Broken("The seal of the record is broken, or made with a key that this console does not have.") from None


@transaction.atomic
def seal_audit() -> Verdict:
    """Verify what came since the last seal, and seal it, with the first of the keys. What does not hold is not."""
    AuditSeal.objects.select_for_update().first()
    try:
        sealed = _sealed()
    except _Broken as broken:
        return Verdict(0, NOTHING, str(broken))
    if sealed is not None and AuditLink.objects.filter(number=sealed.number, digest=sealed.digest).exists():
        chain = _Chain(sealed)
    else:
        chain = _Chain(_beginning(), [sealed] if sealed is not None else [])
    verdict = _walk(chain)
    if not verdict.problem and verdict.head.number:
        row = {"head_sealed": seal(str(verdict.head)), "sealed_date": timezone.now()}
        AuditSeal.objects.update_or_create(pk=1, defaults=row)
    return verdict
