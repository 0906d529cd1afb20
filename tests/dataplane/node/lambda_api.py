"""The Lambda API on a port of its own, in threads, for nodes that are other processes."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.dataplane.aws.lambdas import Lambdas
from tests.dataplane.execution import Message


class LambdaApi:
    def __init__(self, lambdas: Lambdas) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.wfile.write(lambdas(Message(self.requestline, list(self.headers.items()), body)))

            def log_message(self, *parts: Any) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
