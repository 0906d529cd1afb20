"""What the AWS SDK knows here: this node's credentials, and where services are.

Credentials and endpoints come from where every AWS SDK takes them: the environment (AWS_ACCESS_KEY_ID, AWS_PROFILE,
AWS_ENDPOINT_URL, ...), shared files, web identity, container and instance metadata. All of it blocks: for threads.
botocore is imported when the first call is compiled: it takes 16 MB, which a worker that calls no AWS does not pay.
"""

import threading
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from dataplane.aws.faults import NoCredentials
from dataplane.aws.signing import Credentials
from dataplane.mapping.uri import Origin, UriError
from dataplane.settings import aws_endpoints

# API Gateway's name of a service: the host's, and the one that is signed for, where these differ.
_HOSTS: Final = {"iotdata": "iot"}
_SIGNED: Final = {"email": "ses"}
# The SDK's name of a service, where it differs.
_MODELS: Final = {"states": "stepfunctions", "monitoring": "cloudwatch", "email": "ses", "iotdata": "iot-data"}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Endpoint:
    origin: Origin
    host: str  # as the Host header says it
    base: str  # of paths, without a slash at its end; empty but for endpoints that somebody configured
    signed_service: str
    signed_region: str


@dataclass(frozen=True, slots=True)
class Action:
    """How a service is told which of its actions is meant, beside `Action=` in the query."""

    host_prefix: str = ""  # of an endpoint of its own, at AWS: "sync-"
    version: str = ""  # of the API, for services that read it from the query
    headers: tuple[tuple[bytes, bytes], ...] = ()  # X-Amz-Target and Content-Type, for those that speak JSON


NO_ACTION: Final = Action()


def obtain() -> tuple[Credentials, bool]:
    """This node's credentials, and whether they expire. Raises NoCredentials."""
    from botocore.credentials import RefreshableCredentials
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        with _lock:
            found = _session().get_credentials()
            frozen = found and found.get_frozen_credentials()
    except (BotoCoreError, ClientError) as error:
        raise NoCredentials(f"this node's AWS credentials: {error}") from error
    if not frozen or not frozen.access_key:
        raise NoCredentials("this node has no AWS credentials")
    expire = isinstance(found, RefreshableCredentials)
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token or ""), expire


@cache
def endpoint(service: str, region: str, host_prefix: str = "") -> Endpoint:
    """Of `sqs`, or of `bucket.s3`: what stands before the last dot is a subdomain. Raises UriError."""
    subdomain, _, name = service.rpartition(".")
    prefix = f"{subdomain}." if subdomain else ""
    known = _known(_HOSTS.get(name, name), region)
    scope = known.get("credentialScope", {})
    configured = _configured(name)
    parts = urlsplit(configured or f"https://{known['hostname']}")
    # To a stand-in that has an address for its name, the Host header alone says the subdomain.
    host = f"{prefix}{'' if configured else host_prefix}{parts.netloc}"
    origin = _origin(parts if configured else parts._replace(netloc=host))
    return Endpoint(
        origin=origin,
        host=host,
        base=parts.path.rstrip("/"),
        signed_service=scope.get("service", _SIGNED.get(name, name)),
        signed_region=scope.get("region", region),
    )


@cache
def action(service: str, name: str) -> Action:
    """From AWS's model of the service; nothing where there is none. Reads files."""
    import botocore.loaders
    from botocore.exceptions import BotoCoreError

    name = name.partition("&")[0]
    try:
        model = botocore.loaders.Loader().load_service_model(_MODELS.get(service, service), "service-2")
    except BotoCoreError:
        return NO_ACTION
    metadata = model["metadata"]
    prefix = model["operations"].get(name, {}).get("endpoint", {}).get("hostPrefix", "")
    own = "" if "{" in prefix else prefix
    # Some that speak JSON to newer clients still read a query.
    spoken = {metadata["protocol"], *metadata.get("protocols", ())}
    if spoken & {"query", "ec2"} or "awsQueryCompatible" in metadata:
        return Action(own, version=metadata["apiVersion"])
    if "targetPrefix" not in metadata:
        return Action(own)
    target = (b"X-Amz-Target", f"{metadata['targetPrefix']}.{name}".encode())
    content_type = (b"Content-Type", f"application/x-amz-json-{metadata.get('jsonVersion', '1.0')}".encode())
    return Action(own, headers=(target, content_type))


@cache
def _session() -> Any:
    import botocore.session

    return botocore.session.Session()


def _known(service: str, region: str) -> dict[str, Any]:
    """AWS's own list is let go again: it takes 7 MB. A region that it does not have is named as most are."""
    import botocore.loaders
    import botocore.regions

    with _lock:
        listed = botocore.loaders.Loader().load_data("endpoints")
        found: dict[str, Any] | None = botocore.regions.EndpointResolver(listed).construct_endpoint(service, region)
    return found or {"hostname": f"{service}.{region}.amazonaws.com"}


def _configured(service: str) -> str:
    """AWS SDKs and Tools Reference Guide, "Service-specific endpoints": which of the settings counts first."""
    from botocore.exceptions import BotoCoreError
    from botocore.utils import EVENT_ALIASES

    name = EVENT_ALIASES.get(service, service).replace("-", "_").replace(" ", "_")
    environment = aws_endpoints()
    try:
        with _lock:
            profile = _session().get_scoped_config()
            services = _session().full_config.get("services", {}).get(profile.get("services", ""), {})
    except BotoCoreError:  # a profile that is not there: `obtain` says so when it matters
        profile, services = {}, {}
    if environment.ignored or str(profile.get("ignore_configured_endpoint_urls", "")).lower() == "true":
        return ""
    for url in (
        environment.of_services.get(name.upper()),
        environment.of_all,
        services.get(name.lower(), {}).get("endpoint_url"),
        profile.get("endpoint_url"),
    ):
        if url:
            return str(url)
    return ""


def _origin(parts: SplitResult) -> Origin:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise UriError(f"not an endpoint of AWS: {parts.geturl()!r}")
    return Origin(parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80))
