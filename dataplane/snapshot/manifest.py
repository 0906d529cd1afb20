"""What stages serve now, and what changed of it."""

from dataplane.snapshot.admission import Access
from dataplane.snapshot.method_settings import MethodSetting
from dataplane.snapshot.values import Base, Digest


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
