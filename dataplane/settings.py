"""The dataplane's settings: the only reader of the environment in this package."""

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """AWS's limits where AWS has them, in bytes and seconds."""

    head_bytes: int = 10_240  # request line and headers
    body_bytes: int = 10 * 1024 * 1024
    header_seconds: float = 10.0  # to send a whole head
    idle_seconds: float = 60.0  # between requests of one connection
    connections: int = 20_000
    stream_bytes: int = 256 * 1024  # held per connection and direction before the other side is paused
    stall_seconds: float = 30.0  # a client that is waited for, without any progress of a body
    linger_seconds: float = 2.0  # after the last answer, for a client that is still sending
    upstream_connections: int = 1_000  # per origin and worker
    upstream_idle_seconds: float = 60.0
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


def from_environment() -> Settings:
    """Raises SystemExit with one sentence that says what to do."""
    env = os.environ
    home = Path(env.get("STAGEDOOR_HOME", ".stagedoor")).resolve()
    node_id = env.get("STAGEDOOR_NODE_ID", socket.gethostname())
    return Settings(
        node_id=node_id,
        home=Path(env.get("STAGEDOOR_NODE_HOME", home / "nodes" / node_id)),
        console_url=env.get("STAGEDOOR_CONSOLE_URL", f"http://127.0.0.1:{env.get('STAGEDOOR_CONSOLE_PORT', '8000')}"),
        node_token=env.get("STAGEDOOR_NODE_TOKEN") or _kept_token(home / "secrets" / "node_token"),
        host=env.get("STAGEDOOR_GATEWAY_HOST", "127.0.0.1"),
        gateway_port=int(env.get("STAGEDOOR_GATEWAY_PORT", "8080")),
        node_host=env.get("STAGEDOOR_NODE_HOST", "127.0.0.1"),
        node_port=int(env.get("STAGEDOOR_NODE_PORT", "8081")),
        workers=int(env.get("STAGEDOOR_WORKERS", "1")),
        poll_seconds=float(env.get("STAGEDOOR_POLL_SECONDS", "0.25")),
        account_id=env.get("STAGEDOOR_ACCOUNT_ID", "000000000000"),
        region=env.get("STAGEDOOR_REGION", "us-east-1"),
        domain=env.get("STAGEDOOR_DOMAIN", "localhost"),
        log_level=env.get("STAGEDOOR_LOG_LEVEL", "INFO"),
    )


def _kept_token(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        raise SystemExit(
            f"dataplane: no node token: set STAGEDOOR_NODE_TOKEN to the console's, or start the console first ({path})"
        ) from None
