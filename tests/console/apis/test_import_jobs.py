"""Imports by a worker: the row is the queue, and says how far it is."""

import datetime as dt

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from console.accounts.models import AuditEntry
from console.apis import services, tasks
from console.apis.models import ImportJob, RestApi
from console.apis.services import import_jobs
from console.celery import app
from console.core.actor import Actor, Role
from console.core.faults import AccessDenied, BadRequest, NotFound

pytestmark = pytest.mark.django_db

DOCUMENT = """\
openapi: 3.0.1
info: {title: Pets, version: "1"}
paths:
  /pets:
    get:
      x-amazon-apigateway-integration: {type: mock}
    post:
      x-amazon-apigateway-integration: {type: mock}
"""


@pytest.fixture
def sent(monkeypatch):
    messages = []
    monkeypatch.setattr(app, "send_task", lambda name, args, **_: messages.append((name, *args)))
    return messages


def test_a_job_is_told_to_a_worker_once_it_is_committed(developer, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = services.start_import_job(developer, document=DOCUMENT)
        assert sent == []
    assert sent == [("apis.import_document", job.pk)]
    assert services.get_import_job(developer, import_job_id=job.pk).state == "PENDING"


def test_a_worker_imports_it_and_says_how_far_it_is(developer):
    job = services.start_import_job(developer, document=DOCUMENT)
    assert tasks.import_document(job.pk) == "SUCCEEDED"
    job.refresh_from_db()
    assert (job.done, job.total, job.message) == (2, 2, "")
    assert RestApi.objects.get(pk=job.rest_api_id).name == "Pets"
    assert job.finished_date is not None
    assert {line["pointer"]: line["line"] for line in job.report}["#/paths/~1pets/get"] == 5
    entry = AuditEntry.objects.get(operation="ImportRestApi")
    assert (entry.actor_name, entry.door) == ("dora", "task")


def test_progress_is_seen_while_it_is_read(developer, monkeypatch):
    monkeypatch.setattr(import_jobs, "_SAY_EVERY", 0)
    job = services.start_import_job(developer, document=DOCUMENT)
    seen = []
    draw = import_jobs.draw_new

    def watch(*args, **kwargs):
        seen.append(ImportJob.objects.values_list("state", "done", "total").get(pk=job.pk))
        return draw(*args, **kwargs)

    monkeypatch.setattr(import_jobs, "draw_new", watch)
    tasks.import_document(job.pk)
    assert seen == [("RUNNING", 2, 2)]


def test_into_an_api_that_is_there(developer, draw):
    draw.mock("/dogs")
    job = services.start_import_job(
        developer, document=DOCUMENT, options={"restApiId": draw.api.pk, "mode": "overwrite"}
    )
    assert tasks.import_document(job.pk) == "SUCCEEDED"
    assert sorted(draw.api.resources.values_list("path", flat=True)) == ["/", "/pets"]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("a: [", "not valid YAML"),
        (DOCUMENT.replace("/pets", "/p ets"), "Resource's path part"),
        (DOCUMENT + "x-amazon-apigateway-security-policy: TLS_1_2", "Warnings found during import"),
    ],
)
def test_a_refusal_is_said_in_the_row_and_nothing_is_drawn(developer, document, said):
    job = services.start_import_job(developer, document=document, options={"failOnWarnings": True})
    assert tasks.import_document(job.pk) == "FAILED"
    job.refresh_from_db()
    assert said in job.message
    assert not RestApi.objects.exists()


def test_an_error_of_our_own_is_said_and_raised(developer, monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(import_jobs, "draw_new", broken)
    job = services.start_import_job(developer, document=DOCUMENT)
    with pytest.raises(ZeroDivisionError):
        tasks.import_document(job.pk)
    job.refresh_from_db()
    assert (job.state, RestApi.objects.exists()) == ("FAILED", False)


def test_a_job_is_done_once(developer):
    job = services.start_import_job(developer, document=DOCUMENT)
    assert tasks.import_document(job.pk) == "SUCCEEDED"
    assert tasks.import_document(job.pk) is None
    ImportJob.objects.update(state="RUNNING")
    assert tasks.import_document(job.pk) is None
    assert RestApi.objects.count() == 1


def test_a_job_whose_message_or_worker_was_lost_is_found(developer, sent):
    waiting = services.start_import_job(developer, document=DOCUMENT)
    running = services.start_import_job(developer, document=DOCUMENT)
    lost = services.start_import_job(developer, document=DOCUMENT)
    ImportJob.objects.filter(pk__in=[running.pk, lost.pk]).update(state="RUNNING")
    ImportJob.objects.filter(pk=lost.pk).update(seen_date=timezone.now() - dt.timedelta(hours=1))
    assert tasks.wake_import_jobs() == 2
    assert [message[1] for message in sent] == [waiting.pk, lost.pk]
    assert tasks.import_document(lost.pk) == "SUCCEEDED"


def test_a_job_that_loses_every_worker_is_given_up(developer):
    job = services.start_import_job(developer, document=DOCUMENT)
    ImportJob.objects.update(attempts=import_jobs.MAX_ATTEMPTS)
    assert tasks.import_document(job.pk) == "FAILED"
    job.refresh_from_db()
    assert "lost" in job.message


def test_a_broker_that_is_away_is_no_obstacle_to_the_page(developer, monkeypatch, django_capture_on_commit_callbacks):
    def away(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(app, "send_task", away)
    with django_capture_on_commit_callbacks(execute=True):
        job = services.start_import_job(developer, document=DOCUMENT)
    assert services.waiting_jobs() == [job.pk]


def test_what_cannot_be_imported_is_refused_at_once(developer, viewer, draw):
    with pytest.raises(AccessDenied):
        services.start_import_job(viewer, document=DOCUMENT)
    with pytest.raises(NotFound):
        services.start_import_job(developer, document=DOCUMENT, options={"restApiId": "nothere"})
    for options, said in (
        ({"restApiId": draw.api.pk, "mode": "replace"}, "import mode"),
        ({"parameters": {"basepath": "x"}}, "basepath"),
        ({"colour": "red"}, "colour"),
    ):
        with pytest.raises(BadRequest, match=said):
            services.start_import_job(developer, document=DOCUMENT, options=options)
    with pytest.raises(BadRequest, match="6 MB"):
        services.start_import_job(developer, document="x" * (6 * 1024 * 1024 + 1))
    with pytest.raises(NotFound):
        services.get_import_job(viewer, import_job_id="nothere")


def test_the_worker_does_what_the_one_who_asked_may_do(developer):
    job = services.start_import_job(developer, document=DOCUMENT)
    ImportJob.objects.update(actor={"name": "dora", "role": int(Role.VIEWER)})
    assert tasks.import_document(job.pk) == "FAILED"
    job.refresh_from_db()
    assert "not authorized" in job.message
    assert import_jobs._actor(job) == Actor(name="dora", role=Role.VIEWER, door="task")
