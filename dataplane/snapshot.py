"""THE CONTRACT between the console, which builds it, and the dataplane, which reads it.

An *ApiDocument* is what a deployment froze: immutable, named by the SHA-256 of its bytes. A *StageEntry* says what a
stage serves now: which document, with which settings. A *Manifest* carries the entries that changed since a generation.
Field names are AWS's; JSON members are their camel case. Both sides agree on SCHEMA_VERSION: newer ones are refused.

Growing it: a new field needs a default; a field that an old reader must not overlook needs a new SCHEMA_VERSION.
"""

import hashlib
from typing import Any, Final, Literal, TypeVar

import msgspec

from dataplane.admission import Access as Access
from dataplane.admission import ApiKey as ApiKey
from dataplane.admission import Base as Base
from dataplane.admission import Digest as Digest
from dataplane.admission import KeyPlan as KeyPlan
from dataplane.admission import PlanStage as PlanStage
from dataplane.admission import Quota as Quota
from dataplane.admission import QuotaUse as QuotaUse
from dataplane.admission import Throttle as Throttle
from dataplane.admission import UsageCount as UsageCount
from dataplane.admission import UsagePlan as UsagePlan
from dataplane.method_settings import MethodSetting as MethodSetting

SCHEMA_VERSION: Final = 1

IntegrationType = Literal["HTTP", "HTTP_PROXY", "MOCK", "AWS", "AWS_PROXY"]
PassthroughBehavior = Literal["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"]
ResponseTransferMode = Literal["BUFFERED", "STREAM"]
ContentHandling = Literal["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"]


class SnapshotError(Exception):
    """Bytes that are not a snapshot this reader may serve: corrupt, of another shape, or newer than SCHEMA_VERSION."""


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


class Canary(Base, frozen=True):
    deployment_id: str
    digest: Digest
    percent_traffic: float
    stage_variable_overrides: dict[str, str] = {}
    use_stage_cache: bool = False


class StageEntry(Base, frozen=True):
    """All that a node needs, beside the documents it names, to serve one stage."""

    api_id: str
    stage_name: str
    generation: int  # of the last change to this stage
    deployment_id: str
    digest: Digest
    account_id: str = "000000000000"
    region: str = "us-east-1"
    variables: dict[str, str] = {}
    method_settings: dict[str, MethodSetting] = {}
    canary: Canary | None = None
    cache_enabled: bool = False
    cache_cluster_size: str = ""  # gigabytes
    cache_generation: int = 0
    authorizers_cache_generation: int = 0
    access_log_format: str = ""
    access_log_destination: str = ""  # an ARN
    tracing_enabled: bool = False
    disable_execute_api_endpoint: bool = False


class StageName(Base, frozen=True):
    api_id: str
    stage_name: str


class Manifest(Base, frozen=True):
    """The answer to "what changed since generation N?"; `since` 0 means that `stages` is the whole set.

    `stage_count` is how many stages there are in all: a node that counts otherwise missed something and asks from 0.
    `origin` names the database: another one than before means that N meant nothing to it, and the set is whole.
    `access` None: a console that says nothing of it.
    """

    schema_version: int
    origin: str
    generation: int
    since: int
    stage_count: int
    stages: tuple[StageEntry, ...] = ()
    removed: tuple[StageName, ...] = ()
    access: Access | None = None


class Refusal(Base, frozen=True):
    """A stage's snapshot that a node would not serve; the one before it serves on."""

    api_id: str
    stage_name: str
    generation: int
    digest: Digest
    reason: str


class MinuteCount(Base, frozen=True):
    """Requests of one method in one minute (epoch seconds of its start)."""

    minute: int
    api_id: str
    stage_name: str
    resource_path: str
    http_method: str
    digest: Digest
    count: int = 0
    count_4xx: int = msgspec.field(name="count4xx", default=0)
    count_5xx: int = msgspec.field(name="count5xx", default=0)
    latency_ms_sum: float = 0.0
    integration_latency_ms_sum: float = 0.0
    cache_hits: int = 0
    cache_misses: int = 0


