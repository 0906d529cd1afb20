"""A drawn API as plain values: what a document says, or a clone copies, before it is rows. Fields are the rows' own."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class IntegrationResponseDraft:
    status_code: str
    selection_pattern: str = ""
    response_parameters: dict[str, str] = field(default_factory=dict)
    response_templates: dict[str, str] = field(default_factory=dict)
    content_handling: str = ""


@dataclass(slots=True)
class IntegrationDraft:
    type: str
    http_method: str = ""
    uri: str = ""
    connection_type: str = "INTERNET"
    connection_id: str = ""
    credentials: str = ""
    request_parameters: dict[str, str] = field(default_factory=dict)
    request_templates: dict[str, str] = field(default_factory=dict)
    passthrough_behavior: str = "WHEN_NO_MATCH"
    content_handling: str = ""
    timeout_in_millis: int = 29_000
    response_transfer_mode: str = "BUFFERED"
    cache_namespace: str = ""  # empty: the resource's id
    cache_key_parameters: list[str] = field(default_factory=list)
    insecure_skip_verification: bool | None = None
    responses: list[IntegrationResponseDraft] = field(default_factory=list)


@dataclass(slots=True)
class MethodResponseDraft:
    status_code: str
    response_parameters: dict[str, bool] = field(default_factory=dict)
    response_models: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class MethodDraft:
    http_method: str
    authorization_type: str = "NONE"
    authorizer: str = ""  # by name
    authorization_scopes: list[str] = field(default_factory=list)
    api_key_required: bool = False
    operation_name: str = ""
    request_parameters: dict[str, bool] = field(default_factory=dict)
    request_models: dict[str, str] = field(default_factory=dict)
    request_validator: str = ""  # by name
    responses: list[MethodResponseDraft] = field(default_factory=list)
    integration: IntegrationDraft | None = None


@dataclass(slots=True)
class ModelDraft:
    name: str
    schema: str = ""
    description: str = ""
    content_type: str = "application/json"


@dataclass(slots=True)
class RequestValidatorDraft:
    name: str
    validate_request_body: bool = False
    validate_request_parameters: bool = False


@dataclass(slots=True)
class AuthorizerDraft:
    name: str
    type: str
    provider_arns: list[str] = field(default_factory=list)
    auth_type: str = ""
    authorizer_uri: str = ""
    authorizer_credentials: str = ""
    identity_source: str = ""
    identity_validation_expression: str = ""
    authorizer_result_ttl_in_seconds: int | None = None
    jwt_configuration: dict[str, Any] | None = None


@dataclass(slots=True)
class GatewayResponseDraft:
    response_type: str
    status_code: str = ""
    response_parameters: dict[str, str] = field(default_factory=dict)
    response_templates: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class DocumentationPartDraft:
    type: str
    path: str = ""
    method: str = ""
    status_code: str = ""
    name: str = ""
    properties: str = "{}"


@dataclass(slots=True)
class Drawing:
    """`settings` are fields of RestApi that the source names; paths without methods are resources too.

    `documentation_parts` is None where the source was not asked for any.
    """

    settings: dict[str, Any] = field(default_factory=dict)
    models: dict[str, ModelDraft] = field(default_factory=dict)
    request_validators: list[RequestValidatorDraft] = field(default_factory=list)
    authorizers: list[AuthorizerDraft] = field(default_factory=list)
    gateway_responses: list[GatewayResponseDraft] = field(default_factory=list)
    documentation_parts: list[DocumentationPartDraft] | None = None
    paths: dict[str, list[MethodDraft]] = field(default_factory=dict)  # "/pets/{petId}"
