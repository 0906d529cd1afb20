"""What a deployment froze of an API, and the reason why an integration of it cannot be served."""

from typing import Final, Literal

from dataplane.snapshot.values import Base

IntegrationType = Literal["HTTP", "HTTP_PROXY", "MOCK", "AWS", "AWS_PROXY"]
PassthroughBehavior = Literal["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"]
ResponseTransferMode = Literal["BUFFERED", "STREAM"]
ContentHandling = Literal["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"]


class IntegrationResponse(Base, frozen=True):
    status_code: str
    selection_pattern: str = ""  # empty: the default response
    response_parameters: dict[str, str] = {}
    response_templates: dict[str, str] = {}
    content_handling: ContentHandling | None = None


# The caller's own credentials, as AWS writes it.
_CALLERS_CREDENTIALS: Final = "arn:aws:iam::*:user/*"


class Integration(Base, frozen=True):
    type: IntegrationType
    uri: str = ""
    http_method: str = ""
    connection_type: str = "INTERNET"
    connection_id: str = ""
    credentials: str = ""
    request_parameters: dict[str, str] = {}
    request_templates: dict[str, str] = {}
    passthrough_behavior: PassthroughBehavior = "WHEN_NO_MATCH"
    content_handling: ContentHandling | None = None
    timeout_in_millis: int = 29_000
    response_transfer_mode: ResponseTransferMode = "BUFFERED"
    cache_namespace: str = ""
    cache_key_parameters: tuple[str, ...] = ()
    insecure_skip_verification: bool = False
    responses: tuple[IntegrationResponse, ...] = ()


def unserved(integration: Integration) -> str:
    """Why this version cannot serve an integration; empty where it can. Asked before freezing, and again by nodes."""
    if integration.connection_type == "VPC_LINK":
        return "Integrations through a VPC link are not served by this version"
    if integration.credentials == _CALLERS_CREDENTIALS:
        return "Integrations with the caller's credentials are not served: nobody but the caller has them"
    return ""


class MethodResponse(Base, frozen=True):
    status_code: str
    response_parameters: dict[str, bool] = {}
    response_models: dict[str, str] = {}


class Method(Base, frozen=True):
    http_method: str  # ANY or one verb
    integration: Integration
    authorization_type: str = "NONE"
    authorizer_id: str = ""
    authorization_scopes: tuple[str, ...] = ()
    api_key_required: bool = False
    operation_name: str = ""
    request_parameters: dict[str, bool] = {}
    request_models: dict[str, str] = {}
    request_validator_id: str = ""
    responses: tuple[MethodResponse, ...] = ()


class Resource(Base, frozen=True):
    id: str
    path: str  # "/pets/{petId}"
    methods: tuple[Method, ...] = ()


class Model(Base, frozen=True):
    name: str
    content_type: str = "application/json"
    schema: str = ""


class RequestValidator(Base, frozen=True):
    id: str
    name: str = ""
    validate_request_body: bool = False
    validate_request_parameters: bool = False


class GatewayResponse(Base, frozen=True):
    """What a customer made of one of AWS's 21 types; those left alone are not listed."""

    response_type: str  # "UNAUTHORIZED", "DEFAULT_4XX"
    status_code: str = ""  # empty: the type's own
    response_parameters: dict[str, str] = {}  # {"gatewayresponse.header.X": "'*'"}
    response_templates: dict[str, str] = {}  # not VTL: plain substitution


AuthorizerType = Literal["TOKEN", "REQUEST", "COGNITO_USER_POOLS", "JWT"]


class JwtClaim(Base, frozen=True):
    claim_name: str
    required: bool = False
    expected_values: tuple[str, ...] = ()


class JwtIssuer(Base, frozen=True):
    issuer: str
    audiences: tuple[str, ...] = ()
    additional_claims: tuple[JwtClaim, ...] = ()


class Authorizer(Base, frozen=True):
    id: str
    type: AuthorizerType
    name: str = ""
    provider_arns: tuple[str, ...] = ()
    authorizer_uri: str = ""
    authorizer_credentials: str = ""
    identity_source: str = ""
    identity_validation_expression: str = ""
    authorizer_result_ttl_in_seconds: int = 0  # 0: every request asks
    jwt_issuers: tuple[JwtIssuer, ...] = ()
    jwt_algorithms: tuple[str, ...] = ()


class ApiDocument(Base, frozen=True):
    schema_version: int
    api_id: str
    name: str
    api_key_source: str = "HEADER"
    binary_media_types: tuple[str, ...] = ()
    minimum_compression_size: int | None = None
    policy: str = ""
    resources: tuple[Resource, ...] = ()
    models: tuple[Model, ...] = ()
    request_validators: tuple[RequestValidator, ...] = ()
    gateway_responses: tuple[GatewayResponse, ...] = ()
    authorizers: tuple[Authorizer, ...] = ()
