import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from celery.signals import task_success
from django.conf import settings
from django.utils import timezone

from console.apis.models import ImportJob
from console.celery import app
from console.telemetry import services, tasks
from console.telemetry.models import MinuteCount
from tests.console.telemetry.counted import count, minutes_ago

DAY = 24 * 60


def some_history() -> None:
    for days in (0, 13, 15, 30):
        count(minutes_ago(days * DAY))
    now = timezone.now()
    for days in (1, 8):
        ImportJob(document="{}", state="SUCCEEDED", finished_date=now - dt.timedelta(days=days)).save()
    ImportJob(document="{}", state="RUNNING", created_date=now - dt.timedelta(days=30)).save()


@pytest.mark.django_db
def test_old_counts_and_finished_imports_are_forgotten() -> None:
    some_history()
    assert tasks.prune.apply().get() == {"counts": 2, "import_jobs": 1}
    assert MinuteCount.objects.count() == 2 and ImportJob.objects.count() == 2
    assert tasks.prune.apply().get() == {"counts": 0, "import_jobs": 0}


@pytest.mark.django_db
def test_counts_go_in_batches_until_none_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_BATCH", 2)
    for minutes in range(5):
        count(minutes_ago(30 * DAY + minutes))
    assert services.prune_counts(older_than=dt.timedelta(days=14)) == 5


def test_what_beat_starts_is_what_workers_know() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


@pytest.mark.django_db(transaction=True)
def test_a_worker_takes_the_task_from_valkey() -> None:
    some_history()
    queue = f"retention-{uuid.uuid4()}"  # no other test's worker takes from it
    results: list[dict[str, int]] = []
    done = threading.Event()

    def keep(result: dict[str, int], **_: Any) -> None:
        results.append(result)
        done.set()

    task_success.connect(keep)
    try:
        with start_worker(app, perform_ping_check=False, queues=[queue], pool="solo"):
            app.send_task("telemetry.prune", queue=queue)
            assert done.wait(60)
    finally:
        task_success.disconnect(keep)
    assert results == [{"counts": 2, "import_jobs": 1}]
    assert MinuteCount.objects.count() == 2
