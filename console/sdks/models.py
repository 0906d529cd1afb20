"""Client SDKs that were generated, kept by the digest of all that they are made of."""

from django.db import models
from django.utils import timezone

from console.core.models import Row

STATES = ("PENDING", "RUNNING", "SUCCEEDED", "FAILED")


class Sdk(Row):
    digest = models.CharField(primary_key=True, max_length=64)  # of the document, the type and the parameters
    sdk_type = models.CharField(max_length=32)
    document = models.JSONField()  # OpenAPI
    parameters = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, default="PENDING", choices=[(state, state) for state in STATES])
    attempts = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True)  # why it failed
    body = models.BinaryField(null=True)  # a zip
    created_date = models.DateTimeField(default=timezone.now)
    seen_date = models.DateTimeField(default=timezone.now, db_index=True)  # when it was last built or asked for

    class Meta:
        indexes = [models.Index(fields=["state", "seen_date"])]
