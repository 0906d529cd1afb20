"""What is said of an API, and as it was said once."""

from django.db import models
from django.db.models import Value
from django.db.models.functions import MD5, Concat
from django.utils import timezone

from console.apis import checks
from console.apis.models.choices import choices
from console.apis.models.drawing import RestApi
from console.core import ids
from console.core.models import Row


class DocumentationPart(Row):
    """What is said of one place of an API; `*` as method or status is any. Empty: the type has no such member."""

    id = models.CharField(primary_key=True, max_length=10, default=ids.part_id)
    rest_api = models.ForeignKey(RestApi, on_delete=models.CASCADE, related_name="documentation_parts")
    type = models.CharField(max_length=16, choices=choices(tuple(checks.LOCATION_FIELDS)))
    path = models.CharField(max_length=2048, blank=True)
    method = models.CharField(max_length=8, blank=True)
    status_code = models.CharField(max_length=3, blank=True)
    name = models.CharField(max_length=255, blank=True)
    properties = models.TextField()  # a JSON object

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "rest_api",
                MD5(Concat("type", *(part for field in checks.PLACE for part in (Value("\n"), field)))),
                name="one_documentation_part_per_location",
            )
        ]

    def clean(self) -> None:
        checks.documentation_properties(self.properties)

    @property
    def location(self) -> tuple[str, ...]:
        """type, path, method, status code, name"""
        return (self.type, *(getattr(self, field) for field in checks.PLACE))


class DocumentationVersion(Row):
    """The documentation parts as they were once."""

    rest_api = models.ForeignKey(RestApi, on_delete=models.CASCADE, related_name="documentation_versions")
    version = models.CharField(max_length=64)
    description = models.TextField(blank=True)
    created_date = models.DateTimeField(default=timezone.now)
    parts = models.JSONField(default=list, blank=True)  # [{"location": {...}, "properties": {...}}]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rest_api", "version"], name="one_documentation_per_version")]

    def clean(self) -> None:
        checks.documentation_version(self.version)
