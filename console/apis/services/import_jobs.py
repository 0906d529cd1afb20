"""Imports of large documents: a row in the caller's transaction, which a worker claims and tells its progress in.

The row is the queue: a message to the worker only says "look now", and what is lost is found again by `waiting_jobs`.
"""

import datetime as dt
import logging
import time
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from kombu.exceptions import OperationalError

from console.apis import openapi
from console.apis.models import ImportJob
from console.apis.openapi import Reading
from console.apis.services.documents import Imported, draw_into, draw_new
from console.apis.services.drafts import find_rest_api
from console.celery import app
from console.core import ids
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, Fault, NotFound
from console.core.permission import require
from console.core.verbs import verb

TASK = "apis.import_document"
# A worker that says nothing for so long is gone, and its job is another's.
LOST_AFTER = dt.timedelta(minutes=5)
MAX_ATTEMPTS = 3
_SAY_EVERY = 0.3  # seconds
_OPTIONS = ("restApiId", "mode", "failOnWarnings", "parameters")

log = logging.getLogger(__name__)


@verb(needs=Role.NONE)
def start_import_job(actor: Actor, *, document: str, options: Mapping[str, Any] | None = None) -> ImportJob:
    """`options`: failOnWarnings, parameters; restApiId and mode (merge, overwrite) to draw into one that is there."""
    options = dict(options or {})
    require(actor, Role.DEVELOPER, "StartImportJob", on=options.get("restApiId") or None)
    _check_options(options)
    openapi.check_text(document)
    job = ImportJob(document=document, options=options, actor=_said(actor))
    job.put()
    transaction.on_commit(lambda: wake(job.pk), robust=True)
    return job


def _said(actor: Actor) -> dict[str, Any]:
    return {
        "name": actor.name,
        "role": int(actor.role),
        "grants": {rest_api_id: int(role) for rest_api_id, role in actor.grants.items()},
        "userId": actor.user_id,
        "sourceIp": actor.source_ip,
    }


def _check_options(options: Mapping[str, Any]) -> None:
    unknown = set(options) - set(_OPTIONS)
    if unknown:
        raise BadRequest(f"Unknown import option: {', '.join(sorted(unknown))}", field="options")
    openapi.options(options.get("parameters"))
    if options.get("restApiId"):
        openapi.check_mode(options.get("mode", "merge"))
        find_rest_api(options["restApiId"])


def wake(import_job_id: str) -> None:
    """Tell a worker. When no broker can be reached the job waits until one can."""
    try:
        app.send_task(TASK, [import_job_id], retry=False)
    except OperationalError as error:
        log.warning("import job %s waits: the broker cannot be reached: %s", import_job_id, error)


@verb(needs=Role.NONE)
def get_import_job(actor: Actor, *, import_job_id: str) -> ImportJob:
    """One's own, or that of an API which the actor may see."""
    job = ImportJob.objects.filter(pk=import_job_id).first()
    if job is None:
        raise NotFound("Invalid import job identifier specified", field="importJobId")
    if actor.user_id is None or job.actor.get("userId") != actor.user_id:
        require(actor, Role.VIEWER, "GetImportJob", on=job.rest_api_id or job.options.get("restApiId") or None)
    return job


def waiting_jobs() -> list[str]:
    """Jobs that no worker holds: their message was lost, or their worker was."""
    return list(ImportJob.objects.filter(_free()).order_by("created_date").values_list("pk", flat=True))


def _free() -> Q:
    lost = Q(state="RUNNING", seen_date__lt=timezone.now() - LOST_AFTER)
    return Q(state="PENDING") | lost


def run_import_job(import_job_id: str) -> ImportJob | None:
    """Claim a job and do it; None when another worker has it. What goes wrong is said in the row."""
    claimed = ImportJob.objects.filter(_free(), pk=import_job_id)
    if not claimed.update(state="RUNNING", attempts=F("attempts") + 1, seen_date=timezone.now(), done=0, total=0):
        return None
    job = ImportJob.objects.get(pk=import_job_id)
    if job.attempts > MAX_ATTEMPTS:
        _finish(job, state="FAILED", message=f"Its worker was lost {MAX_ATTEMPTS} times; see the workers' log")
        return job
    try:
        imported = _import(job)
    except Fault as fault:
        _finish(job, state="FAILED", message=fault.message)
    except Exception:
        _finish(job, state="FAILED", message="The import broke off with an error of the console's own; see its log")
        raise
    else:
        _finish(job, state="SUCCEEDED", rest_api_id=imported.rest_api.pk, report=imported.report, done=job.total)
    return job


def _import(job: ImportJob) -> Imported:
    """The reading, which takes long, is outside any transaction, so that its progress is seen."""
    options = openapi.options(job.options.get("parameters"))
    rest_api_id = job.options.get("restApiId") or ids.api_id()
    reading = openapi.read(job.document, rest_api_id=rest_api_id, options=options, progress=_Progress(job))
    return draw_import(_actor(job), reading=reading, rest_api_id=rest_api_id, options=job.options)


@verb(needs=Role.DEVELOPER)
def draw_import(actor: Actor, *, reading: Reading, rest_api_id: str, options: Mapping[str, Any]) -> Imported:
    fail = bool(options.get("failOnWarnings"))
    if options.get("restApiId"):
        return draw_into(actor, reading, rest_api_id, options.get("mode", "merge"), fail_on_warnings=fail)
    chosen = openapi.options(options.get("parameters"))
    return draw_new(actor, reading, rest_api_id, chosen, fail_on_warnings=fail)


def _actor(job: ImportJob) -> Actor:
    who = job.actor
    return Actor(
        name=who["name"],
        role=Role(who["role"]),
        grants={rest_api_id: Role(role) for rest_api_id, role in who.get("grants", {}).items()},
        user_id=who.get("userId"),
        source_ip=who.get("sourceIp") or "",
        door="task",
    )


class _Progress:
    """Says where a job is, a few times a second."""

    def __init__(self, job: ImportJob) -> None:
        self.job = job
        self._said = 0.0

    def __call__(self, done: int, total: int) -> None:
        self.job.done, self.job.total = done, total
        now = time.monotonic()
        if now - self._said >= _SAY_EVERY or done == total:
            self._said = now
            ImportJob.objects.filter(pk=self.job.pk).update(done=done, total=total, seen_date=timezone.now())


def _finish(job: ImportJob, **changes: Any) -> None:
    job.finished_date = timezone.now()
    for name, value in changes.items():
        setattr(job, name, value)
    job.save(update_fields=["finished_date", *changes])
