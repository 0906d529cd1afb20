"""What nodes poll: the entries that changed since a generation, and the documents that they name."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from console.core.faults import BadRequest, NotFound
from console.publishing import builder
from console.publishing.models import Generation, Tombstone
from console.publishing.services.access import access, account_text
from console.stages.models import Deployment, Document, Stage
from dataplane import snapshot

PARCEL_BYTES = 4 * 1024 * 1024


def unchanged(origin: str, since: int, account: str | None = None) -> bool:
    """Whether a node that took generation `since` of this origin has all there is: the query of nearly every poll.
    `account` is what it knows of the account's limits, which are settings and move no generation; None: it knows none.
    """
    return account in (None, account_text()) and Generation.objects.position() == (since, origin)


def manifest(origin: str, since: int) -> snapshot.Manifest:
    """What changed since `since`; everything for a node that comes from elsewhere, or from the future."""
    with _one_snapshot():
        number, own_origin = _position()
        from_zero = origin != own_origin or since > number
        start = 0 if from_zero else since
        return snapshot.Manifest(
            schema_version=snapshot.SCHEMA_VERSION,
            origin=own_origin,
            generation=number,
            since=start,
            stage_count=Stage.objects.count(),
            stages=_entries(start),
            removed=_removed(start) if start else (),
            access=access(start),
        )


def _position() -> tuple[int, str]:
    """The row is made here where it is missing: then it is another origin, from which every node reads anew."""
    position = Generation.objects.position()
    if position is None:
        Generation.objects.get_or_create(pk=1)
        position = Generation.objects.position()
    assert position is not None
    return position


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """All that is read inside is the state of one moment."""
    if connection.in_atomic_block:  # the caller's transaction decides
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _entries(since: int) -> tuple[snapshot.StageEntry, ...]:
    stages = list(Stage.objects.select_related("deployment").filter(generation__gt=since).order_by("generation"))
    canaries = {stage.canary_settings["deploymentId"] for stage in stages if stage.canary_settings}
    digests = dict(Deployment.objects.filter(pk__in=canaries).values_list("pk", "document_id")) if canaries else {}
    home = {"account_id": settings.ACCOUNT_ID, "region": settings.REGION}
    return tuple(builder.stage_entry(stage, digests, **home) for stage in stages)


def _removed(since: int) -> tuple[snapshot.StageName, ...]:
    rows = Tombstone.objects.filter(generation__gt=since).order_by("generation")
    return tuple(snapshot.StageName(api_id=row.rest_api_id, stage_name=row.stage_name) for row in rows)


def document(digest: snapshot.Digest) -> bytes:
    """The exact bytes that the digest names."""
    body = Document.objects.filter(pk=digest).values_list("body", flat=True).first()
    if body is None:
        raise NotFound("Invalid document identifier specified", field="digest")
    return bytes(body)


def documents(digests: Sequence[snapshot.Digest]) -> list[tuple[snapshot.Digest, bytes]]:
    """As many of those that there are as this console holds at once for a node that asks for many."""
    if len(digests) > snapshot.DOCUMENTS_AT_ONCE:
        raise BadRequest(f"At most {snapshot.DOCUMENTS_AT_ONCE} documents at once", field="digests")
    return Document.objects.parcel(digests, PARCEL_BYTES)
