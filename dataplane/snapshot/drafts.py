"""What is asked of a node beside what it serves: one request through a drawn API, or one drawn authorizer."""

from typing import Any

from dataplane.snapshot.document import ApiDocument
from dataplane.snapshot.values import Base


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
