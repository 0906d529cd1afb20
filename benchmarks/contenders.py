"""The gateways that are compared, all before the same backend, and that backend.

Bare proxies: no logs, no statistics beyond a program's defaults, connections kept on both sides. Each has a second,
guarded way to the backend: for those who show a key that it knows, not too often, a line in a log for each request.
"""

import json
import os
import pwd
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks import snapshots
from benchmarks.console import TOKEN, ScriptedConsole
from benchmarks.machine import program
from benchmarks.processes import Child, answers, free_port

BODIES = {"1 KB": 1_000, "10 KB": 10_000, "100 KB": 100_000}
Cores = tuple[int, ...] | None

_NGINX = """
daemon off;
master_process on;
worker_processes %(workers)d;
worker_rlimit_nofile 8192;
pid %(folder)s/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path %(folder)s; proxy_temp_path %(folder)s; fastcgi_temp_path %(folder)s;
    uwsgi_temp_path %(folder)s; scgi_temp_path %(folder)s;
    %(http)s
}
"""
_BACKEND = """
    sendfile on; tcp_nopush on; open_file_cache max=100;
    default_type application/json;
    server {
        listen 127.0.0.1:%(port)d backlog=4096; root %(folder)s;
        location /varied { add_header X-Request-Id $request_id; try_files /1kb =404; }
    }
"""
# Buffers that hold the largest body: without them nginx would write it to a file.
_PROXY = """
    upstream backend { server 127.0.0.1:%(backend)d; keepalive 512; keepalive_requests 100000000; }
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_buffers 16 16k;
    server {
        listen 127.0.0.1:%(port)d backlog=4096 reuseport;
        location / { proxy_pass http://backend; }
        location = /mock { default_type application/json; return 200 '%(answer)s'; }
    }
    map $http_x_api_key $client { default ""; "%(key)s" known; }
    limit_req_zone $client zone=plan:1m rate=1000000r/s;
    server {
        listen 127.0.0.1:%(guarded)d backlog=4096 reuseport;
        access_log %(folder)s/access.log combined buffer=64k flush=1s;
        if ($client = "") { return 403; }
        limit_req zone=plan burst=1000000 nodelay;
        limit_req_status 429;
        location / { proxy_pass http://backend; }
    }
"""


@dataclass
class Contender:
    """`host`: the Host header under which it is called; `guarded`: the same gateway by its other way."""

    name: str
    child: Child
    port: int
    host: str = ""
    prefix: str = ""
    console: ScriptedConsole | None = field(default=None, repr=False)
    guarded: "Contender | None" = field(default=None, repr=False)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{self.prefix}{path}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Host": self.host} if self.host else {}

    def stop(self) -> None:
        self.child.stop()
        if self.console is not None:
            self.console.stop()


def start_backend(folder: Path, cores: Cores, workers: int = 1) -> Contender:
    folder.mkdir()
    for name, size in BODIES.items():
        (folder / path_of(name)[1:]).write_bytes(b"x" * size)
    port = free_port()
    return _nginx("backend", folder, _BACKEND % {"port": port, "folder": folder}, port, cores, workers)


def start_nginx(folder: Path, backend: int, cores: Cores, workers: int) -> Contender:
    folder.mkdir()
    port, guarded = free_port(), free_port()
    ports = {"port": port, "guarded": guarded, "backend": backend}
    values = ports | {"answer": snapshots.ANSWER, "key": snapshots.API_KEY, "folder": folder}
    contender = _nginx("nginx", folder, _PROXY % values, port, cores, workers)
    return replace(contender, guarded=replace(contender, port=guarded))


def _nginx(name: str, folder: Path, http: str, port: int, cores: Cores, workers: int) -> Contender:
    config = folder / "nginx.conf"
    config.write_text(_NGINX % {"workers": workers, "folder": folder, "http": http})
    # As root, workers would be another user, who may not enter the folder.
    command = [program("nginx"), "-p", str(folder), "-c", str(config), "-e", "stderr", "-g", f"user {_user()};"]
    contender = Contender(name, Child(name, command, folder / "log", cores=cores), port)
    contender.child.await_ready(lambda: answers(contender.url(path_of("1 KB"))))
    return contender


def _user() -> str:
    return pwd.getpwuid(os.getuid()).pw_name


