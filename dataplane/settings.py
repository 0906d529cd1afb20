"""The dataplane's settings: the only reader of the environment in this package."""

import math
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

VERSION: Final = "0.1.0"
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class Limits:
    """AWS's limits where AWS has them, in bytes and seconds."""

    head_bytes: int = 10_240  # request line and headers
    url_bytes: int = 8_192
    body_bytes: int = 10 * 1024 * 1024
    header_seconds: float = 10.0  # to send a whole head
    idle_seconds: float = 60.0  # between requests of one connection
    connections: int = 20_000
    stream_bytes: int = 64 * 1024  # held per connection and direction before the other side is paused
    stall_seconds: float = 30.0  # in which a client that is waited for sends or takes so much of a body:
    stall_bytes: int = 16 * 1024  # about 500 a second, the least that Apache's mod_reqtimeout takes
    linger_seconds: float = 2.0  # after the last answer, for a client that is still sending
    shut_seconds: float = 10.0  # for an answer to begin, and to go on, to a client that has closed its sending side
    upstream_connections: int = 1_000  # per origin and worker
    endpoint_connections: int = 4_000  # per AWS endpoint and worker, of which a target has the above at most
    upstream_waiters: int = 4_000  # for one of them: an origin that hangs may not have all clients wait for it
    upstream_idle_seconds: float = 60.0
    upstream_age_seconds: float = 300.0  # then a connection is not kept, so that a name's new addresses are used
    connect_seconds: float = 5.0  # to one address, TLS included
    upstream_head_bytes: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    node_id: str
    home: Path  # this node's own folder: snapshots/ below it
    console_url: str
    node_token: str
    host: str
    gateway_port: int
    node_host: str
    node_port: int
    workers: int
    poll_seconds: float
    account_id: str
    region: str
    domain: str  # hosts are {api}.execute-api.{domain}
    log_level: str
    limits: Limits = field(default_factory=Limits)
    node_advertise: str = ""
    cache_bytes: int = 256 * 1024 * 1024  # of answers that one worker keeps, of all stages together
    held_bytes: int = 256 * 1024 * 1024  # of bodies and answers that wait in one worker
    valkey_url: str = ""  # empty: this node shares its limits with no other
    access_log_folder: Path | None = None  # None: in the node's own
    access_log_bytes: int = 64 * 1024 * 1024  # of one file, which is then put aside
    access_log_files: int = 10  # of one log group

    @property
    def access_logs(self) -> Path:
        return self.access_log_folder or self.home / "access-logs"

    @property
    def node_url(self) -> str:
        """Where others find the node endpoint."""
        if self.node_advertise:
            return self.node_advertise
        host = socket.gethostname() if self.node_host in ("0.0.0.0", "::", "") else self.node_host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.node_port}"


def from_environment() -> Settings:
    """Raises SystemExit with one sentence that says what to do."""
    env = os.environ
    home = Path(env.get("STAGEDOOR_HOME", ".stagedoor")).resolve()
    node_id = env.get("STAGEDOOR_NODE_ID") or socket.gethostname()
    return Settings(
        node_id=node_id,
        home=Path(env.get("STAGEDOOR_NODE_HOME", home / "nodes" / node_id)).resolve(),
        console_url=_console_url(env),
        node_token=env.get("STAGEDOOR_NODE_TOKEN", "").strip() or _kept_token(home / "secrets" / "node_token"),
        host=env.get("STAGEDOOR_GATEWAY_HOST", "127.0.0.1"),
        gateway_port=_port(env, "STAGEDOOR_GATEWAY_PORT", 8080),
        node_host=env.get("STAGEDOOR_NODE_HOST", "127.0.0.1"),
        node_port=_port(env, "STAGEDOOR_NODE_PORT", 8081),
        workers=int(_number(env, "STAGEDOOR_WORKERS", 1, least=1, most=256)),
        poll_seconds=_number(env, "STAGEDOOR_POLL_SECONDS", 0.25, least=0.01, most=60),
        account_id=env.get("STAGEDOOR_ACCOUNT_ID", "000000000000"),
        region=env.get("STAGEDOOR_REGION", "us-east-1"),
        domain=env.get("STAGEDOOR_DOMAIN", "localhost"),
        log_level=_log_level(env),
        node_advertise=_node_advertise(env),
        cache_bytes=int(_number(env, "STAGEDOOR_CACHE_MB", 256, least=1, most=1_048_576)) * 1024 * 1024,
        held_bytes=int(_number(env, "STAGEDOOR_HELD_MB", 256, least=32, most=1_048_576)) * 1024 * 1024,
        access_log_folder=Path(folder).resolve() if (folder := env.get("STAGEDOOR_ACCESS_LOG_FOLDER")) else None,
        access_log_bytes=int(_number(env, "STAGEDOOR_ACCESS_LOG_MB", 64, least=1, most=1_048_576)) * 1024 * 1024,
        access_log_files=int(_number(env, "STAGEDOOR_ACCESS_LOG_FILES", 10, least=1, most=1_000)),
        valkey_url=_valkey_url(env),
    )


@dataclass(frozen=True, slots=True)
class AwsEndpoints:
    """AWS_ENDPOINT_URL and its kin, which the AWS SDK for Python knows only where it makes the call itself."""

    of_all: str
    of_services: dict[str, str]  # by the name of a service as the variable has it: LAMBDA
    ignored: bool  # those of shared files too


def aws_endpoints() -> AwsEndpoints:
    env, name = os.environ, "AWS_ENDPOINT_URL"
    return AwsEndpoints(
        of_all=env.get(name, ""),
        of_services={key.removeprefix(f"{name}_"): url for key, url in env.items() if key.startswith(f"{name}_")},
        ignored=env.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true",
    )


def _console_url(env: Mapping[str, str]) -> str:
    url = env.get("STAGEDOOR_CONSOLE_URL") or f"http://127.0.0.1:{_port(env, 'STAGEDOOR_CONSOLE_PORT', 8000)}"
    return _url("STAGEDOOR_CONSOLE_URL", url)


def _node_advertise(env: Mapping[str, str]) -> str:
    url = env.get("STAGEDOOR_NODE_ADVERTISE", "")
    return _url("STAGEDOOR_NODE_ADVERTISE", url) if url else ""


def _valkey_url(env: Mapping[str, str]) -> str:
    url = env.get("VALKEY_URL", "")
    parts = urlsplit(url)
    if url and parts.scheme not in ("redis", "rediss", "valkey", "valkeys", "unix"):
        raise SystemExit("dataplane: VALKEY_URL must look like redis://host:6379/0 or unix:///path: correct it")
    return url


def _url(name: str, url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SystemExit(f"dataplane: {name} is {url!r}: give it as http://host:port or https://host")
    return url.rstrip("/")


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    return int(_number(env, name, default, least=0, most=65_535))  # 0: any free port, named in the log


def _number(env: Mapping[str, str], name: str, default: float, *, least: float, most: float) -> float:
    given = env.get(name) or str(default)
    try:
        value = type(default)(given)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        kind = "a whole number" if isinstance(default, int) else "a number"
        raise SystemExit(f"dataplane: {name} is {given!r}: give {kind} from {least:g} to {most:g}")
    return value


def _log_level(env: Mapping[str, str]) -> str:
    level = env.get("STAGEDOOR_LOG_LEVEL", "INFO").upper()
    if level not in LOG_LEVELS:
        raise SystemExit(f"dataplane: STAGEDOOR_LOG_LEVEL is {level!r}: give one of {', '.join(LOG_LEVELS)}")
    return level


def _kept_token(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        raise SystemExit(
            f"dataplane: no node token: set STAGEDOOR_NODE_TOKEN to the console's, or start the console first ({path})"
        ) from None
