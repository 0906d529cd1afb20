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
    cache_namespace: str = ""  # empty: the resource's id
    cache_key_parameters: list[str] = field(default_factory=list)
    insecure_skip_verification: bool = False
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
    authorization_scopes: list[str] = field(default_factory=list)
    api_key_required: bool = False
    operation_name: str = ""
    request_parameters: dict[str, bool] = field(default_factory=dict)
    request_models: dict[str, str] = field(default_factory=dict)
    responses: list[MethodResponseDraft] = field(default_factory=list)
    integration: IntegrationDraft | None = None


@dataclass(slots=True)
class ModelDraft:
    name: str
    schema: str = ""
    description: str = ""
    content_type: str = "application/json"


@dataclass(slots=True)
class Drawing:
    """`settings` are fields of RestApi that the source names; paths without methods are resources too."""

    settings: dict[str, Any] = field(default_factory=dict)
    models: dict[str, ModelDraft] = field(default_factory=dict)
    paths: dict[str, list[MethodDraft]] = field(default_factory=dict)  # "/pets/{petId}"