def start_envoy(folder: Path, backend: int, cores: Cores, workers: int) -> Contender:
    folder.mkdir()
    port, guarded = free_port(), free_port()
    config = folder / "envoy.json"
    config.write_text(json.dumps(_envoy(port, guarded, backend, folder / "access.log")))
    command = [program("envoy"), "-c", str(config), "--concurrency", str(workers)]
    command += ["--disable-hot-restart", "--log-level", "error"]
    contender = Contender("Envoy", Child("Envoy", command, folder / "log", cores=cores), port)
    contender.child.await_ready(lambda: answers(contender.url(path_of("1 KB"))))
    return replace(contender, guarded=replace(contender, port=guarded))


def _envoy(port: int, guarded: int, backend: int, log: Path) -> dict[str, Any]:
    everything = {"match": {"prefix": "/"}, "route": {"cluster": "backend"}}
    with_key = {"name": "x-api-key", "string_match": {"exact": snapshots.API_KEY}}
    known = {"match": {"prefix": "/", "headers": [with_key]}, "route": {"cluster": "backend"}}
    unknown = {"match": {"prefix": "/"}, "direct_response": {"status": 403}}
    cluster = {
        "name": "backend",
        "type": "STATIC",
        "load_assignment": {
            "cluster_name": "backend",
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": _address(backend)}}]}],
        },
    }
    file = {"@type": f"{_TYPES}.access_loggers.file.v3.FileAccessLog", "path": str(log)}
    logger = {"name": "file", "typed_config": file}
    listeners = [
        _listener(port, [everything], []),
        _listener(guarded, [known, unknown], [_LIMIT], access_log=[logger]),
    ]
    return {"static_resources": {"listeners": listeners, "clusters": [cluster]}}


_TYPES = "type.googleapis.com/envoy.extensions"
_ROUTER = {"name": "router", "typed_config": {"@type": f"{_TYPES}.filters.http.router.v3.Router"}}
_ALWAYS = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
_LIMIT = {
    "name": "limit",
    "typed_config": {
        "@type": f"{_TYPES}.filters.http.local_ratelimit.v3.LocalRateLimit",
        "stat_prefix": "plan",
        "token_bucket": {"max_tokens": 1_000_000, "tokens_per_fill": 1_000_000, "fill_interval": "1s"},
        "filter_enabled": _ALWAYS,
        "filter_enforced": _ALWAYS,
    },
}


def _listener(port: int, routes: list[Any], filters: list[Any], **more: Any) -> dict[str, Any]:
    manager = {
        "@type": f"{_TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": routes}]},
        "http_filters": [*filters, _ROUTER],
        **more,
    }
    return {"address": _address(port), "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}]}


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def start_stagedoor(folder: Path, backend: int, cores: Cores, workers: int) -> Contender:
    """A node as it is run, agent and workers, following a console to two deployed stages."""
    console = ScriptedConsole(snapshots.access())
    body = snapshots.document(snapshots.API, snapshots.standard(backend))
    console.deploy(body, snapshots.entry(body, generation=1))
    body = snapshots.document(snapshots.API, [snapshots.proxy(backend, api_key_required=True)])
    console.deploy(body, snapshots.guarded_entry(body, generation=2))
    contender = start_node(folder, console, cores, workers)
    return replace(contender, guarded=replace(contender, prefix=f"/{snapshots.GUARDED_STAGE}"))


def start_node(folder: Path, console: ScriptedConsole, cores: Cores, workers: int, seconds: float = 60) -> Contender:
    folder.mkdir(exist_ok=True)
    port, node_port = free_port(), free_port()
    environment = {
        "STAGEDOOR_HOME": str(folder),
        "STAGEDOOR_NODE_HOME": str(folder / "node"),
        "STAGEDOOR_CONSOLE_URL": console.url,
        "STAGEDOOR_NODE_TOKEN": TOKEN,
        "STAGEDOOR_GATEWAY_PORT": str(port),
        "STAGEDOOR_NODE_PORT": str(node_port),
        "STAGEDOOR_WORKERS": str(workers),
        "STAGEDOOR_LOG_LEVEL": "INFO",
    }
    command = [sys.executable, "-m", "dataplane"]
    child = Child("Stagedoor", command, folder / "log", cores=cores, environment=environment)
    child.await_ready(lambda: answers(f"http://127.0.0.1:{node_port}/readyz"), seconds)
    return Contender("Stagedoor", child, port, snapshots.HOST, f"/{snapshots.STAGE}", console)


def path_of(body: str) -> str:
    return "/" + body.replace(" ", "").lower()
