"""What is drawn: REST APIs, their resources, methods, integrations and answers, and what guards and describes them."""

from collections.abc import Collection

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from console.apis import checks
from console.apis.models.choices import choices
from console.core import arns, ids
from console.core.models import Row

HTTP_METHODS = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
INTEGRATION_TYPES = ("HTTP", "HTTP_PROXY", "MOCK", "AWS", "AWS_PROXY")
PASSTHROUGH = ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER")
CONTENT_HANDLING = ("CONVERT_TO_BINARY", "CONVERT_TO_TEXT")
AUTHORIZATION_TYPES = ("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS", "JWT")
API_KEY_SOURCES = ("HEADER", "AUTHORIZER")
CONNECTION_TYPES = ("INTERNET", "VPC_LINK")
ENDPOINT_TYPES = ("REGIONAL", "EDGE", "PRIVATE")
# The types of authorizers by the authorization type of methods that use them.
AUTHORIZERS_OF = {"CUSTOM": ("TOKEN", "REQUEST"), "COGNITO_USER_POOLS": ("COGNITO_USER_POOLS",), "JWT": ("JWT",)}
AUTHORIZER_TYPES = ("TOKEN", "REQUEST", "COGNITO_USER_POOLS", "JWT")


def _edge() -> list[str]:
    return ["EDGE"]  # what AWS makes when the caller names no endpoint type


class RestApis(models.QuerySet["RestApi"]):
    def with_root(self) -> "RestApis":
        """Each with `root_resource_id`, in the same query."""
        root = Resource.objects.filter(rest_api=models.OuterRef("pk"), parent=None)
        return self.annotate(root_resource_id=models.Subquery(root.values("id")[:1]))  # type: ignore[no-redef]

    def drawn(self) -> "RestApis":
        """Each with all that lies inside it but its documentation, in nine queries: `resources` by path, their
        `methods` by verb with `method_integration` and its `responses`, the methods' `responses` by status, and
        `models`, `request_validators`, `authorizers` and `gateway_responses` by name."""
        return self.prefetch_related(
            models.Prefetch("resources", Resource.objects.with_methods().order_by("path")),
            models.Prefetch("models", Model.objects.order_by("name")),
            models.Prefetch("request_validators", RequestValidator.objects.order_by("name", "id")),
            models.Prefetch("authorizers", Authorizer.objects.order_by("name")),
            models.Prefetch("gateway_responses", GatewayResponse.objects.order_by("response_type")),
        )


class RestApi(Row):
    id = models.CharField(primary_key=True, max_length=10, default=ids.api_id)
    name = models.CharField(max_length=1024)
    description = models.TextField(blank=True)
    version = models.CharField(max_length=255, blank=True)
    created_date = models.DateTimeField(default=timezone.now)
    updated_date = models.DateTimeField(default=timezone.now)  # of the API or of anything drawn inside it
    api_key_source = models.CharField(max_length=16, default="HEADER", choices=choices(API_KEY_SOURCES))
    endpoint_types = ArrayField(models.CharField(max_length=16, choices=choices(ENDPOINT_TYPES)), default=_edge)
    vpc_endpoint_ids = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    ip_address_type = models.CharField(max_length=9, default="ipv4", choices=choices(("ipv4", "dualstack")))
    binary_media_types = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    minimum_compression_size = models.PositiveIntegerField(null=True, blank=True)
    disable_execute_api_endpoint = models.BooleanField(default=False)
    policy = models.TextField(blank=True)
    tags = models.JSONField(default=dict, blank=True)

    root_resource_id: str  # of those read `with_root`

    objects = RestApis.as_manager()

    class Meta:
        indexes = [models.Index(fields=["name"])]

    def clean(self) -> None:
        checks.compression_size(self.minimum_compression_size)
        checks.endpoint_types(self.endpoint_types)
        checks.binary_media_types(self.binary_media_types)
        self.policy = checks.kept_policy(self.policy, arns.executed_api(self.pk))


class Resources(models.QuerySet["Resource"]):
    def with_methods(self) -> "Resources":
        return self.prefetch_related(_methods(whole=True))

    def fetch_methods(self, resources: "list[Resource]", *, whole: bool) -> None:
        """Their methods by verb, with all that lies inside each when `whole`: three queries, or else one."""
        models.prefetch_related_objects(resources, _methods(whole=whole))


def _methods(*, whole: bool) -> "models.Prefetch[str]":
    methods = Method.objects.whole() if whole else Method.objects.all()
    return models.Prefetch("methods", methods.order_by("http_method"))


