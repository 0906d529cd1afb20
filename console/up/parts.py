"""The Python processes of the house, each as `up` runs it on one machine."""

import hashlib
import os
import platform
import re
import sys
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from console.up import ready
from console.up.children import Part
from console.up.logs import ERRORS, TROUBLE, Log, log_path

CONSOLE, DATAPLANE = "console", "dataplane"
# Each end is asked for in this order: first who takes requests, last who keeps the data.
STOP_ORDER = (DATAPLANE, CONSOLE, "worker", "beat", "backend", "valkey", "postgres")

DRAIN = 35.0  # seconds: a request may take AWS's 29


def environment() -> dict[str, str]:
    """What every child is told, whatever this process was told."""
    return {
        **os.environ,
        "STAGEDOOR_HOME": str(settings.HOME),
        "DATABASE_URL": settings.DATABASE_URL,
        "VALKEY_URL": settings.VALKEY_URL,
        "STAGEDOOR_CONSOLE_PORT": str(settings.CONSOLE_PORT),
        "STAGEDOOR_GATEWAY_PORT": str(settings.GATEWAY_PORT),
        "STAGEDOOR_NODE_PORT": str(settings.NODE_PORT),
        "STAGEDOOR_TLS_PORT": str(settings.TLS_PORT),
        "STAGEDOOR_NODE_TOKEN": settings.NODE_TOKEN,
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "PYTHONPATH": str(settings.BASE_DIR),
        "PYTHONUNBUFFERED": "1",
    }


def _python(
    name: str,
    *arguments: str,
    ready: Callable[[], bool],
    patience: float = 10.0,
    trouble: re.Pattern[str] = ERRORS,
) -> Part:
    return Part(
        name=name,
        command=[sys.executable, "-m", *arguments],
        environment=environment(),
        ready=ready,
        patience=patience,
        trouble=trouble,
    )


def console() -> Part:
    port = settings.CONSOLE_PORT
    return _python(
        CONSOLE,
        *("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"),
        *("--workers", "1", "--blocking-threads", str(settings.CONSOLE_THREADS)),
        *("--respawn-failed-workers", "--workers-kill-timeout", "20"),
        "console.wsgi:application",
        ready=lambda: ready.answers(port, "/sign-in"),
        patience=25.0,
    )


def worker() -> Part:
    """One process with two threads, half the memory of the default pool of processes, which production runs."""
    hostname = f"{_house()}@{platform.node()}"
    return _python(
        "worker",
        *("celery", "-A", "console.celery", "worker", "--pool", "threads", "--concurrency", "2"),
        *("--hostname", hostname, "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
        ready=lambda: ready.worker_answers(hostname),
        patience=30.0,
    )


def beat(home: Path) -> Part:
    """A process of its own, as in production. It takes no requests: it is ready once it says that it starts."""
    log = Log(log_path(home, "beat"))
    schedule = str(home / "run" / "beat-schedule")
    return _python(
        "beat",
        *("celery", "-A", "console.celery", "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "INFO"),
        ready=lambda: any("beat: Starting" in line for line in log.new_lines()),
    )


def dataplane() -> Part:
    port = settings.NODE_PORT
    return _python(
        DATAPLANE,
        "dataplane",
        ready=lambda: ready.answers(port, "/readyz"),
        patience=DRAIN,
        trouble=TROUBLE,
    )


def backend() -> Part:
    port = settings.DEMO_PORT
    return _python(
        "backend",
        *("console.up.backend", "--port", str(port)),
        ready=lambda: ready.answers(port, "/pets"),
    )


def _house() -> str:
    """Tells this house's worker from another's on the same Valkey."""
    return f"up-{hashlib.sha256(os.fsencode(settings.HOME)).hexdigest()[:8]}"
