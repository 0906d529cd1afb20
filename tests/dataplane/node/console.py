"""A console as nodes see it: the calls of the internal API, and what they have said so far."""

import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from dataplane import snapshot
from dataplane.snapshot import (
    SCHEMA_VERSION,
    Access,
    ApiDocument,
    ApiKey,
    Canary,
    Integration,
    IntegrationResponse,
    Manifest,
    Method,
    NodeReport,
    Resource,
    StageEntry,
    StageName,
    Throttle,
    UsagePlan,
)

TOKEN = "the node's token"
SECONDS = 60.0  # for what has to come; a busy machine takes its time to start a process


def mock(status: int = 200, body: str = "") -> Integration:
    templates = {"application/json": body} if body else {}
    return Integration(
        type="MOCK",
        request_templates={"application/json": f'{{"statusCode": {status}}}'},
        responses=(IntegrationResponse(status_code=str(status), response_templates=templates),),
    )


def document(*methods: Method, api_id: str = "api1", name: str = "pets", path: str = "/pets") -> ApiDocument:
    return ApiDocument(
        schema_version=SCHEMA_VERSION,
        api_id=api_id,
        name=name,
        resources=(Resource(id="r0", path="/"), Resource(id="r1", path=path, methods=methods)),
    )


def answering(body: str, *, api_id: str = "api1") -> ApiDocument:
    """A document whose GET /pets answers with that text."""
    return document(Method(http_method="GET", integration=mock(200, body)), api_id=api_id)


def uncompilable(api_id: str = "api1") -> ApiDocument:
    """Two resources of the same path: well formed, and nothing that can be routed."""
    one = answering("never", api_id=api_id)
    return msgspec.structs.replace(one, resources=(*one.resources, *one.resources))


class Console:
    """Listens on a port of its own; `stop` and `start` again keep what it holds, as does its port."""

    def __init__(self) -> None:
        self.origin = "origin-1"
        self.generation = 0
        self.entries: dict[tuple[str, str], StageEntry] = {}
        self.removed: dict[tuple[str, str], int] = {}
        self.access: Access | None = None  # told whole with every change
        self.documents: dict[str, bytes] = {}
        self.reports: list[NodeReport] = []
        self.calls: list[str] = []  # digests asked for
        self.parcels: list[tuple[str, ...]] = []  # the digests of each that was asked for
        self.most = snapshot.DOCUMENTS_AT_ONCE  # in one
        self.paths: list[str] = []  # of posts
        self.connections = 0
        self.manifest_body: bytes | None = None  # instead of the true one
        self.report_status = 204
        self._changed = threading.Condition()
        self._server: ThreadingHTTPServer | None = None
        self.port = 0

    # drawing and deploying

    def put(self, body: ApiDocument) -> str:
        encoded = snapshot.encode(body)
        digest = snapshot.digest(encoded)
        self.documents[digest] = encoded
        return digest

    def deploy(self, body: ApiDocument, stage_name: str = "dev", *, canary: ApiDocument | None = None) -> StageEntry:
        arm = Canary(deployment_id="c", digest=self.put(canary), percent_traffic=10.0) if canary else None
        digest = self.put(body)
        return self.point(body.api_id, stage_name, digest=digest, deployment_id=digest[:6], canary=arm)

    def point(self, api_id: str, stage_name: str = "dev", **settings: Any) -> StageEntry:
        with self._changed:
            self.generation += 1
            entry = StageEntry(api_id=api_id, stage_name=stage_name, generation=self.generation, **settings)
            self.entries[api_id, stage_name] = entry
            return entry

    def remove(self, api_id: str, stage_name: str = "dev") -> None:
        with self._changed:
            self.generation += 1
            del self.entries[api_id, stage_name]
            self.removed[api_id, stage_name] = self.generation

    def admit(self, *keys: ApiKey, plans: tuple[UsagePlan, ...] = (), account: Throttle | None = None) -> None:
        """These keys and plans, and no others."""
        with self._changed:
            self.generation += 1
            before = self.access.keys if self.access else ()
            gone = tuple(key.id for key in before if key.id not in {one.id for one in keys})
            self.access = Access(
                key_count=len(keys),
                plan_count=len(plans),
                keys=keys,
                plans=plans,
                removed_keys=gone,
                account=account,
            )

    def wipe(self) -> None:
        """Another database took its place."""
        self.origin += "'"
        self.generation = 0
        self.entries.clear()
        self.removed.clear()

    # the internal API

    def manifest(self, origin: str, since: int, account: str = "") -> bytes | None:
        with self._changed:
            if self.manifest_body is not None:
                return self.manifest_body
            if origin == self.origin and since == self.generation:
                return None
            since = since if origin == self.origin else 0
            return snapshot.encode(
                Manifest(
                    schema_version=SCHEMA_VERSION,
                    origin=self.origin,
                    generation=self.generation,
                    since=since,
                    stage_count=len(self.entries),
                    stages=tuple(entry for entry in self.entries.values() if entry.generation > since),
                    removed=tuple(
                        StageName(api_id=name[0], stage_name=name[1])
                        for name, generation in self.removed.items()
                        if since and generation > since and name not in self.entries
                    ),
                    access=self.access,
                )
            )

    def document(self, digest: str) -> bytes | None:
        self.calls.append(digest)
        return self.documents.get(digest)

    def parcel(self, digests: Sequence[str]) -> dict[str, bytes]:
        self.parcels.append(tuple(digests))
        return {digest: self.documents[digest] for digest in digests[: self.most] if digest in self.documents}

    def report(self, body: bytes) -> None:
        with self._changed:
            self.reports.append(snapshot.decode(body, NodeReport))
            self._changed.notify_all()

    def close(self) -> None:
        pass

    # over HTTP

    @property
    def running(self) -> bool:
        return self._server is not None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.console = self
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        self._server = None

    def wait_for_report(self, told: Callable[[NodeReport], bool], since: int = 0) -> NodeReport:
        """The first report from the one numbered `since` on that tells what is waited for."""
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(told, self.reports[since:])), SECONDS), self.reports[-1:]
            return next(filter(told, self.reports[since:]))

    def wait_for_generation(self, generation: int | None = None) -> NodeReport:
        wanted = self.generation if generation is None else generation
        return self.wait_for_report(lambda report: (report.origin, report.generation) == (self.origin, wanted))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    console: Console

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._sockets: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._sockets.add(request)
        self.console.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A node that ends leaves its connection."""

    def server_close(self) -> None:
        super().server_close()
        for sock in self._sockets:  # kept connections end with it, as a stopped process's do
            try:
                sock.shutdown(2)
            except OSError:
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        console = self.server.console
        url = urlsplit(self.path)
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(401, b"")
        elif url.path == "/internal/manifest":
            query = parse_qs(url.query, keep_blank_values=True)
            body = console.manifest(query["origin"][0], int(query["since"][0]))
            self._answer(304 if body is None else 200, body or b"")
        else:
            body = console.document(url.path.removeprefix("/internal/documents/"))
            self._answer(404 if body is None else 200, body or b"")

    def do_POST(self) -> None:
        console = self.server.console
        console.paths.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/internal/documents":
            wanted = snapshot.decode(body, snapshot.Wanted).digests
            self._answer(200, snapshot.pack(console.parcel(wanted).items()))
            return
        status = console.report_status if self.path == "/internal/report" else 500
        if status == 204:
            console.report(body)
        self._answer(status, b"")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass
