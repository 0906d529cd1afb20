"""A console of a few lines: the internal API that a node follows, out of memory."""

import contextlib
import itertools
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from dataplane.snapshot import SCHEMA_VERSION, Access, Manifest, StageEntry, Wanted, decode, digest, encode, pack

TOKEN = "benchmark"
_ORIGIN = "benchmark"


class ScriptedConsole:
    def __init__(self, access: Access | None = None) -> None:
        """`access`: the keys, plans and limits that hold from the beginning."""
        self._documents: dict[str, bytes] = {}
        self._entries: dict[tuple[str, str], StageEntry] = {}  # in the order of their generations
        self._access = access
        self._lock = threading.Lock()
        self.generation = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def deploy(self, body: bytes, entry: StageEntry) -> None:
        with self._lock:
            self._documents[digest(body)] = body
            self._entries.pop((entry.api_id, entry.stage_name), None)
            self._entries[entry.api_id, entry.stage_name] = entry
            self.generation = max(self.generation, entry.generation)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def manifest(self, origin: str, since: int) -> bytes | None:
        with self._lock:
            if origin == _ORIGIN and since == self.generation:
                return None
            since = since if origin == _ORIGIN else 0
            latest = reversed(self._entries.values())
            stages = tuple(itertools.takewhile(lambda entry: entry.generation > since, latest))
            return encode(
                Manifest(
                    schema_version=SCHEMA_VERSION,
                    origin=_ORIGIN,
                    generation=self.generation,
                    since=since,
                    stage_count=len(self._entries),
                    stages=stages,
                    access=self._access,
                )
            )

    def document(self, name: str) -> bytes | None:
        with self._lock:
            return self._documents.get(name)

    def parcel(self, names: Sequence[str]) -> list[tuple[str, bytes]]:
        with self._lock:
            return [(name, self._documents[name]) for name in names if name in self._documents]


def _handler(console: ScriptedConsole) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/internal/manifest":
                asked = parse_qs(parts.query)
                body = console.manifest(asked.get("origin", [""])[0], int(asked["since"][0]))
                self._say(304 if body is None else 200, body or b"")
            else:
                body = console.document(parts.path.rpartition("/")[2])
                self._say(404 if body is None else 200, body or b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path == "/internal/documents":
                self._say(200, pack(console.parcel(decode(body, Wanted).digests)))
            else:
                self._say(204, b"")

        def _say(self, status: int, body: bytes) -> None:
            self.send_response_only(status)
            if status == 200 or status == 404:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(BrokenPipeError):  # the node is gone
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
