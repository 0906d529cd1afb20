"""Documents that are imported beside the requests."""

from django.db import models
from django.utils import timezone

from console.apis.models.choices import choices
from console.core import ids
from console.core.models import Row

IMPORT_STATES = ("PENDING", "RUNNING", "SUCCEEDED", "FAILED")


class ImportJob(Row):
    """A document that a Celery worker imports, with its progress and, at the end, its report."""

    id = models.CharField(primary_key=True, max_length=10, default=ids.api_id)
    state = models.CharField(max_length=10, default="PENDING", choices=choices(IMPORT_STATES))
    document = models.TextField()
    options = models.JSONField(default=dict, blank=True)  # mode, restApiId, failOnWarnings, parameters
    actor = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)  # operations read and checked so far
    total = models.PositiveIntegerField(default=0)
    rest_api_id = models.CharField(max_length=10, blank=True)
    report = models.JSONField(default=list, blank=True)  # [{"line", "pointer", "verdict", "message"}]
    message = models.TextField(blank=True)
    created_date = models.DateTimeField(default=timezone.now)
    seen_date = models.DateTimeField(default=timezone.now)  # when its worker last said that it goes on
    finished_date = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "created_date"])]