class Resource(Row):
    id = models.CharField(primary_key=True, max_length=10, default=ids.part_id)
    rest_api = models.ForeignKey(RestApi, on_delete=models.CASCADE, related_name="resources")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    path_part = models.CharField(max_length=255, blank=True)  # empty for the root alone
    # The whole path, kept beside the tree so that lists need no walk; PostgreSQL indexes at most 2704 bytes.
    path = models.CharField(max_length=2048)

    embeds_methods = False  # whether its reader asked for the methods in full

    objects = Resources.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rest_api", "path"], name="one_resource_per_path"),
            models.UniqueConstraint(fields=["rest_api"], condition=Q(parent=None), name="one_root_per_api"),
            models.UniqueConstraint(
                fields=["parent"], condition=Q(path_part__startswith="{"), name="one_variable_child_per_resource"
            ),
            models.CheckConstraint(
                condition=Q(parent=None, path_part="", path="/") | (Q(parent__isnull=False) & ~Q(path_part="")),
                name="only_the_root_has_no_path_part",
            ),
        ]

    def clean(self) -> None:
        if self.parent_id is not None:
            checks.path_part(self.path_part)
            checks.path(self.path)

    def path_below(self, part: str) -> str:
        return f"{self.path.rstrip('/')}/{part}"


class Methods(models.QuerySet["Method"]):
    def whole(self) -> "Methods":
        """Each with its integration and both kinds of responses: three queries however many there are."""
        return self.select_related("integration").prefetch_related(
            models.Prefetch("responses", MethodResponse.objects.order_by("status_code")),
            models.Prefetch("integration__responses", IntegrationResponse.objects.order_by("status_code")),
        )


class Method(Row):
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="methods")
    http_method = models.CharField(max_length=8, choices=choices(HTTP_METHODS))
    authorization_type = models.CharField(max_length=20, default="NONE", choices=choices(AUTHORIZATION_TYPES))
    authorizer_id = models.CharField(max_length=10, blank=True)
    authorization_scopes = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    api_key_required = models.BooleanField(default=False)
    operation_name = models.CharField(max_length=255, blank=True)
    request_parameters = models.JSONField(default=dict, blank=True)  # {"method.request.path.id": true}
    request_models = models.JSONField(default=dict, blank=True)  # {"application/json": "Pet"}
    request_validator_id = models.CharField(max_length=10, blank=True)

    objects = Methods.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "http_method"], name="one_method_per_verb"),
            models.CheckConstraint(condition=Q(http_method__in=HTTP_METHODS), name="method_has_a_known_verb"),
        ]

    def clean(self) -> None:
        checks.http_method(self.http_method)
        checks.request_parameters(self.request_parameters)

    @property
    def method_integration(self) -> "Integration | None":
        try:
            return self.integration
        except Integration.DoesNotExist:
            return None


class MethodResponse(Row):
    method = models.ForeignKey(Method, on_delete=models.CASCADE, related_name="responses")
    status_code = models.CharField(max_length=3)
    response_parameters = models.JSONField(default=dict, blank=True)  # {"method.response.header.Location": false}
    response_models = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["method", "status_code"], name="one_method_response_per_status")]

    def clean(self) -> None:
        checks.status_code(self.status_code)
        checks.response_parameters(self.response_parameters)


class Integration(Row):
    method = models.OneToOneField(Method, on_delete=models.CASCADE, related_name="integration")
    type = models.CharField(max_length=10, choices=choices(INTEGRATION_TYPES))
    http_method = models.CharField(max_length=8, blank=True, choices=choices(HTTP_METHODS))
    uri = models.TextField(blank=True)
    connection_type = models.CharField(max_length=10, default="INTERNET", choices=choices(CONNECTION_TYPES))
    connection_id = models.CharField(max_length=255, blank=True)
    credentials = models.CharField(max_length=2048, blank=True)
    # {"integration.request.path.id": "method.request.path.id"}
    request_parameters = models.JSONField(default=dict, blank=True)
    request_templates = models.JSONField(default=dict, blank=True)  # {"application/json": "..."}
    passthrough_behavior = models.CharField(max_length=20, default="WHEN_NO_MATCH", choices=choices(PASSTHROUGH))
    content_handling = models.CharField(max_length=20, blank=True, choices=choices(CONTENT_HANDLING))
    timeout_in_millis = models.PositiveIntegerField(default=29000)
    response_transfer_mode = models.CharField(max_length=8, default="BUFFERED", choices=choices(checks.TRANSFER_MODES))
    cache_namespace = models.CharField(max_length=255, blank=True)
    cache_key_parameters = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    insecure_skip_verification = models.BooleanField(null=True, blank=True)  # None: no tlsConfig
    held: Collection[str] = ()  # the parameters that it read before an update: its method may have lost some since

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(type__in=INTEGRATION_TYPES), name="integration_has_a_known_type"),
            models.CheckConstraint(condition=Q(type="MOCK") | ~Q(uri=""), name="integration_has_a_uri_unless_mock"),
            models.CheckConstraint(
                condition=Q(timeout_in_millis__gte=50, timeout_in_millis__lte=900000), name="integration_times_out"
            ),
        ]

    def clean(self) -> None:
        checks.integration_target(self.type, self.http_method, self.uri, self.credentials)
        checks.transfer(self.type, self.response_transfer_mode, self.timeout_in_millis, self.uri)
        checks.connection(self.connection_type, self.connection_id)
        checks.templates(self.request_templates)
        declared = {**dict.fromkeys(self.held, False), **self.method.request_parameters}
        checks.request_mappings(self.request_parameters, declared=declared)
        checks.cache_key_parameters(self.cache_key_parameters, declared=declared)


