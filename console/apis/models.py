"""What is drawn: REST APIs, their resources, methods, integrations and answers.

Fields are AWS's members in snake case (botocore's `apigateway` model).
"""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone

from console.core import ids
from console.core.models import Row

HTTP_METHODS = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
INTEGRATION_TYPES = ("HTTP", "HTTP_PROXY", "MOCK", "AWS", "AWS_PROXY")
PASSTHROUGH = ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER")
CONTENT_HANDLING = ("CONVERT_TO_BINARY", "CONVERT_TO_TEXT")
AUTHORIZATION_TYPES = ("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS")


def _choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


_status = RegexValidator(r"^[1-5]\d\d$", "must be a status code from 100 to 599")


class RestApi(Row):
    id = models.CharField(primary_key=True, max_length=10, default=ids.api_id)
    name = models.CharField(max_length=1024)
    description = models.TextField(blank=True)
    version = models.CharField(max_length=255, blank=True)
    created_date = models.DateTimeField(default=timezone.now)
    updated_date = models.DateTimeField(auto_now=True)  # of the API or of anything drawn inside it
    api_key_source = models.CharField(max_length=16, default="HEADER", choices=_choices(("HEADER", "AUTHORIZER")))
    endpoint_types = ArrayField(models.CharField(max_length=16), default=list)
    vpc_endpoint_ids = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    binary_media_types = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    minimum_compression_size = models.PositiveIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(10485760)]
    )
    disable_execute_api_endpoint = models.BooleanField(default=False)
    policy = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [models.Index(fields=["name"])]


class Resource(Row):
    id = models.CharField(primary_key=True, max_length=10, default=ids.part_id)
    rest_api = models.ForeignKey(RestApi, on_delete=models.CASCADE, related_name="resources")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    path_part = models.CharField(max_length=255, blank=True)  # empty for the root alone
    path = models.CharField(max_length=4096)  # the whole path, kept beside the tree so that lists need no walk

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rest_api", "path"], name="one_resource_per_path"),
            models.UniqueConstraint(
                fields=["rest_api"], condition=models.Q(parent__isnull=True), name="one_root_per_api"
            ),
        ]


class Method(Row):
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="methods")
    http_method = models.CharField(max_length=8, choices=_choices(HTTP_METHODS))
    authorization_type = models.CharField(max_length=20, default="NONE", choices=_choices(AUTHORIZATION_TYPES))
    authorizer_id = models.CharField(max_length=10, blank=True)
    authorization_scopes = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    api_key_required = models.BooleanField(default=False)
    operation_name = models.CharField(max_length=255, blank=True)
    request_parameters = models.JSONField(default=dict, blank=True)  # {"method.request.path.id": true}
    request_models = models.JSONField(default=dict, blank=True)  # {"application/json": "Pet"}
    request_validator_id = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "http_method"], name="one_method_per_verb")]


class MethodResponse(Row):
    method = models.ForeignKey(Method, on_delete=models.CASCADE, related_name="responses")
    status_code = models.CharField(max_length=3, validators=[_status])
    response_parameters = models.JSONField(default=dict, blank=True)
    response_models = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["method", "status_code"], name="one_method_response_per_status")]


class Integration(Row):
    method = models.OneToOneField(Method, on_delete=models.CASCADE, related_name="integration")
    type = models.CharField(max_length=10, choices=_choices(INTEGRATION_TYPES))
    http_method = models.CharField(max_length=8, blank=True, choices=_choices(HTTP_METHODS))
    uri = models.TextField(blank=True)
    connection_type = models.CharField(max_length=10, default="INTERNET", choices=_choices(("INTERNET", "VPC_LINK")))
    connection_id = models.CharField(max_length=255, blank=True)
    credentials = models.CharField(max_length=2048, blank=True)
    request_parameters = models.JSONField(
        default=dict, blank=True
    )  # {"integration.request.path.id": "method.request.path.id"}
    request_templates = models.JSONField(default=dict, blank=True)  # {"application/json": "..."}
    passthrough_behavior = models.CharField(max_length=20, default="WHEN_NO_MATCH", choices=_choices(PASSTHROUGH))
    content_handling = models.CharField(max_length=20, blank=True, choices=_choices(CONTENT_HANDLING))
    timeout_in_millis = models.PositiveIntegerField(
        default=29000, validators=[MinValueValidator(50), MaxValueValidator(29000)]
    )
    cache_namespace = models.CharField(max_length=255, blank=True)
    cache_key_parameters = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    insecure_skip_verification = models.BooleanField(default=False)  # tlsConfig.insecureSkipVerification


class IntegrationResponse(Row):
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="responses")
    status_code = models.CharField(max_length=3, validators=[_status])
    selection_pattern = models.TextField(blank=True)
    response_parameters = models.JSONField(default=dict, blank=True)
    response_templates = models.JSONField(default=dict, blank=True)
    content_handling = models.CharField(max_length=20, blank=True, choices=_choices(CONTENT_HANDLING))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "status_code"], name="one_integration_response_per_status")
        ]


class Model(Row):
    """A named JSON schema (draft 4) of an API's bodies."""

    id = models.CharField(primary_key=True, max_length=10, default=ids.part_id)
    rest_api = models.ForeignKey(RestApi, on_delete=models.CASCADE, related_name="models")
    name = models.CharField(
        max_length=255, validators=[RegexValidator(r"^[A-Za-z0-9]+$", "Model name must be alphanumeric")]
    )
    description = models.TextField(blank=True)
    content_type = models.CharField(max_length=255, default="application/json")
    schema = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rest_api", "name"], name="one_model_per_name")]


class ImportJob(Row):
    """A document that a Celery worker imports, with its progress and, at the end, its report."""

    id = models.CharField(primary_key=True, max_length=10, default=ids.api_id)
    state = models.CharField(
        max_length=10, default="PENDING", choices=_choices(("PENDING", "RUNNING", "SUCCEEDED", "FAILED"))
    )
    document = models.TextField()
    options = models.JSONField(default=dict, blank=True)  # mode, rest_api_id, fail_on_warnings, parameters
    actor = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)  # operations imported so far
    total = models.PositiveIntegerField(default=0)
    rest_api_id = models.CharField(max_length=10, blank=True)
    report = models.JSONField(default=list, blank=True)  # [{"line", "pointer", "verdict", "message"}]
    message = models.TextField(blank=True)
    created_date = models.DateTimeField(default=timezone.now)
    finished_date = models.DateTimeField(null=True, blank=True)