class ReportAnswer(Base, frozen=True):
    """Of what was reported, what all nodes together used."""

    schema_version: int
    quotas: tuple[QuotaUse, ...] = ()


class NodeReport(Base, frozen=True):
    """What a node says of itself, about once a second and at once after each swap."""

    schema_version: int
    node_id: str
    version: str
    origin: str
    generation: int  # served by every one of its workers
    workers: int
    started_at: float  # epoch seconds
    requests: int = 0  # since the start
    connections: int = 0
    memory_bytes: int = 0
    endpoint: str = ""  # "http://127.0.0.1:8081": where the console finds this node; empty: nowhere
    refusals: tuple[Refusal, ...] = ()
    counts: tuple[MinuteCount, ...] = ()
    usage_life: str = ""  # of the counts below; it ends where a node loses what it counted
    usage: tuple[UsageCount, ...] = ()


class DraftRequest(Base, frozen=True):
    """One request to execute on a drawn API, beside what is served: POST /internal/test. No authorizer, no API key."""

    schema_version: int
    document: ApiDocument
    resource_id: str
    http_method: str
    path_with_query_string: str = ""  # one that is not of the resource only empties the path parameters
    headers: dict[str, str] = {}
    multi_value_headers: dict[str, list[str]] = {}
    body: str = ""
    stage_variables: dict[str, str] = {}
    account_id: str = "000000000000"
    region: str = "us-east-1"


class DraftStep(Base, frozen=True):
    """`input` and `output` are what went in and came out, as JSON values."""

    name: str
    input: Any
    output: Any
    milliseconds: float


class DraftResult(Base, frozen=True):
    status: int
    headers: dict[str, str]  # of several values the last
    multi_value_headers: dict[str, list[str]]
    body: str
    latency: int  # milliseconds
    log: str
    steps: tuple[DraftStep, ...]


class AuthorizerDraft(Base, frozen=True):
    """One authorizer to ask as it is drawn: POST /internal/test-authorizer. `document` need hold nothing else."""

    schema_version: int
    document: ApiDocument
    authorizer_id: str
    path_with_query_string: str = ""
    headers: dict[str, str] = {}
    multi_value_headers: dict[str, list[str]] = {}
    body: str = ""
    stage_variables: dict[str, str] = {}
    additional_context: dict[str, str] = {}  # "identity.sourceIp"
    account_id: str = "000000000000"
    region: str = "us-east-1"


class AuthorizerDraftResult(Base, frozen=True):
    client_status: int  # 0: the caller would have been let in
    log: str
    latency: int  # milliseconds
    principal_id: str = ""
    policy: str = ""  # as the function returned it
    authorization: dict[str, list[str]] = {}  # what else it returned: `$context.authorizer`
    claims: dict[str, str] = {}
    usage_identifier_key: str = ""


S = TypeVar("S", bound=Base)


def encode(value: Base) -> bytes:
    """Canonical JSON: members in the order of the definition, maps sorted, no white space."""
    return msgspec.json.encode(value, order="deterministic")


def digest(body: bytes) -> Digest:
    return hashlib.sha256(body).hexdigest()


def decode(body: bytes, kind: type[S]) -> S:
    """Raises SnapshotError unless `body` is a `kind` of a schema version that this reader knows."""
    try:
        version = msgspec.json.decode(body, type=_Versioned).schema_version
        if version > SCHEMA_VERSION:
            raise SnapshotError(
                f"schema version {version} is newer than {SCHEMA_VERSION}, the newest this version reads: upgrade it"
            )
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:  # ValidationError is one
        raise SnapshotError(f"not a {kind.__name__}: {error}") from error


def decode_document(body: bytes, expected: Digest) -> ApiDocument:
    """Verify, then decode. Raises SnapshotError."""
    found = digest(body)
    if found != expected:
        raise SnapshotError(f"corrupt: its SHA-256 is {found}, not {expected}")
    return decode(body, ApiDocument)


def to_builtins(value: Base) -> Any:
    """The JSON value of a struct, for pages and JSON columns."""
    return msgspec.to_builtins(value)


class _Versioned(msgspec.Struct, rename="camel"):
    schema_version: int = 0  # 0: parts inside a versioned whole carry none