class IntegrationResponse(Row):
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="responses")
    status_code = models.CharField(max_length=3)
    selection_pattern = models.TextField(blank=True)  # empty: the default response
    response_parameters = models.JSONField(default=dict, blank=True)
    response_templates = models.JSONField(default=dict, blank=True)
    content_handling = models.CharField(max_length=20, blank=True, choices=choices(CONTENT_HANDLING))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "status_code"], name="one_integration_response_per_status")
        ]

    def clean(self) -> None:
        checks.status_code(self.status_code)
        checks.selection_pattern(self.selection_pattern)
        checks.templates(self.response_templates)


class Model(Row):
    """A named JSON schema (draft 4) of an API's bodies."""

    id = models.CharField(primary_key=True, max_length=10, default=ids.part_id)
    rest_api = models.ForeignKey(RestApi, on_delete=models.CASCADE, related_name="models")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    content_type = models.CharField(max_length=255, default="application/json")
    schema = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rest_api", "name"], name="one_model_per_name")]

    def clean(self) -> None:
        checks.model_name(self.name)
        checks.schema(self.schema)


class RequestValidator(Row):
    id = models.CharField(primary_key=True, max_length=10, default=ids.part_id)
    rest_api = models.ForeignKey(RestApi, on_delete=models.CASCADE, related_name="request_validators")
    name = models.CharField(max_length=255, blank=True)
    validate_request_body = models.BooleanField(default=False)
    validate_request_parameters = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rest_api", "name"], condition=~Q(name=""), name="one_validator_per_name")
        ]


class GatewayResponse(Row):
    """What a customer made of one type; the types without a row are as AWS has them."""

    rest_api = models.ForeignKey(RestApi, on_delete=models.CASCADE, related_name="gateway_responses")
    response_type = models.CharField(max_length=30, choices=choices(tuple(checks.GATEWAY_RESPONSES)))
    status_code = models.CharField(max_length=3, blank=True)  # empty: the type's own
    response_parameters = models.JSONField(default=dict, blank=True)  # {"gatewayresponse.header.X": "'*'"}
    response_templates = models.JSONField(default=dict, blank=True)

    default_response = False  # of those that no row says

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rest_api", "response_type"], name="one_gateway_response_per_type")
        ]

    def clean(self) -> None:
        if self.status_code:
            checks.status_code(self.status_code)
        checks.gateway_response_parameters(self.response_parameters)
        checks.templates(self.response_templates)


class Authorizer(Row):
    id = models.CharField(primary_key=True, max_length=10, default=ids.part_id)
    rest_api = models.ForeignKey(RestApi, on_delete=models.CASCADE, related_name="authorizers")
    name = models.CharField(max_length=128)
    type = models.CharField(max_length=20, choices=choices(AUTHORIZER_TYPES))
    provider_arns = ArrayField(models.CharField(max_length=2048), default=list, blank=True)
    auth_type = models.CharField(max_length=255, blank=True)  # of documents only
    authorizer_uri = models.TextField(blank=True)
    authorizer_credentials = models.CharField(max_length=2048, blank=True)
    identity_source = models.TextField(blank=True)  # "method.request.header.Auth, stageVariables.stage"
    identity_validation_expression = models.TextField(blank=True)
    authorizer_result_ttl_in_seconds = models.PositiveIntegerField(null=True, blank=True)
    jwt_configuration = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rest_api", "name"], name="one_authorizer_per_name")]

    def clean(self) -> None:
        checks.result_ttl(self.authorizer_result_ttl_in_seconds)
        checks.identity_validation_expression(self.identity_validation_expression)
        checks.identity_source(self.type, self.identity_source, ttl=self.authorizer_result_ttl_in_seconds)
        if self.type == "JWT":
            checks.jwt_configuration(self.jwt_configuration)
        elif self.type == "COGNITO_USER_POOLS":
            checks.provider_arns(self.provider_arns)
        else:
            checks.authorizer_uri(self.authorizer_uri)
            checks.authorizer_credentials(self.authorizer_credentials)
