"""What is live: immutable deployments, the stages that point at them, and the history of both."""

from collections.abc import Iterable
from itertools import accumulate
from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Length
from django.utils import timezone

from console.apis.models import RestApi
from console.core import ids
from console.core.models import Row


class DocumentQuerySet(models.QuerySet["Document"]):
    def parcel(self, digests: Iterable[str], most_bytes: int) -> list[tuple[str, bytes]]:
        """Digests and bodies, in the order of digests: as many as fit, and one at least if there is one."""
        sizes = list(self.filter(pk__in=digests).order_by("pk").values_list("pk", Length("body")))
        totals = accumulate(size for _, size in sizes)
        fit = [pk for (pk, size), total in zip(sizes, totals, strict=True) if total <= max(most_bytes, size)]
        found = self.filter(pk__in=fit).order_by("pk").values_list("pk", "body")
        return [(pk, bytes(body)) for pk, body in found]


class Document(models.Model):
    """The frozen form of an API, named by the SHA-256 of its bytes. The database refuses to change or lose one."""

    digest = models.CharField(primary_key=True, max_length=64)
    schema_version = models.PositiveIntegerField()
    body = models.BinaryField()
    created_date = models.DateTimeField(default=timezone.now)

    objects = DocumentQuerySet.as_manager()


class DeploymentQuerySet(models.QuerySet["Deployment"]):
    def of(self, rest_api_id: str) -> Self:
        return self.filter(rest_api_id=rest_api_id)

    def listed(self) -> Self:
        """What AWS's operations show; the rest is history."""
        return self.filter(deleted_date=None)


class Deployment(Row):
    """One act of freezing. Outlives its API, and its own deletion: `deleted_date` hides it from AWS's lists only.

    The database refuses to delete one, or to change more of it than its description and `deleted_date`.
    """

    id = models.CharField(primary_key=True, max_length=10, default=ids.part_id)
    rest_api = models.ForeignKey(RestApi, on_delete=models.DO_NOTHING, db_constraint=False, related_name="deployments")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="deployments")
    # Frozen beside the document, since it says under which names the API answers and not how.
    disable_execute_api_endpoint = models.BooleanField(default=False)
    description = models.TextField(blank=True)
    created_by = models.CharField(max_length=150)
    created_date = models.DateTimeField(default=timezone.now)
    deleted_date = models.DateTimeField(null=True, blank=True)

    # {"/pets": {"GET": {...}}}, filled by get_deployment when it was asked to embed it.
    api_summary: dict[str, dict[str, dict[str, Any]]] | None = None

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["rest_api", "created_date"])]


class Stage(Row):
    rest_api = models.ForeignKey(RestApi, on_delete=models.CASCADE, related_name="stages")
    stage_name = models.CharField(
        max_length=128,
        validators=[RegexValidator(r"^[A-Za-z0-9_-]+$", "Stage name only allows a-zA-Z0-9_- characters")],
    )
    deployment = models.ForeignKey(Deployment, on_delete=models.PROTECT, related_name="stages")
    description = models.TextField(blank=True)
    variables = models.JSONField(default=dict, blank=True)
    method_settings = models.JSONField(default=dict, blank=True)  # {"*/*": {...}, "~1pets/GET": {...}}
    canary_settings = models.JSONField(null=True, blank=True)
    cache_cluster_enabled = models.BooleanField(default=False)
    cache_cluster_size = models.CharField(max_length=8, blank=True)
    cache_generation = models.PositiveBigIntegerField(default=0)  # part of every cache key: one more is a flush
    authorizers_cache_generation = models.PositiveBigIntegerField(default=0)
    access_log_settings = models.JSONField(null=True, blank=True)
    tracing_enabled = models.BooleanField(default=False)
    client_certificate_id = models.CharField(max_length=10, blank=True)
    documentation_version = models.CharField(max_length=64, blank=True)
    web_acl_arn = models.CharField(max_length=2048, blank=True)
    tags = models.JSONField(default=dict, blank=True)
    created_date = models.DateTimeField(default=timezone.now)
    last_updated_date = models.DateTimeField(default=timezone.now)
    # Set by a trigger of the room that publishes, at each change: where this row stands in the manifest's order.
    generation = models.PositiveBigIntegerField(default=0, editable=False, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rest_api", "stage_name"], name="one_stage_per_name")]


class StageEventQuerySet(models.QuerySet["StageEvent"]):
    def of(self, rest_api_id: str, stage_name: str) -> Self:
        """Newest first; those of an earlier stage of the same name too."""
        return self.filter(rest_api_id=rest_api_id, stage_name=stage_name).order_by("-id")


class StageEvent(models.Model):
    """One line of a stage's history. Append only (the database refuses), and it outlives stage and API."""

    KINDS = ("CREATED", "DEPLOYED", "ROLLED_BACK", "UPDATED", "CACHE_FLUSHED", "DELETED")

    at = models.DateTimeField(default=timezone.now)
    rest_api_id = models.CharField(max_length=10)
    stage_name = models.CharField(max_length=128)
    kind = models.CharField(max_length=16, choices=[(k, k) for k in KINDS])
    deployment_id = models.CharField(max_length=10, blank=True)
    previous_deployment_id = models.CharField(max_length=10, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    generation = models.PositiveBigIntegerField(default=0)  # a node that serves this one serves the change
    actor_name = models.CharField(max_length=150)
    message = models.TextField(blank=True)

    objects = StageEventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["rest_api_id", "stage_name", "-id"])]

    @property
    def paths(self) -> list[str]:
        """The patch paths that the message lists; none where it is a text of people's."""
        found = self.message.split(", ")
        return found if self.kind in ("DEPLOYED", "UPDATED") and all(path.startswith("/") for path in found) else []

    @property
    def canary(self) -> str:
        """What became of the canary by it; empty where it was about something else."""
        if self.kind == "UPDATED" and self.message.startswith("canary: "):
            return "deployed"
        about = [path for path in self.paths if path.startswith("/canarySettings")]
        if self.kind == "DEPLOYED" and {"/deploymentId", "/canarySettings"} <= set(self.paths):
            return "promoted"
        if self.kind != "UPDATED" or not about or len(about) < len(self.paths):
            return ""
        return "removed" if about == ["/canarySettings"] else "changed"
